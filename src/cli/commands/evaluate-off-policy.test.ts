import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

/** A folder with a log of two actions, the rarer one better; 400 rows of 100 users. */
function createLog() {
  const folder = createTestFolder();
  const log = join(folder, "log.csv");
  const rows = Array.from({ length: 400 }, (_, row) =>
    row % 4 === 0
      ? `a,${row % 12 === 0 ? 1 : 0},0.25,u-${row % 100}`
      : `b,${row % 20 === 1 ? 1 : 0},0.75,u-${row % 100}`,
  );
  writeFileSync(log, ["itemId,reward,propensity,userId", ...rows].join("\n"));
  const run = (...options: readonly string[]) =>
    runCommand("evaluate", "off-policy", "--log", log, "--target", "uniform", ...options);
  return { folder, log, run };
}

test("the answer is printed below the table", async () => {
  const { exitCode, text } = await createLog().run();
  expect(exitCode).toBe(0);
  expect(text).toMatch(/│ dr +│/);
  expect(text).toMatch(/\n\nuniform would earn 0\.\d+ a row \(dr, 95 %: /);
});

test("--json prints one object, also while a plot is written", async () => {
  const { folder, run } = createLog();
  const plot = join(folder, "plot.svg");
  const { exitCode, text } = await run("--json", "--plot", plot);
  expect(exitCode).toBe(0);
  expect(JSON.parse(text)).toMatchObject({
    log: { rows: 400, users: 100, actions: 2 },
    conclusion: { decides: true },
  });
  expect(readFileSync(plot, "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
});

test("--columns names the log's columns", async () => {
  const { folder, log, run } = createLog();
  const plain = await run("--json");
  const other = join(folder, "other.csv");
  const text = readFileSync(log, "utf8").replace(/^.*\n/, "id,clicked,p,who\n");
  writeFileSync(other, text);
  const named = ["--columns", "itemId=id, reward=clicked,propensity=p,userId=who"];
  const { text: answer } = await run("--json", "--log", other, ...named);
  expect(JSON.parse(answer).estimates).toEqual(JSON.parse(plain.text).estimates);
  for (const wrong of ["reward", "reward=", "reward=a,reward=b"])
    expect((await run("--columns", wrong)).exitCode, wrong).toBe(2);
});

test("a plot as a page has the printed answer below the picture", async () => {
  const { folder, run } = createLog();
  const plot = join(folder, "plot.html");
  const { text } = await run("--plot", plot);
  const page = readFileSync(plot, "utf8");
  expect(page.indexOf("<svg ")).toBeGreaterThan(0);
  expect(page.indexOf(text.trimEnd().split("\n").at(-1) ?? "none")).toBeGreaterThan(
    page.indexOf("</svg>"),
  );
});

test("another kind of plot is wrong usage, and nothing is written", async () => {
  const { folder, run } = createLog();
  const plot = join(folder, "plot.png");
  expect((await run("--plot", plot)).exitCode).toBe(2);
  expect(existsSync(plot)).toBe(false);
});

test("a target file that is not there is told as such", async () => {
  const { run } = createLog();
  expect(await run("--target", "none.json")).toEqual({
    exitCode: 1,
    text: "error: none.json does not exist; name a file with the target's probabilities (invalid_file)\n",
  });
});

test("a log that can't be used exits with 1 and says why", async () => {
  const { log, run } = createLog();
  writeFileSync(log, "itemId,reward,propensity\ntea,1,0\n");
  const { exitCode, text } = await run();
  expect(exitCode).toBe(1);
  expect(text).toContain('log.csv:2: propensity must be in (0, 1], got "0"; log the probability');
});
