import { expect, test } from "vitest";
import { createRandom } from "../../../src/numeric/random.ts";
import { createSatiationWorld } from "./satiation-world.ts";
import { playSession, type Session, type SessionPolicy } from "./session-world.ts";

const seed = 20260102;
const world = createSatiationWorld({ seed });

/** Satiation of each genre, computed outside the world. */
function follow(session: Session, slate: readonly number[], satiation: Float64Array) {
  const genre = world.topics[session.candidates[slate[0]!]!]!;
  const { consumed } = session.choose(slate);
  if (consumed === 0) satiation[genre]! += 0.5 * (1 - satiation[genre]!);
  for (let g = 0; g < satiation.length; g++) satiation[g]! *= 0.9;
  return consumed === 0;
}

/** Genre, consumption probability and satiation of each candidate. */
const lookAt = ({ interests, candidates, trueQualities }: Session, satiation: Float64Array) =>
  Array.from(trueQualities, (quality, place) => {
    const genre = world.topics[candidates[place]!]!;
    const logit = -0.5 + 2.5 * interests[genre]! + quality - 1.5 * satiation[genre]!;
    return { genre, chance: 1 / (1 + Math.exp(-logit)), satiation: satiation[genre]! };
  });

/** The candidate of this value that is highest, satiation known. */
function playByTruth(count: number, value: (chance: number, satiation: number) => number) {
  let total = 0;
  for (let index = 0; index < count; index++) {
    const session = world.start(index);
    const satiation = new Float64Array(world.topicCount);
    while (!session.over) {
      const values = lookAt(session, satiation).map((one) => value(one.chance, one.satiation));
      if (follow(session, [values.indexOf(Math.max(...values))], satiation)) total++;
    }
  }
  return total / count;
}

test("items are consumed and users leave as often as the formulae say, within 4 standard errors", () => {
  const random = createRandom(seed);
  const sums = { consumed: 0, consumedVariance: 0, left: 0, leftVariance: 0 };
  for (let index = 0; index < 200; index++) {
    const session = world.start(index);
    const satiation = new Float64Array(world.topicCount);
    while (!session.over) {
      const liked = [...session.candidates].findIndex(
        (item) => session.interests[world.topics[item]!]! > 0.5,
      );
      const place = liked < 0 ? random.integer(10) : liked;
      const { chance, satiation: before } = lookAt(session, satiation)[place]!;
      const isConsumed = follow(session, [place], satiation);
      const leaving = (isConsumed ? 0.02 : 0.08) + 0.25 * before;
      sums.consumed += (isConsumed ? 1 : 0) - chance;
      sums.consumedVariance += chance * (1 - chance);
      sums.left += (session.over ? 1 : 0) - leaving;
      sums.leftVariance += leaving * (1 - leaving);
    }
  }
  expect(Math.abs(sums.consumed)).toBeLessThan(4 * Math.sqrt(sums.consumedVariance));
  expect(Math.abs(sums.left)).toBeLessThan(4 * Math.sqrt(sums.leftVariance));
});

test("who looks at the step alone loses to who counts what leaving costs, and beats chance", () => {
  const sessions = 200;
  const uniform: SessionPolicy = (_, random) => [random.integer(10)];
  const results = Array.from({ length: sessions }, (_, index) =>
    playSession(world.start(index), uniform, createRandom(index)),
  );
  const chance = results.reduce((sum, { total }) => sum + total, 0) / sessions;
  const myopic = playByTruth(sessions, (probability) => probability);
  // Approximate value of the rest of a session: 8 items.
  const farSighted = playByTruth(
    sessions,
    (probability, satiation) => probability * 1.48 - 8 * 0.25 * satiation,
  );
  // The sessions' totals have a standard deviation below 7.
  const error = 7 * Math.sqrt(2 / sessions);
  expect(myopic - chance).toBeGreaterThan(error);
  expect(farSighted - myopic).toBeGreaterThan(2 * error);
  for (const { steps, consumed, total } of results) {
    expect(total).toBe(consumed);
    expect(steps).toBeGreaterThanOrEqual(Math.max(1, consumed));
  }
});

test("a session depends on seed, number and slates alone", () => {
  const play = (one: Session) => {
    const seen: unknown[] = [[...one.interests]];
    while (!one.over && seen.length < 8) seen.push([...one.candidates], one.choose([2]));
    return seen;
  };
  expect(play(world.start(11))).toEqual(play(createSatiationWorld({ seed }).start(11)));
  expect(play(world.start(12))).not.toEqual(play(world.start(11)));
});

test("a wrong slate, a session that is over and a bad seed are refused", () => {
  expect(() => world.start(0).choose([0, 1])).toThrow("1 different places below 10");
  const session = world.start(0);
  while (!session.over) session.choose([0]);
  expect(() => session.choose([0])).toThrow("start another one");
  expect(() => createSatiationWorld({ seed: 0.5 })).toThrow("seed must be an integer from 0");
});
