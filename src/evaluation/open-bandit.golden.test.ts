import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import {
  expectClose,
  expectGoldenEstimates,
  expectGoldenInterval,
  type GoldenEstimate,
  type GoldenInterval,
  readGolden,
} from "../../tests/golden/read-golden.ts";
import { evaluatePolicy } from "./evaluate-policy.ts";

const root = resolve(import.meta.dirname, "../..", process.env.RECURVE_DATA ?? "../shared/data");
const csv = (policy: string) => resolve(root, "obd", policy, "men/men.csv");
const items = 34;
const positions = 3;

interface Round {
  readonly item: number;
  readonly position: number;
  readonly click: number;
  readonly propensity: number;
}

/** The first columns, none of which is quoted: number, timestamp, item_id, position, click, propensity_score. */
function readRounds(policy: string): Round[] {
  const [, ...lines] = readFileSync(csv(policy), "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [, , item, position, click, propensity] = line.split(",", 6).map(Number);
    return { item: item!, position: position! - 1, click: click!, propensity: propensity! };
  });
}

/** A table by position, then item. */
type Table = number[][];

const table = (cell: (position: number, item: number) => number): Table =>
  Array.from({ length: positions }, (_, position) =>
    Array.from({ length: items }, (_, item) => cell(position, item)),
  );

function count(rounds: readonly Round[], size: (round: Round) => number): Table {
  const counts = table(() => 0);
  for (const round of rounds) counts[round.position]![round.item]! += size(round);
  return counts;
}

const normalise = (rows: Table): Table =>
  rows.map((row) => {
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value) => value / sum);
  });

function smoothClickRates(rounds: readonly Round[]): Table {
  const prior = rounds.reduce((sum, { click }) => sum + click, 0) / rounds.length;
  const shown = count(rounds, () => 1);
  const clicks = count(rounds, ({ click }) => click);
  return table((k, a) => (clicks[k]![a]! + 30 * prior) / (shown[k]![a]! + 30));
}

const targetsOf = (rates: Table, logged: readonly Round[]): Record<string, Table> => ({
  uniform: table(() => 1 / items),
  softmaxCtr: normalise(
    rates.map((row) => row.map((rate) => Math.exp(200 * (rate - Math.max(...row))))),
  ),
  bestCtr: rates.map((row) =>
    row.map((_, item) => (item === row.indexOf(Math.max(...row)) ? 1 : 0)),
  ),
  btsEmpirical: normalise(count(logged, () => 1)),
});

const golden = readGolden<{
  targets: Record<
    string,
    {
      effectiveSampleSize: number;
      largestWeight: number;
      estimates: GoldenEstimate[];
      snipsDeltaMethod: GoldenInterval;
    }
  >;
}>("open-bandit.json");

test.skipIf(!existsSync(csv("random")) || !existsSync(csv("bts")))(
  "obp's estimates on 10,000 rounds of Open Bandit men agree to 1e-11 (needs RECURVE_DATA)",
  () => {
    const rounds = readRounds("random");
    expect(rounds).toHaveLength(10_000);
    const rates = smoothClickRates(rounds);
    const targets = targetsOf(rates, readRounds("bts"));
    expect(Object.keys(golden.targets)).toEqual(Object.keys(targets));
    const column = (cell: (round: Round) => number) => Float64Array.from(rounds, cell);
    for (const [name, policy] of Object.entries(targets)) {
      const direct = policy.map((row, k) =>
        row.reduce((sum, probability, a) => sum + probability * rates[k]![a]!, 0),
      );
      const evaluate = (weightClip: number) =>
        evaluatePolicy(
          {
            rewards: column(({ click }) => click),
            propensities: column(({ propensity }) => propensity),
          },
          {
            targetProbabilities: column(({ position, item }) => policy[position]![item]!),
            directValues: column(({ position }) => direct[position]!),
            predictions: column(({ position, item }) => rates[position]![item]!),
          },
          { weightClip },
        );
      const expected = golden.targets[name]!;
      const { estimates, diagnostics } = evaluate(Number.POSITIVE_INFINITY);
      expectGoldenEstimates(expected.estimates, evaluate, 1e-11);
      expectGoldenInterval(estimates.snips, expected.snipsDeltaMethod, 1e-11);
      expectClose(diagnostics.effectiveSampleSize, expected.effectiveSampleSize, 1e-11);
      expectClose(diagnostics.largestWeight, expected.largestWeight, 1e-11);
    }
  },
);
