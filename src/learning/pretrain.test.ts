import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { fingerprint, sampleState, sampleView, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { initialNetwork } from "../policy/network-policy.ts";
import { createScorer } from "../policy/scorer.ts";
import { maxBatchItems } from "./batch.ts";
import { type NextItem, type Pretraining, pretrain } from "./pretrain.ts";
import { scorePolicy } from "./score-rows.ts";

const seed = 79;
const catalogue = sampleViews(6);
const states = catalogue.map((view) => sampleState([[view, 1]]));
const random = createRandom(seed);
/** After item i always comes item i + 1, after the last one the first. */
const rows: readonly NextItem[] = Array.from({ length: 3000 }, () => {
  const last = random.integer(6);
  return { state: states[last]!, next: catalogue[(last + 1) % 6]! };
});

const train = (some: readonly NextItem[], onEpoch?: Parameters<typeof pretrain>[0]["onEpoch"]) =>
  pretrain({
    network: initialNetwork(createRandom(seed)),
    rows: some,
    catalogue,
    random: createRandom(seed),
    threads: 1,
    ...(onEpoch && { onEpoch }),
  });

/** Probability of the item that comes next in each state. */
async function nextProbabilities({ network }: Pretraining): Promise<number[]> {
  const scorer = await createScorer(network, { batchStates: 6, threads: 1 });
  const logs = await scorePolicy(
    scorer,
    states.map((state) => sampleRow(catalogue, { state })),
  );
  await scorer.close();
  return logs.map((values, last) => Math.exp(values[(last + 1) % 6]!));
}

describe("pretraining", () => {
  test("learns a chain in which each item has one that comes next", async () => {
    const epochs: (readonly [epoch: number, of: number, loss: number])[] = [];
    const training = await train(rows, (...epoch) => epochs.push(epoch));
    for (const probability of await nextProbabilities(training))
      expect(probability).toBeGreaterThan(0.9);
    expect(training.firstLoss).toBeLessThanOrEqual(Math.log(6) * 1.1);
    expect(training.lastLoss).toBeLessThan(training.firstLoss / 2);
    expect(epochs.map(([epoch]) => epoch)).toEqual(
      [...Array(training.epochs).keys()].map((i) => i + 1),
    );
    expect(epochs.at(-1)).toEqual([training.epochs, training.epochs, training.lastLoss]);
  });

  test("with the same seed is the same bit for bit", async () => {
    const few = rows.slice(0, 500);
    expect(fingerprint((await train(few)).network)).toBe(fingerprint((await train(few)).network));
  });

  test("knows the whole catalogue afterwards, also what nobody had", async () => {
    const { network } = await train(rows.slice(0, 10));
    expect(network.itemIds.toSorted()).toEqual(["", ...catalogue.map(({ itemId }) => itemId)]);
  });

  test("samples a catalogue that is larger than a batch, and still learns what comes next", async () => {
    const crowd = Array.from({ length: maxBatchItems }, (_, i) => sampleView(`crowd-${i}`));
    const { firstLoss, lastLoss, network } = await pretrain({
      network: initialNetwork(createRandom(seed)),
      rows: rows.slice(0, 256),
      catalogue: [...crowd, ...catalogue],
      random: createRandom(seed),
      threads: 1,
    });
    expect(network.itemIds.length).toBe(1 + maxBatchItems + 6);
    expect(firstLoss).toBeCloseTo(Math.log(maxBatchItems), 0);
    expect(lastLoss).toBeLessThan(firstLoss);
  });
});

test("an item that nobody had scores as its text makes expect", async () => {
  // Users stay with one of two kinds, and texts tell the kinds apart; x and y are new.
  const textOf = (kind: number) => ({ model: 7, vector: Float32Array.of(1 - kind, kind) });
  const items = Array.from({ length: 12 }, (_, i) => ({
    ...sampleView(`i-${i}`),
    text: textOf(i % 2),
  }));
  const fresh = ["x", "y"].map((id, kind) => ({ ...sampleView(id), text: textOf(kind) }));
  const draw = createRandom(seed);
  const kinds = [0, 1].map((kind) => items.filter((_, i) => i % 2 === kind));
  const pick = (kind: number) => kinds[kind]![draw.integer(6)]!;
  const training = await pretrain({
    network: initialNetwork(createRandom(seed)),
    rows: Array.from({ length: 3000 }, (_, i) => ({
      state: sampleState([[pick(i % 2), 1]]),
      next: pick(i % 2),
    })),
    catalogue: items,
    random: createRandom(seed),
    threads: 1,
  });
  const scorer = await createScorer(training.network, { batchStates: 2, threads: 1 });
  const requests = kinds.map(([liked]) => ({
    state: sampleState([[liked!, 1]]),
    candidates: fresh,
  }));
  const [first, second] = (await scorer.score(requests)).map(([logits]) => logits!);
  await scorer.close();
  expect(first![0]).toBeGreaterThan(first![1]!);
  expect(second![1]).toBeGreaterThan(second![0]!);
});
