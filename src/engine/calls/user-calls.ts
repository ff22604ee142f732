import type { UserInput } from "../../contract/users.ts";
import type { Revision, User } from "../../domain/catalogue.ts";
import type { ErasureReceipt } from "../../domain/erasure.ts";
import type { UserId } from "../../domain/ids.ts";
import type { Page, PutSummary } from "../../storage/revision-store.ts";
import type { PageInput } from "../input/input.ts";

/** Users, and their erasure. */
export interface UserCalls {
  /** Writes whole users, all or none, at most 1000. */
  putUsers(users: readonly UserInput[]): Promise<PutSummary>;
  /** The user as written last; undefined if never written. */
  findUser(userId: string): Promise<Revision<User> | undefined>;
  /**
   * Erases a user: all rows, and all that was derived from them and has a name, see docs/guides/privacy.md. Policies
   * that may have learnt from the user begin to be replaced within `privacy.relearnDays`.
   * @param key name of the API key that asks for it, for the trail
   * @returns a signed receipt, of zero rows if nothing was stored
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putUsers([{ userId: "ada", attributes: { country: "SE" } }]);
   * const receipt = await recurve.deleteUser("ada");
   * console.log(receipt.rows.users, await recurve.findUser("ada")); // 1 undefined
   * await recurve.close();
   */
  deleteUser(userId: string, key?: string): Promise<ErasureReceipt>;
  /** A page of users in order of id, by default 100. */
  listUsers(page?: PageInput): Promise<Page<User, UserId>>;
}
