import type { ItemId } from "../../domain/ids.ts";
import type { Policy } from "../../policy/policy.ts";
import { greedyLogits } from "../../policy/popularity.ts";
import { createSwitch } from "./policy-switch.ts";
import type { Strategy, StrategyOptions } from "./strategy.ts";

const standing = (logits: Policy["logits"]): Policy => ({
  kind: "network",
  logits,
  close: async () => {},
});

/** The newest items first, by the event number of their revision. */
export async function createRecency(): Promise<Strategy> {
  const { policies, set } = createSwitch();
  await set(
    standing(async (_, candidates) => greedyLogits(candidates.map(({ sequence = 0 }) => sequence))),
  );
  return { policies, update: async () => "stands still" };
}

/** Time in which events count for popularity. */
const trendMs = 24 * 3_600_000;
const pageSize = 1000;

/** The items with the most wanted events of the last day first, counted anew at each visit. */
export async function createTrending({
  store,
  scenario: { reward },
  clock,
}: StrategyOptions): Promise<Strategy> {
  const { policies, set } = createSwitch();
  const counts = new Map<ItemId, number>();
  const counted: { readonly itemId: ItemId; readonly occurredAt: number }[] = [];
  let after = 0;
  const readNew = async () => {
    const page = await store.events.scan({ after, limit: pageSize });
    after = page.at(-1)?.sequence ?? after;
    for (const { itemId, type, occurredAt } of page) {
      if ((reward.weights[type] ?? 0) <= 0) continue;
      counted.push({ itemId, occurredAt });
      counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
    }
  };
  const forget = () => {
    while ((counted[0]?.occurredAt ?? Number.POSITIVE_INFINITY) < clock() - trendMs) {
      const { itemId } = counted.shift()!;
      counts.set(itemId, (counts.get(itemId) ?? 0) - 1);
    }
  };
  await set(
    standing(async (_, candidates) => {
      await readNew();
      forget();
      return greedyLogits(candidates.map(({ itemId }) => counts.get(itemId) ?? 0));
    }),
  );
  return { policies, update: async () => "counts at each visit" };
}
