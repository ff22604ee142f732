import { expect, test } from "vitest";
import type { FirstSlates } from "../../domain/first-slates.ts";
import { describeFirstSlates, describeTemperatures } from "./describe-first-slates.ts";

const chosen = {
  temperature: 0.20589,
  served: 0.19,
  effectiveChoices: 12.6,
  surplus: { mean: 0.01, standardError: 0.02 },
};
const slates: FirstSlates = {
  slateSize: 10,
  users: 472,
  temperature: 0.20589,
  network: {
    served: { mean: 0.18, standardError: 0.0161 },
    sorted: { mean: 0.195, standardError: 0.0182 },
    effectiveChoices: 12.34,
  },
  popularity: {
    served: { mean: 0.085, standardError: 0.0128 },
    sorted: { mean: 0.087, standardError: 0.013 },
    effectiveChoices: 1.4,
  },
  choice: {
    users: 471,
    sorted: 0.2,
    chosen,
    curve: [{ ...chosen, temperature: 1, served: 0.1 }, chosen],
  },
};

test("the served hit rate stands first, with popularity's beside it and the temperature below", () => {
  const lines = describeFirstSlates({ slates }).flatMap((text) => text.split("\n"));
  expect(lines.map((line) => line.split(/\s*│\s*|\s{2,}/).filter(Boolean))).toEqual([
    ["measured on 472 users who did not choose the temperature; ± standard error"],
    [expect.stringMatching(/^┌/)],
    ["next item in", "the served slate", "the best 10"],
    [expect.stringMatching(/^├/)],
    ["trained policy", "18.0 % ± 1.6", "19.5 % ± 1.8"],
    ["popularity", "8.5 % ± 1.3", "8.7 % ± 1.3"],
    [expect.stringMatching(/^└/)],
    ["policy temperature 0.206: served keeps 0.92 of sorted, with 12.3 effective choices"],
  ]);
});

test("a hit rate that choices cost is said plainly", () => {
  const bound = {
    ...slates,
    choice: {
      ...slates.choice,
      chosen: { ...chosen, surplus: { mean: -0.01, standardError: 0.02 } },
    },
  };
  expect(describeFirstSlates({ slates: bound }).at(-1)).toBe(
    "a lower temperature would keep more, but leave too few effective choices",
  );
});

test("without a hit among the sorted all is kept, and a share of nothing is a dash", () => {
  const none = { mean: 0, standardError: 0 };
  const missed = {
    ...slates,
    network: { ...slates.network, sorted: none },
    choice: { ...slates.choice, sorted: 0 },
  };
  expect(describeFirstSlates({ slates: missed }).at(-1)).toMatch(/served keeps all of sorted/);
  expect(describeTemperatures({ slates: missed }).join("\n")).toMatch(/│ +– │/);
});

test("every temperature that was tried is shown with what it keeps", () => {
  const rows = describeTemperatures({ slates }).flatMap((text) => text.split("\n"));
  expect(rows.map((row) => row.match(/[\d.]+/g) ?? [])).toEqual([
    ...[["471"], [], [], []],
    ["1.000", "0.100", "0.50", "12.6"],
    ["0.206", "0.190", "0.95", "12.6"],
    [],
  ]);
});

test("a record of another kind has nothing of it", () => {
  expect(describeTemperatures({ seed: 1 })).toEqual([]);
  expect(describeFirstSlates({ seed: 1 })).toEqual([]);
});
