import { userId } from "../../src/domain/ids.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { buildRows } from "../../src/numeric/sparse-rows.ts";
import { encodeEncoder, type StoredEncoder } from "../../src/policy/encoder/encoder-model.ts";
import type { Network } from "../../src/policy/network.ts";
import { encodeNetwork, policyShape } from "../../src/policy/network-policy.ts";
import type { ItemView } from "../../src/policy/policy.ts";
import { createTransformer } from "../../src/policy/transformer/parameters.ts";
import { presetShape } from "../../src/policy/transformer/shape.ts";
import type { Store } from "../../src/storage/store.ts";
import { onEncoder, randomNetwork, sampleViews } from "../../tests/support/policy.ts";

/** Events of a user that the encoder reads. */
export const events = 50;
const successors = 40;

/** What `recurve train` makes of a catalogue, with random numbers: encoder of preset small with a chain, and a head. */
export interface TrainedPolicy {
  readonly views: readonly ItemView[];
  readonly encoder: StoredEncoder;
  readonly network: Network;
}

export function makePolicy(items: number, random: RandomStream): TrainedPolicy {
  const views = sampleViews(items);
  const encoder = encodeEncoder({
    ...createTransformer(presetShape("small", { items, length: events }), random),
    itemIds: views.map(({ itemId }) => itemId),
    counts: Float32Array.from(views, () => 1 + random.integer(100)),
    throughSequence: 0,
    chain: {
      window: 3,
      decay: 0.7,
      weight: 0.5,
      successors: buildRows(items, (_, add) => {
        for (let one = 0; one < successors; one++) add(random.integer(items), random.uniform());
      }),
    },
  });
  return { views, encoder, network: onEncoder(randomNetwork(policyShape, views, random), encoder) };
}

const scenario = "shop";
const slateSize = 10;
const configuration = parseConfiguration({
  scenarios: [
    {
      name: scenario,
      slateSize,
      excludeSeen: true,
      reward: { weights: { click: 1 }, maximum: 1, windowSeconds: 600 },
    },
  ],
  baselineShare: 0,
});

const userOf = (index: number) => userId(`user-${index}`);

/** Rows of a write, as an import has them. */
const writtenRows = 1000;

export interface LargeShop {
  readonly engine: Engine;
  readonly store: Store;
  readonly configuration: Configuration;
  /** Time until the items were in the record, and until the engine could be asked. */
  readonly importMs: number;
  readonly startMs: number;
}

/**
 * An engine in which the policy retrieves and serves, with users who have clicked as many items as it reads.
 * @param drawHistory default: any items
 */
export async function openLargeRecord(
  { views, encoder, network }: TrainedPolicy,
  users: number,
  drawHistory: () => readonly ItemView[],
): Promise<LargeShop> {
  const store = await openStore(":memory:");
  const importedAt = performance.now();
  for (let start = 0; start < views.length; start += writtenRows) {
    await store.items.put(
      views.slice(start, start + writtenRows).map(({ itemId }, index) => ({
        itemId,
        categories: [`genre-${(start + index) % 3}`],
        attributes: { year: start + index },
        available: true,
      })),
    );
  }
  const importMs = performance.now() - importedAt;
  for (let user = 0; user < users; user++) {
    const clicks = drawHistory().map(({ itemId }, event) => ({
      userId: userOf(user),
      itemId,
      type: "click",
      value: 1,
      occurredAt: event,
    }));
    await store.events.record(clicks.map((event) => ({ event })));
  }
  const policy = {
    scenario,
    kind: "network",
    status: "serving",
    createdAt: 0,
    evidence: { reason: "bench" },
  } as const;
  await store.policies.apply({
    add: [{ ...policy, bytes: encodeNetwork(network) }],
    assign: ([version = 0]) => ({
      scenario,
      assignment: { canaryShare: 0, serving: version, retriever: version },
    }),
    encoders: [encoder],
  });
  let ids = 0;
  const startedAt = performance.now();
  const engine = await createEngine({
    store,
    configuration,
    clock: () => 0,
    random: createRandom(1),
    createId: () => `d-${ids++}`,
  });
  const startMs = performance.now() - startedAt;
  return { engine, store, configuration, importMs, startMs };
}

/** The same with any histories, as one that closes its store. */
export async function openLargeShop(
  policy: TrainedPolicy,
  users: number,
  random: RandomStream,
): Promise<Engine> {
  const { views } = policy;
  const drawView = () => views[random.integer(views.length)]!;
  const drawHistory = () => Array.from({ length: events }, drawView);
  const { engine, store } = await openLargeRecord(policy, users, drawHistory);
  return { ...engine, close: () => engine.close().then(() => store.close()) };
}

/** Asks for a slate of each user once, so many at a time. @returns slates a second */
export async function askAll(engine: Engine, users: number, atOnce: number): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const ask = async () => {
    while (next < users) await engine.recommend({ userId: userOf(next++) });
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return (1000 * users) / (performance.now() - startedAt);
}
