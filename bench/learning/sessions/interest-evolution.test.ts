import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/numeric/random.ts";
import { meanOf } from "../../../src/numeric/statistics.ts";
import { createInterestEvolution, topicQualities } from "./interest-evolution.ts";
import { playSession, type SessionPolicy } from "./session-world.ts";

const seed = 20260101;
const world = createInterestEvolution({ seed });
const sessions = 30;

/** The three candidates whose scores are highest. */
const top = (scores: readonly number[]) =>
  scores
    .map((_, place) => place)
    .sort((a, b) => scores[b]! - scores[a]!)
    .slice(0, 3);

const policies: Record<string, SessionPolicy> = {
  random: ({ candidates }, random) => top([...candidates].map(() => random.uniform())),
  myopic: ({ candidates, interests }) => top([...candidates].map((topic) => interests[topic]!)),
  quality: ({ trueQualities }) => top([...trueQualities]),
};

const returns = (policy: SessionPolicy) =>
  Float64Array.from({ length: sessions }, (_, index) => {
    const random = createRandom(seed).split(`policy/${index}`);
    return playSession(world.start(index), policy, random).total;
  });

// Mean over 5,000 users of a port in NumPy of google-research/recsim 55e50e4, whose own paper has 159.2 and 166.3.
test.each([
  ["random", 160.5],
  ["myopic", 167.8],
  ["quality", 264.8],
])("the %s policy returns what it does in RecSim, within 4 standard errors", (name, reference) => {
  const values = returns(policies[name]!);
  const average = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const error = Math.sqrt((squares / (sessions - 1)) * (1 / sessions + 1 / 5000));
  expect(Math.abs(average - reference)).toBeLessThan(4 * error);
});

test("topics lie from -3 to 0 and from 0 to 3, as 14 and 6 of 20", () => {
  expect(topicQualities).toHaveLength(20);
  expect([0, 13, 14, 19].map((topic) => topicQualities[topic]! + 0)).toEqual([-3, 0, 0, 3]);
  expect(topicQualities[1]! - topicQualities[0]!).toBeCloseTo(3 / 13, 12);
  expect(topicQualities[15]!).toBeCloseTo(0.6, 12);
});

test("a session follows the description: choices in proportion, interests that move, a budget", () => {
  const slate = [0, 1, 2];
  let gone = 0;
  let surprise = 0;
  let variance = 0;
  fc.assert(
    fc.property(fc.nat(1e6), (index) => {
      const session = world.start(index);
      const before = [...session.interests];
      const offered = slate.map((place) => session.candidates[place]!);
      const qualities = [...session.trueQualities];
      const { consumed, reward, quality } = session.choose(slate);
      const masses = offered.map((topic) => before[topic]! + 1);
      const none = 2 / (masses.reduce((sum, mass) => sum + mass, 0) + 2);
      surprise += (consumed < 0 ? 1 : 0) - none;
      variance += none * (1 - none);
      const moved = before.map((liking, topic) => session.interests[topic]! - liking);
      if (consumed < 0) {
        gone++;
        expect([reward, quality, ...moved.filter((move) => move !== 0)]).toEqual([0, 0]);
        return;
      }
      const topic = offered[consumed]!;
      const liking = before[topic]!;
      expect([reward, quality]).toEqual([4, qualities[consumed]]);
      expect(Math.abs(moved[topic]!)).toBeCloseTo(0.3 * (1 - Math.abs(liking)) * (1 - liking), 9);
      expect(moved.filter((move, other) => other !== topic && move !== 0)).toEqual([]);
    }),
    { seed, numRuns: 200 },
  );
  expect(gone).toBeGreaterThan(0);
  expect(Math.abs(surprise)).toBeLessThan(4 * Math.sqrt(variance));
});

test("minutes are used up exactly: 200, more by what quality gives back, less where nothing is picked", () => {
  const session = world.start(7);
  let left = 200;
  while (left > 0) {
    expect(session.over).toBe(false);
    const { consumed, reward, quality } = session.choose([3, 4, 5]);
    left += consumed < 0 ? -0.5 : reward * ((0.9 / 3.4) * quality - 1);
  }
  expect(session.over).toBe(true);
  expect(() => session.choose([3, 4, 5])).toThrow("this session is over");
});

test("the same session meets every policy: candidates do not depend on what was shown before", () => {
  const left = world.start(3);
  const right = world.start(3);
  for (let step = 0; step < 10; step++) {
    expect(left.candidates).toEqual(right.candidates);
    expect(left.trueQualities).toEqual(right.trueQualities);
    left.choose([0, 1, 2]);
    right.choose([9, 8, 7]);
  }
  expect(world.start(4).candidates).not.toEqual(world.start(3).candidates);
  expect(createInterestEvolution({ seed: 5 }).start(3).interests).not.toEqual(
    world.start(3).interests,
  );
});

test.each([[[0, 1]], [[0, 1, 1]], [[0, 1, 10]], [[0, 1, 2.5]]])(
  "the slate %j is refused",
  (slate) => {
    expect(() => world.start(0).choose(slate)).toThrow("3 different places below 10");
  },
);

test("a seed that is none is refused", () => {
  expect(() => createInterestEvolution({ seed: -1 })).toThrow("seed must be an integer from 0");
});
