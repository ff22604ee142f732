import type { Scenario } from "../../domain/scenario.ts";
import type { BehaviourCounts } from "../../policy/behaviour-counts.ts";
import type { Store } from "../../storage/store.ts";

/**
 * Users by item, of the events before the scenario's first decision: from then on slates decide which items are met. Those of ads and of posts
 * tell nothing of the ones to come.
 * @param store of the rows that may be learnt from
 */
export async function countBehaviour(
  store: Pick<Store, "decisions" | "events" | "items">,
  { name, reward, ads, social }: Scenario,
): Promise<BehaviourCounts> {
  if (ads || social) return { users: new Map(), items: 0 };
  const { from: before = Number.MAX_SAFE_INTEGER } = (await store.decisions.dateRange(name)) ?? {};
  const { weights, defaultReward: above } = reward;
  const users = await store.events.usersByItem({ weights, above, before });
  return { users, items: await store.items.count() };
}
