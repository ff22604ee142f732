import { expect, test } from "vitest";
import { describePrivacy } from "./describe-privacy.ts";

test("a private training tells what is spent, and what ε covers", () => {
  const privacy = {
    epsilon: 5.234,
    ownEpsilon: 3.1,
    budget: 8,
    delta: 1e-6,
    steps: 40,
    noise: 0.6,
    countsNoise: 8,
    pairsNoise: 1.3,
    samplingRate: 0.02,
    clip: 0.5,
  };
  expect(describePrivacy({ privacy })).toEqual([
    "privacy    ε 5.23 at δ 0.000001 of a budget of 8 is spent, ε 3.10 by this training; it covers the bytes of encoder, policy and baseline; not verdicts, measured figures, times and numbers of events, or slates that users get from their own history",
  ]);
  expect(describePrivacy({})).toEqual([]);
});
