import { consents } from "../../domain/consent.ts";
import type { Decision } from "../../domain/decision.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";

/** The record as far as the slates of one user may depend on it. */
export interface VisibleRecord {
  readonly seen: Store;
  /** The user refuses personalisation, and looks like one who was never seen. */
  readonly isStranger: boolean;
}

/** The user and the moment of a decision. */
interface Visit extends Pick<Decision, "userId" | "asOf"> {
  readonly servingRule?: Pick<ServingRule, "consent"> | undefined;
}

/** Attributes, events, showings and edges of a user are not there. */
const asStranger = (store: Store): Store => ({
  ...store,
  users: { ...store.users, find: async () => undefined },
  events: { ...store.events, history: async () => [], lastEvents: async () => new Map() },
  decisions: { ...store.decisions, showings: async () => new Map() },
  edges: { ...store.edges, of: async () => [] },
});

/** By the consent of the decision's moment: earlier decisions stay as they were. */
export async function visibleRecord(
  store: Store,
  { userId, asOf, servingRule }: Visit,
): Promise<VisibleRecord> {
  const { consent = {} } = servingRule ?? {};
  const stated = await store.consents.of(userId, asOf);
  if (!consents(stated, "personalise", consent))
    return { seen: asStranger(store), isStranger: true };
  const { edges } = store;
  const byDefault = consents({}, "personalise", consent);
  const engaged: typeof edges.engaged = (people, span) =>
    edges.engaged(people, { ...span, byDefault });
  return {
    seen: byDefault ? store : { ...store, edges: { ...edges, engaged } },
    isStranger: false,
  };
}
