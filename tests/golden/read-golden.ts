import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";
import type { Estimate } from "../../src/evaluation/estimate.ts";
import type { PolicyEvaluation } from "../../src/evaluation/evaluate-policy.ts";

/** Name in OBP, weight clip, value, variance of the rounds (ddof 1). JSON has no infinity, so it is a text. */
export type GoldenEstimate = readonly [
  "ipw" | "snipw" | "dm" | "dr",
  number | "Infinity" | null,
  number,
  number | null,
];

export interface GoldenInterval {
  readonly value: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
}

export const readGolden = <T>(file: string): T =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, file), "utf8")) as T;

/** |actual − golden| ≤ tolerance·max(1, |golden|). */
export function expectClose(actual: number | undefined, golden: number, tolerance: number): void {
  expect(Math.abs((actual ?? Number.NaN) - golden)).toBeLessThanOrEqual(
    tolerance * Math.max(1, Math.abs(golden)),
  );
}

const names = { ipw: "ips", snipw: "snips", dm: "dm", dr: "dr" } as const;

/** Runs each golden estimate with its clip and compares value and variance. */
export function expectGoldenEstimates(
  goldens: readonly GoldenEstimate[],
  evaluate: (weightClip: number) => PolicyEvaluation,
  tolerance: number,
): void {
  expect(goldens.length).toBeGreaterThan(10);
  for (const [name, clip, value, variance] of goldens) {
    const estimate = evaluate(Number(clip ?? Number.POSITIVE_INFINITY)).estimates[names[name]];
    expectClose(estimate?.value, value, tolerance);
    if (variance === null || clip === 0) continue;
    expectClose(
      (estimate?.standardError ?? Number.NaN) ** 2 * (estimate?.rows ?? 0),
      variance,
      tolerance,
    );
  }
}

export function expectGoldenInterval(
  estimate: Estimate | undefined,
  golden: GoldenInterval,
  tolerance: number,
): void {
  expectClose(estimate?.value, golden.value, tolerance);
  expectClose(estimate?.standardError, golden.standardError, tolerance);
  expectClose(estimate?.interval.lower, golden.lower, tolerance);
  expectClose(estimate?.interval.upper, golden.upper, tolerance);
}
