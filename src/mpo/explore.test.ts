import { describe, expect, test } from "vitest";
import { chooseExploration } from "./explore.ts";

describe("exploration", () => {
  test("costs the same share of the reward, whatever the uniform choice would cost", () => {
    const cost = (difference: number) => chooseExploration(0.2, -difference) * difference;
    expect(cost(0.15)).toBeCloseTo(cost(0.1), 12);
    expect(cost(0.1)).toBeGreaterThan(0);
    expect(cost(0.1)).toBeLessThan(0.2);
    expect(chooseExploration(0.4, -0.2)).toBeCloseTo(chooseExploration(0.2, -0.1), 12);
  });

  test("is bounded below 1 where chance does as well as the policy", () => {
    const most = chooseExploration(0.2, 0);
    expect(most).toBeLessThan(1);
    expect(chooseExploration(0.2, 0.1)).toBe(most);
    expect(chooseExploration(0.2, -1e-9)).toBe(most);
  });

  test("is nothing where there is no reward to spend", () => {
    expect(chooseExploration(0, -0.1)).toBe(0);
  });
});
