import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { evaluateLog } from "../../analysis/off-policy/evaluate-log.ts";
import { openLog } from "../../analysis/off-policy/open-log.ts";
import { type TargetPolicy, uniformTarget } from "../../analysis/off-policy/target-policy.ts";
import { drawEvaluation } from "./draw-evaluation.ts";
import { writePlot } from "./write-plot.ts";

const executablePath = "/usr/bin/chromium";

async function evaluate(rows: readonly string[], target: TargetPolicy = uniformTarget) {
  const file = join(createTestFolder(), "a & b.csv");
  writeFileSync(file, ["itemId,reward,propensity,userId", ...rows].join("\n"));
  return evaluateLog(await openLog(file), async () => target);
}

/** Two actions, the better one shown a quarter of the time; 400 rows of 100 users. */
const decidable = Array.from({ length: 400 }, (_, row) =>
  row % 4 === 0
    ? `a,${row % 12 === 0 ? 1 : 0},0.25,u-${row % 100}`
    : `b,${row % 20 === 1 ? 1 : 0},0.75,u-${row % 100}`,
);

const attributesOf = (svg: string, pattern: RegExp) =>
  [...svg.matchAll(pattern)].map(([, value]) => value ?? "");

test("each value has its dot, the one that was logged on the dashed line", async () => {
  const evaluation = await evaluate(decidable);
  const svg = drawEvaluation(evaluation);
  const dots = attributesOf(svg, /<circle cx="([\d.]+)"/g).map(Number);
  expect(dots).toHaveLength(evaluation.estimates.length + 2);
  const [dashed] = attributesOf(svg, /<line x1="([\d.]+)"[^>]*dasharray="4 3"/g);
  expect(dots[0]).toBe(Number(dashed));
  // Dots keep the order of the values.
  const values = [evaluation.logged, ...evaluation.estimates].map(({ value }) => value);
  const places = values.map((value, row) => ({ value, dot: dots[row] ?? Number.NaN }));
  const sorted = places.toSorted((one, other) => one.value - other.value);
  expect(sorted.map(({ dot }) => dot)).toEqual(
    sorted.map(({ dot }) => dot).toSorted((one, other) => one - other),
  );
});

test("the answer stands above, in a colour of its own where there is none", async () => {
  const decided = drawEvaluation(await evaluate(decidable));
  expect(decided).toMatch(/fill="#00705a" font-weight="600">uniform would earn 0\.\d+ a row/);
  const undecided = drawEvaluation(await evaluate(decidable.slice(0, 20)));
  expect(undecided).toMatch(/fill="#875600" font-weight="600">The log cannot decide/);
});

test("names are text, whatever they hold", async () => {
  const name = '<script>"&';
  const svg = drawEvaluation(await evaluate(decidable, { ...uniformTarget, name }));
  expect(svg).toContain("Estimated reward of &lt;script&gt;&quot;&amp;");
  expect(svg).toContain("a &amp; b.csv");
  expect(svg).not.toContain("<script>");
});

test("an unbounded interval and equal values have a place", async () => {
  const never: TargetPolicy = {
    ...uniformTarget,
    probabilities: ({ candidates }) => candidates.map((item) => (item === "b" ? 1 : 0)),
  };
  const unbounded = drawEvaluation(await evaluate(["a,1,0.5,u", "b,0,0.5,u"], never));
  expect(unbounded).toContain("(unbounded)");
  const equal = drawEvaluation(await evaluate(decidable.map((row) => row.replace(",1,", ",0,"))));
  for (const svg of [unbounded, equal]) expect(svg).not.toMatch(/NaN|Infinity/);
});

test("a folder that is not there is named", async () => {
  const evaluation = await evaluate(decidable);
  const file = join(createTestFolder(), "nowhere", "plot.svg");
  expect(() => writePlot(file, evaluation)).toThrow(`${file} can't be written: ENOENT`);
});

test.skipIf(process.env.RECURVE_FULL === undefined || !existsSync(executablePath))(
  "in a browser no text leaves the picture or covers another (needs RECURVE_FULL, Chromium)",
  async () => {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    onTestFinished(() => browser.close());
    const name = "a policy with a name of many words, as files of probabilities often have.jsonl";
    const evaluation = await evaluate(decidable, { ...uniformTarget, name });
    const file = join(createTestFolder(), "plot.html");
    writePlot(file, evaluation);
    const page = await browser.newPage({ viewport: { width: 900, height: 900 } });
    await page.goto(`file://${file}`);
    const boxes: { left: number; right: number; top: number; bottom: number }[] =
      await page.evaluate(
        "[...document.querySelectorAll('svg text')].map((text) => text.getBoundingClientRect().toJSON())",
      );
    const picture: { left: number; right: number } = await page.evaluate(
      "document.querySelector('svg').getBoundingClientRect().toJSON()",
    );
    expect(boxes.length).toBeGreaterThan(30);
    for (const [index, box] of boxes.entries()) {
      expect(box.left).toBeGreaterThanOrEqual(picture.left);
      expect(box.right).toBeLessThanOrEqual(picture.right);
      const covers = (other: typeof box) =>
        box.left < other.right &&
        other.left < box.right &&
        box.top < other.bottom &&
        other.top < box.bottom;
      expect(boxes.slice(index + 1).filter(covers)).toEqual([]);
    }
  },
);
