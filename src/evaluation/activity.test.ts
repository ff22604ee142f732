import { expect, test } from "vitest";
import type { UserActivity } from "../domain/activity.ts";
import { userId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { compareActivity, measureActivity } from "./activity.ts";

const user = (fields: Partial<UserActivity>): UserActivity => ({
  userId: userId("ada"),
  arm: "serving",
  sessions: 0,
  decisions: 0,
  seconds: 0,
  returns: 0,
  waitedDays: 0,
  endedDayAgo: 0,
  backWithinDay: 0,
  endedWeekAgo: 0,
  backWithinWeek: 0,
  ...fields,
});

test("a measure is a ratio of sums, and one that a single user tells of is absent", () => {
  const users = [
    user({ sessions: 1, decisions: 4, seconds: 10, returns: 0, waitedDays: 3 }),
    user({ sessions: 3, decisions: 6, seconds: 50, returns: 2, waitedDays: 1, endedDayAgo: 2 }),
  ];
  const figures = measureActivity(users);
  expect(figures.sessionsPerDay?.value).toBe(0.5);
  expect(figures.sessionSeconds?.value).toBe(15);
  expect(figures.sessionDecisions?.value).toBe(2.5);
  expect(figures).not.toHaveProperty("returnWithinDay");
  // By hand: R = 0.5, scatter (0 − 1.5)² + (2 − 0.5)² = 4.5, se = √(2 · 4.5)/4 = 0.75, t(0.975; 1) = 12.706.
  expect(figures.sessionsPerDay?.interval[1]).toBeCloseTo(0.5 + 12.706 * 0.75, 3);
  expect(measureActivity([])).toEqual({});
});

/** Users who come back with a chance of their own about `mean`, which their sessions share. */
function drawUsers(count: number, mean: number, seed: number): readonly UserActivity[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const chance = mean + (random.uniform() < 0.5 ? -0.3 : 0.3);
    const sessions = 1 + random.integer(40);
    const backWithinDay = Array.from({ length: sessions }).filter(
      () => random.uniform() < chance,
    ).length;
    return user({ sessions, endedDayAgo: sessions, backWithinDay });
  });
}

test("intervals hold the truth in 95 % of the draws although users' sessions are alike", () => {
  const draws = 1000;
  let [held, heldDifference] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const own = drawUsers(60, 0.5, draw);
    const others = drawUsers(60, 0.4, draws + draw);
    const [low = 1, high = 0] = measureActivity(own).returnWithinDay?.interval ?? [];
    if (low <= 0.5 && 0.5 <= high) held++;
    const [under = 1, over = 0] = compareActivity(own, others).returnWithinDay?.interval ?? [];
    if (under <= 0.1 && 0.1 <= over) heldDifference++;
  }
  // Three standard errors of a share of 0.95 of 1000 draws are 0.021; the linearised ratio costs some tenths of a percent.
  expect(held / draws).toBeGreaterThan(0.925);
  expect(held / draws).toBeLessThan(0.975);
  expect(heldDifference / draws).toBeGreaterThan(0.925);
  expect(heldDifference / draws).toBeLessThan(0.975);
});
