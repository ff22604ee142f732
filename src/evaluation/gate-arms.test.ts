import { expect, test } from "vitest";
import { type SimulatedArm, simulateArms } from "../../tests/support/simulated-arms.ts";
import { createRandom } from "../numeric/random.ts";
import { judgeCandidate } from "./gate.ts";

// `npm run bench -- gate` measures more cases.

const seed = 401;
const gates = 200;
const own: readonly SimulatedArm[] = ["serving"];
const all: readonly SimulatedArm[] = ["serving", "canary", "holdback", "anchor", "baseline"];
/** Three binomial standard errors above a rate. */
const atMost = (rate: number) => rate + 3 * Math.sqrt((rate * (1 - rate)) / gates);

function measure(lift: number, judging: readonly SimulatedArm[]) {
  const random = createRandom(seed).split(lift);
  let [promoted, covers, width] = [0, 0, 0];
  for (let gate = 0; gate < gates; gate++) {
    const input = simulateArms({ users: 200, lift, judging }, random.split(gate));
    const { verdict, censored } = judgeCandidate(input);
    const [low, high] = censored!.interval;
    promoted += verdict === "promote" ? 1 / gates : 0;
    covers += low <= 0.3 * lift && 0.3 * lift <= high ? 1 / gates : 0;
    width += (high - low) / gates;
  }
  return { promoted, covers, width };
}

test("judged by all arms, a candidate that is no better or worse is promoted no more often than the level", () => {
  const none = measure(0, all);
  expect(none.promoted).toBeLessThanOrEqual(atMost(0.025));
  expect(none.covers).toBeGreaterThanOrEqual(1 - atMost(0.05));
  expect(measure(-0.1, all).promoted).toBeLessThanOrEqual(0.01);
});

test("all arms together tell more than the serving policy's rows", () => {
  const [one, together] = [measure(0.1, own), measure(0.1, all)];
  expect(together.width).toBeLessThan(0.96 * one.width);
  expect(together.promoted).toBeGreaterThan(one.promoted);
  expect(together.covers).toBeGreaterThanOrEqual(1 - atMost(0.05));
});
