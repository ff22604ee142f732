import { join } from "node:path";
import type { InteractionData } from "../../src/analysis/ranking/interaction-data.ts";
import { readUnlearned } from "../../src/analysis/ranking/unlearned-events.ts";
import type { Cycle } from "../../src/domain/cycle.ts";
import type { MeanOverUsers } from "../../src/domain/first-slates.ts";
import { loadServed } from "../../src/engine/learner/cycle/carried.ts";
import { readCases } from "../../src/engine/learner/training/slate-cases.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { measureAccuracy } from "../../src/evaluation/ranking/accuracy.ts";
import { meanOverUsers } from "../../src/evaluation/ranking/mean-over-users.ts";
import { rankItems } from "../../src/evaluation/ranking/rank-items.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { sampleIndices } from "../../src/numeric/sample-indices.ts";
import { openEncoder } from "../../src/policy/encoder/encoder.ts";
import { encodeEncoder } from "../../src/policy/encoder/encoder-model.ts";
import type { Network } from "../../src/policy/network.ts";
import { openNetworkPolicy } from "../../src/policy/network-policy.ts";
import { repository } from "../machine.ts";
import type { PolicyData } from "../policy-quality/open-data.ts";
import { configuration, eventsOf, record, scenario } from "../policy-quality/shop.ts";
import { trainFirst } from "../policy-quality/train-first.ts";

/** HR@10 of users whose next item is new. */
export interface ColdHits {
  /** Among new items alone. */
  readonly ofNew: MeanOverUsers;
  /** In the whole catalogue. */
  readonly ofAll: MeanOverUsers;
}

export interface ColdSeed {
  readonly seed: number;
  readonly newItems: number;
  readonly users: number;
  readonly placed: ColdHits;
  /** The same encoder without its map of features. */
  readonly mean: ColdHits;
  /** HR@10 among new items if the map orders them alike for all users, by the mean of their states. */
  readonly alike: MeanOverUsers;
}

/** A tenth of the items, none of whose events is behaviour. */
const newShare = 0.1;

function drawNew({ itemCount }: InteractionData, seed: number): ReadonlySet<number> {
  const random = createRandom(seed).split("new-items");
  return new Set(sampleIndices(Math.round(newShare * itemCount), itemCount, random));
}

/** Without the map of features. */
function withMeans(network: Network): Network {
  const { features: _, ...model } = network.encoder!.model;
  return { ...network, encoder: openEncoder(encodeEncoder(model)) };
}

async function hitRate(store: Store, network: Network, cycle: Cycle, seed: number) {
  const options = { store, configuration, scenario, seed, protocol: "leave-one-out" } as const;
  const { context, heldOut } = await readUnlearned(options, cycle);
  const policy = await openNetworkPolicy(network);
  const random = createRandom(seed).split("cold-items");
  const cases = await readCases(policy, heldOut, { context, random }).finally(policy.close);
  return meanOverUsers(cases.map(({ sorted }) => sorted));
}

/** Features tell which items are liked in general, too: this is their part without the user. */
async function hitRateAlike(
  { encoder }: Network,
  { context: { catalogue }, heldOut }: Awaited<ReturnType<typeof readUnlearned>>,
): Promise<MeanOverUsers> {
  await encoder!.encode(heldOut.map(({ state }) => state));
  const mean = new Float64Array(encoder!.width);
  for (const { state } of heldOut)
    for (const [i, value] of encoder!.stateOf(state).entries()) mean[i]! += value / heldOut.length;
  const views = catalogue.available();
  const scores = Float64Array.from(views, (view) =>
    encoder!.vectorOf(view).reduce((sum, value, i) => sum + value * mean[i]!, 0),
  );
  const hits = heldOut.map(({ next, leftOut }) => {
    const hidden = views.flatMap(({ itemId }, index) => (leftOut.has(itemId) ? [index] : []));
    const ranked = rankItems({ scores, seen: new Set(hidden) }, [views.indexOf(next)]);
    return measureAccuracy(ranked, { relevant: 1, k: 10 }).hitRate;
  });
  return meanOverUsers(hits);
}

/** Trains on the other items, then asks for each user's last new one, after all the user's other events. */
export async function measureColdItems(parts: PolicyData, seed: number): Promise<ColdSeed> {
  const { data, folder } = parts;
  const file = `seed-${seed}.json`;
  const known = folder.load<ColdSeed>(file);
  if (known !== undefined) return known;
  const fresh = drawNew(data, seed);
  const store = await openStore(join(repository, folder.path, `seed-${seed}.db`));
  try {
    const behaviour = eventsOf(data, (items) => items.filter((item) => !fresh.has(item)));
    if ((await store.events.count()) < behaviour.length) {
      await store.items.put(data.items);
      await record(store, behaviour);
    }
    const { cycle } = await trainFirst(store, parts, seed);
    if ((await store.events.count()) === behaviour.length)
      await record(
        store,
        eventsOf(data, (items) => items.filter((item) => fresh.has(item)).slice(-1)),
      );
    const placed = (await loadServed(store, cycle.candidateVersion!))!;
    const networks = { placed, mean: withMeans(placed) };
    const measure = (network: Network) => hitRate(store, network, cycle, seed);
    const all = { placed: await measure(networks.placed), mean: await measure(networks.mean) };
    const old = data.items.filter((_, item) => !fresh.has(item));
    await store.items.put(old.map((item) => ({ ...item, available: false })));
    const options = { store, configuration, scenario, seed, protocol: "leave-one-out" } as const;
    const unlearned = await readUnlearned(options, cycle);
    const result: ColdSeed = {
      seed,
      newItems: fresh.size,
      users: unlearned.heldOut.length,
      placed: { ofNew: await measure(networks.placed), ofAll: all.placed },
      mean: { ofNew: await measure(networks.mean), ofAll: all.mean },
      alike: await hitRateAlike(placed, unlearned),
    };
    folder.save(file, result);
    return result;
  } finally {
    await store.close();
  }
}
