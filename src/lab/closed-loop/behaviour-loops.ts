import { fitMarkov } from "../../analysis/rankers/markov.ts";
import { fitPopularity } from "../../analysis/rankers/popularity.ts";
import type { Ranker, RankerData } from "../../analysis/rankers/ranker.ts";
import type { ItemId, UserId } from "../../domain/ids.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import { loadServed } from "../../engine/learner/cycle/carried.ts";
import { trainPolicy } from "../../engine/learner/training/train-policy.ts";
import { openNetworkPolicy } from "../../policy/network-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { greedyLogits } from "../../policy/popularity.ts";
import type { Store } from "../../storage/store.ts";
import { createSwitch } from "./policy-switch.ts";
import type { Strategy, StrategyOptions } from "./strategy.ts";
import { readEvents } from "./train-on-behaviour.ts";

/** The best items by its scores, in their order. */
const sorted = ({ kind, logits, close }: Policy): Policy => ({
  kind,
  logits: async (state, candidates) => greedyLogits([...(await logits(state, candidates))]),
  close,
});

/**
 * The policy whose encoder learns on after each cycle, as MPO's does, and serves at once: it learns
 * from no slate and is judged by nobody.
 */
export async function createNightly(options: StrategyOptions): Promise<Strategy> {
  const { store, scenario } = options;
  const { serving } = await store.policies.assignment(scenario.name);
  let network = serving === undefined ? undefined : await loadServed(store, serving);
  if (network === undefined) throw new RangeError("nightly training starts with a trained policy");
  const { policies, set } = createSwitch();
  await set(sorted(await openNetworkPolicy(network)));
  const update = async () => {
    ({ network } = await trainPolicy({ ...options, onProgress: () => {} }, network));
    await set(sorted(await openNetworkPolicy(network)));
    return "retrained";
  };
  return { policies, update };
}

/** Chosen on the validation items of ML-100K: docs/methods/ranking.md. */
const chain = { window: 10, decay: 0.8 };

const fits: Readonly<Record<"most-consumed" | "markov", (data: RankerData) => Ranker>> = {
  "most-consumed": fitPopularity,
  markov: (data) => fitMarkov(data, chain),
};

type Numbers = ReadonlyMap<ItemId, number>;

const numberItems = ({ items }: World<CatalogueVisit>): Numbers =>
  new Map(items.map(({ itemId }, index) => [itemId, index]));

/** Items of each user, oldest first; of repeats the first counts. */
async function readSequences(store: Store, numbers: Numbers): Promise<readonly number[][]> {
  const byUser = new Map<UserId, Set<number>>();
  for (const { userId, itemId } of await readEvents(store)) {
    const number = numbers.get(itemId);
    if (number === undefined) continue;
    const own = byUser.get(userId) ?? new Set();
    byUser.set(userId, own.add(number));
  }
  return [...byUser.values()].map((own) => [...own]);
}

function rankerPolicy(ranker: Ranker, numbers: Numbers): Policy {
  const scoreOf = (scores: Float64Array, item: ItemId) => {
    const number = numbers.get(item);
    return number === undefined ? 0 : scores[number]!;
  };
  return {
    kind: "network",
    logits: async ({ profile }, candidates) => {
      const history = profile.itemIds.flatMap((item) => numbers.get(item) ?? []);
      const scores = ranker.score(history);
      return greedyLogits(candidates.map(({ itemId }) => scoreOf(scores, itemId)));
    },
    close: async () => {},
  };
}

/** A ranker of `evaluate ranking`, fitted to all behaviour so far after each cycle. */
export async function createRankerLoop(
  name: keyof typeof fits,
  { store, world }: StrategyOptions,
): Promise<Strategy> {
  const numbers = numberItems(world);
  const { policies, set } = createSwitch();
  const update = async () => {
    const training = await readSequences(store, numbers);
    const ranker = fits[name]({ training, itemCount: numbers.size });
    await set(rankerPolicy(ranker, numbers));
    return "refitted";
  };
  await update();
  return { policies, update };
}
