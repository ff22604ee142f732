import { expect, test, vi } from "vitest";

test("the article's example lowers Δ in every round and comes near the best possible reward", async () => {
  const lines: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => lines.push(line));
  await import("../../examples/article/article.ts");
  vi.restoreAllMocks();
  expect(lines).toHaveLength(6);
  const rounds = lines.slice(1, 5).map((line) => line.match(/[\d.]+/g)!.map(Number));
  for (const [, first, last] of rounds) expect(last).toBeLessThan(first!);
  const rewards = lines.map((line) => Number(line.match(/[\d.]+$/)![0]));
  const best = rewards.at(-1)!;
  for (const [round, reward] of rewards.slice(1, 5).entries())
    expect(reward).toBeGreaterThan(rewards[round]!);
  // Of what can be gained over the undecided policy of the start, more than five sixths.
  expect((rewards[4]! - rewards[0]!) / (best - rewards[0]!)).toBeGreaterThan(0.85);
});
