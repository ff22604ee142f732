import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { clicksOf } from "../../tests/support/sample.ts";
import { itemId } from "../domain/ids.ts";
import { measurePopularity } from "./measure-popularity.ts";
import { encodePopularity, greedyLogits, loadPopularityPolicy } from "./popularity.ts";
import { positionProbabilities } from "./slate.ts";
import { decodeTensors } from "./snapshot.ts";

const [a, b] = [itemId("a"), itemId("b")];

const load = (rewards: Parameters<typeof measurePopularity>[0]) =>
  loadPopularityPolicy(decodeTensors(encodePopularity(measurePopularity(rewards))));

test("without any impression every item is as good as another", async () => {
  expect(measurePopularity(new Map())).toEqual({ scores: new Map(), mean: 0 });
  const views = [sampleView("a"), sampleView("b")];
  const [left, right] = await load(new Map()).logits(sampleState(), views);
  expect(left! - right!).toBe(0);
});

test("an item that was never shown ranks between those above and below the mean", async () => {
  const policy = load(
    new Map([
      [a, clicksOf(100, 60)],
      [b, clicksOf(100, 20)],
    ]),
  );
  const [best, worst, unknown] = await policy.logits(sampleState(), [
    sampleView("a"),
    sampleView("b"),
    sampleView("new"),
  ]);
  expect(best).toBeGreaterThan(unknown!);
  expect(unknown).toBeGreaterThan(worst!);
  await policy.close();
});

test("greedy logits give the best item everything and share ties evenly", () => {
  const logits = greedyLogits([0.1, 0.7, 0.3, 0.7]);
  const all = positionProbabilities(logits, [false, false, false, false], 0);
  expect(all[1]).toBe(all[3]);
  expect(all[1]).toBeCloseTo(0.5, 15);
  expect(all[0]! + all[2]!).toBeLessThan(1e-15);
  const next = positionProbabilities(logits, [false, true, false, true], 0);
  expect(next[2]).toBeCloseTo(1, 15);
});

test("scores that differ by the smallest number are no tie", () => {
  const [left, right] = greedyLogits([0.5, 0.5 + Number.EPSILON / 2]);
  expect(right! - left!).toBeGreaterThan(40);
});
