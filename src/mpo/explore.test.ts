import { describe, expect, test } from "vitest";
import { chooseExploration, explore } from "./explore.ts";
import type { Improvement } from "./improve.ts";
import type { ScoredRow } from "./row-scores.ts";

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

describe("until the next cycle", () => {
  const uniform = { servingValue: 0.4, difference: -0.1 };
  const rows = [{} as ScoredRow];
  const found = (difference?: number, judged = rows) =>
    ({
      judgement: { uniform },
      rows: judged,
      gate: { verdict: "promote", ...(difference !== undefined && { difference }) },
    }) as unknown as Pick<Improvement, "judgement" | "rows" | "gate">;
  const scenario = { takesOver: false, floor: 0.01, before: 0.12 };

  test("a policy that takes over has its gain to spend, and to lose", () => {
    expect(explore(found(0.2), scenario)).toBe(chooseExploration(0.4, -0.1));
    const taken = explore(found(0.2), { ...scenario, takesOver: true });
    expect(taken).toBe(chooseExploration(0.4 + 0.2, -0.1 - 0.2));
    expect(() => explore(found(), { ...scenario, takesOver: true })).toThrow(RangeError);
  });

  test("the budget is in reward units, and deviating at every decision costs 1/(1 − γ) times as much", () => {
    const range = { minimum: -10, maximum: 10 };
    expect(explore(found(), { ...scenario, range })).toBe(
      chooseExploration(-10 + 0.4 * 20, -0.1 * 20),
    );
    const after = explore(found(), { ...scenario, discount: 0.5 });
    expect(after).toBe(chooseExploration(0.4, -0.1 / 0.5));
  });

  test("nothing is learned where nobody's feedback judged, and draws of a fast loop explore by themselves", () => {
    expect(explore(found(0.2, []), scenario)).toBe(0.12);
    expect(explore(found(0.2, []), { ...scenario, before: 0 })).toBe(0.01);
    expect(explore(found(0.2), { ...scenario, exploresItself: true })).toBe(0.01);
  });
});
