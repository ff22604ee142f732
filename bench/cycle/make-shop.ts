import { itemId, userId } from "../../src/domain/ids.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { ensurePolicies } from "../../src/engine/learner/promote.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { fitChain } from "../../src/learning/sequence/fit-chain.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { openEncoder } from "../../src/policy/encoder/encoder.ts";
import { encodeEncoder, type StoredEncoder } from "../../src/policy/encoder/encoder-model.ts";
import { withEncoder } from "../../src/policy/network.ts";
import { encodeNetwork, initialNetwork } from "../../src/policy/network-policy.ts";
import { createTransformer } from "../../src/policy/transformer/parameters.ts";
import { presetShape } from "../../src/policy/transformer/shape.ts";
import type { LogSize } from "./make-log.ts";

/** A shop whose decisions show slates from many candidates. */
export interface ShopSize extends LogSize {
  readonly items: number;
  readonly slateSize: number;
  /** Clicks in a hundred looks at an item of the visitor's genre; at others a sixth of them. */
  readonly clicks: number;
}

const users = 200;
const historyPerUser = 50;
const genres = 8;
const startOfTime = Date.UTC(2026, 0, 1);
const windowMs = 60_000;
const scenarioName = "shop";

export const shopConfiguration = ({ slateSize, candidates }: ShopSize): Configuration =>
  parseConfiguration({
    scenarios: [
      {
        name: scenarioName,
        slateSize,
        maxCandidates: candidates,
        excludeSeen: false,
        reward: { weights: { click: 1 }, maximum: 1, windowSeconds: windowMs / 1000 },
      },
    ],
    baselineShare: 0,
  });

/** Once the last decision has closed: its window, and the grace after it. */
export const shopClosedAt = ({ decisions }: ShopSize): number =>
  startOfTime + decisions * 1000 + 2 * windowMs;

const itemOf = (index: number) => itemId(`item-${index}`);
const userOf = (index: number) => userId(`user-${index}`);

const catalogue = ({ items }: ShopSize) =>
  Array.from({ length: items }, (_, index) => ({
    itemId: itemOf(index),
    categories: [`genre-${index % genres}`],
    attributes: { year: 1980 + (index % 45) },
    available: true,
  }));

/** Items of each user's events, all of one genre. */
const drawHistories = ({ items }: ShopSize, random: RandomStream): number[][] =>
  Array.from({ length: users }, (_, user) =>
    Array.from(
      { length: historyPerUser },
      () => genres * random.integer(Math.floor(items / genres)) + (user % genres),
    ),
  );

async function writeHistories(store: Store, histories: readonly number[][]): Promise<void> {
  const rows = histories.flatMap((history, user) =>
    history.map((item) => ({
      event: {
        userId: userOf(user),
        itemId: itemOf(item),
        type: "click",
        value: 1,
        occurredAt: startOfTime,
      },
    })),
  );
  await store.events.record(rows);
}

/** Preset `small` as it is before training, with a chain that is counted: work and memory are those of a trained one. */
function makeEncoder(
  { items }: ShopSize,
  histories: readonly number[][],
  random: RandomStream,
): StoredEncoder {
  const counts = new Float32Array(items);
  for (const item of histories.flat()) counts[item]!++;
  return encodeEncoder({
    ...createTransformer(presetShape("small", { items, length: historyPerUser }), random),
    itemIds: Array.from({ length: items }, (_, index) => itemOf(index)),
    counts,
    throughSequence: 0,
    chain: { ...fitChain(histories, items, { window: 4, decay: 0.7 }), weight: 1 },
  });
}

async function serveEncoder(store: Store, encoder: StoredEncoder): Promise<void> {
  const replaces = await store.policies.assignment(scenarioName);
  const network = withEncoder(initialNetwork(createRandom(0)), openEncoder(encoder));
  network.parameters.logOddsWeights!.fill(1);
  await store.policies.apply({
    encoders: [encoder],
    add: [
      {
        scenario: scenarioName,
        kind: "network",
        status: "serving",
        bytes: encodeNetwork(network),
        evidence: { reason: "an encoder before training" },
        createdAt: startOfTime,
      },
    ],
    assign: ([serving = 0]) => ({
      scenario: scenarioName,
      assignment: { ...replaces, serving },
      replaces,
    }),
  });
}

/**
 * The engine serves each visitor a slate from candidates that are drawn by lot, so that decisions share as few of them as they can.
 * A visitor likes the items of one genre.
 */
async function visit(store: Store, size: ShopSize, random: RandomStream): Promise<void> {
  let now = startOfTime;
  let decisions = 0;
  const engine = await createEngine({
    store,
    configuration: shopConfiguration(size),
    clock: () => now,
    random: random.split("slates"),
    createId: () => `decision-${decisions}`,
  });
  for (; decisions < size.decisions; decisions++, now += 1000) {
    const user = random.integer(users);
    const offered = new Set<number>();
    while (offered.size < size.candidates) offered.add(random.integer(size.items));
    const { decision } = await engine.recommend({
      userId: userOf(user),
      scenario: scenarioName,
      context: { hour: decisions % 24 },
      candidates: Array.from(offered, (index) => ({ itemId: itemOf(index) })),
    });
    const clicks = decision.slate.filter((itemId) => {
      const index = Number(itemId.slice("item-".length));
      const isLiked = index % genres === user % genres;
      return random.uniform() < size.clicks / (isLiked ? 100 : 600);
    });
    await engine.record(
      clicks.map((itemId) => ({
        userId: userOf(user),
        itemId,
        type: "click",
        decisionId: decision.decisionId,
      })),
    );
  }
  await engine.close();
}

/** Writes the record of a shop that an encoder serves. */
export async function makeShop(path: string, size: ShopSize): Promise<void> {
  const store = await openStore(path);
  const random = createRandom(1);
  await store.items.put(catalogue(size));
  await ensurePolicies({ store, configuration: shopConfiguration(size), now: startOfTime });
  const histories = drawHistories(size, random.split("history"));
  await writeHistories(store, histories);
  await serveEncoder(store, makeEncoder(size, histories, random.split("encoder")));
  await visit(store, size, random.split("visits"));
  await store.close();
}
