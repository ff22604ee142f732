import { expect, onTestFinished, test } from "vitest";
import { createRandom, shuffle } from "../../src/numeric/random.ts";
import type { EncoderSource } from "../../src/policy/encoder/encoder.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import type { ItemView, Policy, PolicyState } from "../../src/policy/policy.ts";
import { sampleSlate } from "../../src/policy/slate.ts";
import {
  largestDifference,
  noEncoders,
  randomState,
  sampleState,
  sampleView,
} from "../support/policy.ts";

export interface PolicyCase {
  readonly kind: Policy["kind"];
  /** A snapshot of a policy that knows these items and does not like all of them alike. */
  readonly bytes: Uint8Array;
  /** Of the policy's encoder. Default: none. */
  readonly encoders?: EncoderSource;
  readonly known: readonly ItemView[];
  /** The logits of the policy before it was encoded. */
  readonly logits: (
    state: PolicyState,
    candidates: readonly ItemView[],
  ) => Promise<ArrayLike<number>>;
}

const seed = 31;

/** What everything that serves must do. */
export function testPolicy({
  kind,
  bytes,
  known,
  logits,
  encoders = noEncoders,
}: PolicyCase): void {
  const load = async () => {
    const policy = await loadPolicy(bytes, encoders);
    onTestFinished(() => policy.close());
    return policy;
  };
  const random = createRandom(seed);
  const states = Array.from({ length: 5 }, () => randomState(known, random));

  test(`it is of kind ${kind}`, async () => {
    expect((await load()).kind).toBe(kind);
  });

  test("each candidate has one finite logit, and not all are alike", async () => {
    const policy = await load();
    for (const state of states) {
      const values = await policy.logits(state, known);
      expect(values.length).toBe(known.length);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(1);
    }
  });

  test("the same state and candidates have the same logits, also from a second copy", async () => {
    const [one, two] = [await load(), await load()];
    for (const state of states) {
      const values = await one.logits(state, known);
      expect(await one.logits(state, known)).toEqual(values);
      expect(await two.logits(state, known)).toEqual(values);
    }
  });

  test("requests at the same time get what they get one after the other", async () => {
    const policy = await load();
    const together = await Promise.all(states.map((state) => policy.logits(state, known)));
    for (const [index, state] of states.entries())
      expect(await policy.logits(state, known)).toEqual(together[index]);
  });

  test("another order of the candidates is the same order of their logits", async () => {
    const [one, two] = [await load(), await load()];
    const order = shuffle([...known.keys()], createRandom(seed));
    const values = await one.logits(states[0]!, known);
    const permuted = await two.logits(
      states[0]!,
      order.map((index) => known[index]!),
    );
    const expected = order.map((index) => values[index]!);
    expect(largestDifference(expected, permuted)).toBeLessThan(1e-6);
  });

  test("what else is offered does not change a candidate's logit order", async () => {
    const policy = await load();
    const values = await policy.logits(states[0]!, known);
    const [first = 0, second = 0] = await policy.logits(states[0]!, known.slice(0, 2));
    expect(Math.sign(first - second)).toBe(Math.sign(values[0]! - values[1]!));
  });

  test("unknown items, features or not, and unknown histories have finite logits", async () => {
    const policy = await load();
    const strangers = [sampleView("stranger"), sampleView("new", { categories: ["genre-1"] })];
    const seen = sampleState(strangers.map((view) => [view, 1] as const));
    const values = await policy.logits(seen, [...strangers, known[0]!]);
    expect(values.length).toBe(3);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test("a user without history or context has finite logits", async () => {
    const values = await (await load()).logits(sampleState(), known);
    expect(values.every(Number.isFinite)).toBe(true);
    expect(values.length).toBe(known.length);
  });

  test("an item named twice in a history, and one candidate alone, have finite logits", async () => {
    const state = sampleState([
      [known[0]!, 1],
      [known[0]!, -1],
    ]);
    const values = await (await load()).logits(state, [known[1]!]);
    expect(values.length).toBe(1);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test("a snapshot keeps the logits to 1e-6", async () => {
    const policy = await load();
    for (const state of states) {
      const before = await logits(state, known);
      expect(largestDifference(before, await policy.logits(state, known))).toBeLessThan(1e-6);
    }
  });

  test("the same seed gives the same slate, and seeds differ in their slates", async () => {
    const policy = await load();
    const draw = async (draws: number) =>
      sampleSlate({
        logits: await policy.logits(states[0]!, known),
        slateSize: 3,
        exploration: 0.5,
        random: createRandom(draws),
      });
    expect(await draw(1)).toEqual(await draw(1));
    const slates = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(draw));
    expect(new Set(slates.map(({ order }) => order.join())).size).toBeGreaterThan(1);
  });
}
