import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { UserId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { PolicyState } from "../../policy/policy.ts";
import { createProfile, sequenceLength } from "../../policy/profile.ts";
import type { Store } from "../../storage/store.ts";
import type { Catalogue } from "./catalogue.ts";
import { featuresOf } from "./notes.ts";

export interface UserRows {
  readonly history: readonly HistoryEntry[];
  readonly attributes: JsonObject;
}

/** The rows of a user as of an event number. An unknown user is a user without attributes and history. */
export async function readUser(store: Store, userId: UserId, asOf: number): Promise<UserRows> {
  const [history, user] = await Promise.all([
    store.events.history(userId, { asOf, limit: sequenceLength }),
    store.users.find(userId, asOf),
  ]);
  return { history, attributes: featuresOf(user?.attributes ?? {}) };
}

/** State s of a decision: the user's rows joined with the catalogue. */
export function createState(options: {
  readonly user: UserRows;
  readonly catalogue: Catalogue;
  readonly scenario: Scenario;
  readonly context: JsonObject;
}): PolicyState {
  const profile = createProfile({
    history: options.user.history,
    rule: options.scenario.reward,
    context: options.context,
    userAttributes: options.user.attributes,
  });
  return { profile, history: profile.itemIds.map((item) => options.catalogue.get(item)) };
}
