import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

/** 20 × 20 ratings, odd items one star better. */
function writeRatings(): string {
  const path = join(createTestFolder(), "ratings.csv");
  const rows = Array.from({ length: 400 }, (_, k) => {
    const [user, item] = [Math.floor(k / 20), k % 20];
    return `rating,u-${user},i-${item},${3 + (item % 2) + ((user * 7 + item * 3) % 5) / 10}`;
  });
  writeFileSync(path, ["type,userId,itemId,value", ...rows].join("\n"));
  return path;
}

test("ratings are evaluated by three predictors, for people and as JSON", async () => {
  const path = writeRatings();
  const run = (...words: readonly string[]) =>
    runCommand("evaluate", "ratings", "--data", path, ...words);
  const { text, exitCode } = await run();
  expect(exitCode).toBe(0);
  expect(text).toContain("320 ratings to train on, 80 predicted, seed");
  expect(text).toMatch(/│ mean +│ 0\.\d{4} │ 0\.\d{4} │ 0\.\d{4} │/);
  const { rated } = JSON.parse((await run("--json", "--seed", "3")).text);
  const rmse = Object.fromEntries(
    rated.map((one: { predictor: string; rmse: number }) => [one.predictor, one.rmse]),
  );
  expect(rmse.biases).toBeLessThan(rmse.mean / 2);
});
