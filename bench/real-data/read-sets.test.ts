import { expect, test } from "vitest";
import { countCandidates } from "./measure-criteo.ts";
import { parseMatrix, ratingsOf, weigh } from "./read-coat.ts";
import { parseCriteo } from "./read-criteo.ts";
import { parseHillstrom } from "./read-hillstrom.ts";

const header =
  "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend";
const customer = '6,"7) $1,000 +",1100.5,1,0,Rural,0,Phone,Mens E-Mail,1,1,29.9';

test("a customer has the arm, what was known before, and the three outcomes", () => {
  const [read] = parseHillstrom(`${header}\n${customer}\n`);
  expect(read).toMatchObject({
    arm: 1,
    mens: true,
    womens: false,
    outcome: { visit: 1, conversion: 1, spend: 29.9 },
  });
  const history = Math.log(1100.5) / 8;
  expect([...read!.features]).toEqual([1, 0.5, history, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0]);
});

test("an unknown e-mail, or an outcome without a number, is refused with its value", () => {
  const with_ = (from: string, to: string) => `${header}\n${customer.replace(from, to)}\n`;
  expect(() => parseHillstrom(with_("Mens E-Mail", "Letter"))).toThrow("got 'Letter'");
  expect(() => parseHillstrom(with_("29.9", ""))).toThrow("spend must be a number, got ''");
});

test("a display without a click stands for ten, and its propensity is freed of the sampling", () => {
  const lines = ["7 |l 0.001 |p 4 |f 0:300 1:250", "8 |l 0.999 |p 40.0|f 0:300 1:90 2:1 "];
  expect(parseCriteo(`${lines.join("\n")}\n`)).toEqual([
    { clicked: true, propensity: 0.25, standsFor: 1, features: ["0:300", "1:250"] },
    { clicked: false, propensity: 0.25, standsFor: 10, features: ["0:300", "1:90", "2:1"] },
  ]);
  expect(() => parseCriteo("8 |l 0.999 |p 4 |f 0:1")).toThrow("the propensity 2.5");
  expect(() => parseCriteo("8 |l 0.5 |p 4 |f 0:1")).toThrow("line 1 must be");
});

test("of a matrix the cells above 0 are ratings, weighted by their inverse propensities", () => {
  const ratings = ratingsOf(parseMatrix("0 5\n2 0\n"));
  expect(ratings).toEqual([
    { user: 0, item: 1, value: 5 },
    { user: 1, item: 0, value: 2 },
  ]);
  const weighted = weigh(ratings, parseMatrix("0.9 0.5\n0.1 0.9"));
  expect(weighted.map(({ weight }) => weight)).toEqual([2 / 6, 10 / 6]);
  expect(() => parseMatrix("1 2\n3")).toThrow("line 2 must have 2 numbers");
});

test("the mean of 1/p counts a display without a click ten times", () => {
  const displays = parseCriteo("1 |l 0.001 |p 2 |f 0:1\n2 |l 0.999 |p 130 |f 0:1");
  expect(countCandidates(displays).value).toBeCloseTo((2 + 10 * 13) / 11, 12);
});
