import type { NewEncoder } from "../../domain/encoder-record.ts";
import { normaliseReward } from "../../domain/reward-rule.ts";
import { createNetworkFamily } from "../../learning/network-family.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { Network } from "../../policy/network.ts";
import type { CycleOptions } from "../learner/cycle/cycle-options.ts";
import { readFeedback } from "../learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../state/catalogue-as-of.ts";

/** Newest decisions: a mean needs no more. */
const measured = 200;

const divergenceOf = (serving: Float64Array, other: Float64Array): number =>
  serving.reduce((sum, log, index) => sum + Math.exp(log) * (log - (other[index] ?? log)), 0);

/** KL from the serving policy to another one, on the first positions of the newest closed decisions. */
export async function measureDivergence(
  { store, configuration, scenario, clock, threads }: CycleOptions,
  serving: Network,
  other: Network,
): Promise<NewEncoder["divergence"]> {
  const { rows } = await readFeedback({
    store,
    scenario,
    now: clock(),
    previous: 0,
    cycle: 0,
    catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
    plan: { read: measured, decisions: measured, cells: Number.POSITIVE_INFINITY },
  });
  const first = rows.filter(({ position }) => position === 0);
  if (first.length === 0) return undefined;
  const { mpo } = configuration.learner;
  const { scorePolicy } = createNetworkFamily({
    mpo,
    threads,
    discount: scenario.discount,
    defaultReward: normaliseReward(undefined, scenario.reward),
  });
  const logs = await scorePolicy(serving, first);
  const others = await scorePolicy(other, first);
  const each = logs.map((log, index) => divergenceOf(log, others[index] ?? log));
  return { decisions: each.length, kl: meanOf(Float64Array.from(each)) };
}
