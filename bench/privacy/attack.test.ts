import { expect, test } from "vitest";
import { areaUnderCurve } from "../../src/numeric/area-under-curve.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { likelihoodScores, type Shadow } from "./attack.ts";

/** Losses of users of their own level, from which members differ by `gap`. */
function simulate(gap: number): Shadow[] {
  const random = createRandom(5);
  const levels = Array.from({ length: 400 }, () => 3 * random.normal());
  return Array.from({ length: 9 }, () => {
    const isMember = levels.map(() => random.uniform() < 0.5);
    const losses = levels.map(
      (level, user) => level + random.normal() - (isMember[user] ? gap : 0),
    );
    return { losses, isMember };
  });
}

test("the attack finds members whose losses differ by less than users do, and nobody if none do", () => {
  const areas = [1, 0].map((gap) => {
    const [target, ...others] = simulate(gap);
    return areaUnderCurve(likelihoodScores(target!, others), target!.isMember);
  });
  // 200 members and as many others: the standard error of an area of 0.5 is 0.029.
  expect(areas[0]).toBeGreaterThan(0.5 + 4 * 0.029);
  expect(Math.abs(areas[1]! - 0.5)).toBeLessThan(3 * 0.029);
});
