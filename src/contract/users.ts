import type { Consent } from "../domain/consent.ts";
import type { JsonObject } from "../domain/json.ts";

export type { Consent } from "../domain/consent.ts";
export type { ErasureReceipt } from "../domain/erasure.ts";

/** A user's attributes, and the stated flags of consent; absent if there are none. */
export interface UserBody {
  readonly userId: string;
  readonly attributes: JsonObject;
  readonly consent?: Consent;
}

/** Body of a put, which writes the whole user. Absent attributes are empty; absent flags of consent stay as they were. */
export interface UserFields {
  readonly attributes?: JsonObject;
  readonly consent?: Consent;
}

/** A user to write, with the id. */
export interface UserInput extends UserFields {
  readonly userId: string;
}

/** Body of `POST /api/v1/users`: 1 to 1000 users, written all or none. */
export interface UsersRequest {
  readonly users: readonly UserInput[];
}
