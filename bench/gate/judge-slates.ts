import { gateLimits } from "../../src/evaluation/gate-guards.ts";
import { gateCandidate } from "../../src/mpo/gate.ts";
import type { ScoredRow } from "../../src/mpo/row-scores.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import {
  createSlateWorld,
  type SlateWorld,
  scoreSlates,
  simulateSlates,
  slatePolicy,
  worthOfSlates,
} from "../../tests/support/simulated-slates.ts";
import type { Report } from "../bench.ts";

interface Place {
  readonly name: string;
  readonly world: SlateWorld;
  readonly decisions: number;
  /** The scenario says that items above change a reward. */
  readonly isCascade?: boolean;
}

/** Slates of 10. Click rates of a position: 7 % and 1.2 %. */
const places: readonly Place[] = [
  { name: "30 items, clicks 7 %", world: createSlateWorld(30, 0.4), decisions: 1500 },
  { name: "500 items, clicks 1.2 %", world: createSlateWorld(500, 0.06), decisions: 2000 },
];

const stopping = {
  world: { ...createSlateWorld(30, 0.8), slateSize: 5, reading: "stops" as const },
  decisions: 1500,
};
const dependent: readonly Place[] = [
  { name: "users stop after a click, by marginals", ...stopping },
  { name: "users stop after a click, by prefix", ...stopping, isCascade: true },
];

const candidatesOf = (world: SlateWorld): readonly (readonly [string, Float64Array])[] => [
  ["turns the order around", slatePolicy(world, (share) => -share)],
  [
    "so below its first two items",
    slatePolicy(world, (share, item) => (item < 2 ? 6 : -3 * share)),
  ],
  [
    "reorders neighbours",
    slatePolicy(world, (_, item) => (3 * world.worth[item ^ 1]!) / world.worth[0]!),
  ],
  ["surer of the same order", slatePolicy(world, (share) => 5 * share)],
];

/** Every position as a slate of its own, on the logged items above: the judgement before decision 0043. */
const byPosition = (rows: readonly ScoredRow[]): readonly ScoredRow[] =>
  rows.map(({ row, scores }) => ({ row: { ...row, position: 0 }, scores }));

interface Judged {
  readonly lift: number;
  readonly covers: boolean;
  readonly promotes: boolean;
}

function judge(
  compared: {
    readonly rows: readonly ScoredRow[];
    readonly candidateLogs: readonly Float64Array[];
  },
  { difference, value }: { readonly difference: number; readonly value: number },
): Judged {
  const gate = gateCandidate({ ...compared, predictedDifference: 0, limits: gateLimits });
  const { difference: stated = Number.NaN, interval: [low, high] = [Number.NaN, Number.NaN] } =
    gate;
  return {
    lift: stated / value,
    covers: low <= difference && difference <= high,
    promotes: gate.verdict === "promote",
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const shareOf = (judged: readonly Judged[], name: "covers" | "promotes") =>
  percent(meanOf(judged.map((one) => (one[name] ? 1 : 0))));

function judgePlace(
  { name, world, decisions, isCascade = false }: Place,
  gates: number,
  random: RandomStream,
) {
  const serving = slatePolicy(world, (share) => 3 * share);
  const worthOf = (logs: Float64Array) =>
    worthOfSlates(world, { logs, slates: 20_000, random: random.split("truth") });
  const value = worthOf(serving);
  const judged = candidatesOf(world).map(([name, policy]) => {
    const truth = { difference: worthOf(policy) - value, value };
    return { name, policy, truth, slates: [] as Judged[], positions: [] as Judged[] };
  });
  // One log at a time: each has hundreds of MB.
  for (let gate = 0; gate < gates; gate++) {
    const drawn = { logs: serving, decisions, random: random.split(gate), isCascade };
    const rows = simulateSlates(world, drawn);
    for (const { policy, truth, slates, positions } of judged) {
      const candidateLogs = scoreSlates(rows, policy);
      slates.push(judge({ rows, candidateLogs }, truth));
      positions.push(judge({ rows: byPosition(rows), candidateLogs }, truth));
    }
  }
  return judged.map(({ name: candidate, truth: { difference }, slates, positions }) => ({
    isWorse: difference < 0,
    promoted: slates.filter(({ promotes }) => promotes).length / gates,
    cells: [
      `${name}: ${candidate}`,
      percent(difference / value),
      ...[percent(meanOf(slates.map(({ lift }) => lift))), shareOf(slates, "covers")],
      ...[shareOf(slates, "promotes"), percent(meanOf(positions.map(({ lift }) => lift)))],
      shareOf(positions, "promotes"),
    ],
  }));
}

/** Gates on slates whose true value is known, beside the same gates position by position. */
export function judgeSlates(
  report: Report,
  { slates: gates, seed }: { readonly slates: number; readonly seed: number },
): void {
  const random = createRandom(seed).split("slates");
  const rows = [...places, ...dependent].flatMap((place) =>
    judgePlace(place, gates, random.split(place.name)),
  );
  report.table(
    [
      ...["slates", "true", "stated", "interval covers", "promoted"],
      ...["by position: stated", "promoted"],
    ],
    rows.map(({ cells }) => cells),
  );
  const worse = rows.filter(({ isWorse }) => isWorse).map(({ promoted }) => 100 * promoted);
  report.figure("% of worse slate policies promoted in full", Math.max(...worse));
}
