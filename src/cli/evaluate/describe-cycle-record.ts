import Table from "cli-table3";
import type { Cycle } from "../../domain/cycle.ts";
import type { CycleRecord, FeedbackCounts } from "../../domain/cycle-record.ts";
import type { GateRecord, GateStatistic, Guard } from "../../domain/gate-record.ts";
import type {
  LiveArmSummary,
  LiveDifference,
  PromotionReview,
} from "../../domain/policy-evidence.ts";
import { formatFigure, formatShare } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";
import { describeCosts } from "./describe-costs.ts";
import { describeDoubtfulItems } from "./describe-doubtful-items.ts";
import { describeEncoderWatch, describeNewEncoder } from "./describe-encoder.ts";
import { describeFirstSlates, describeTemperatures } from "./describe-first-slates.ts";
import { describePrivacy } from "./describe-privacy.ts";
import { describeLift } from "./describe-promotions.ts";
import { describeSettings } from "./describe-settings.ts";

const absent = "–";

const number = (value: number | undefined): string =>
  value === undefined ? absent : formatFigure(value);

const range = ([low, high]: readonly [number, number]) => `${number(low)} to ${number(high)}`;

function describeSnapshots({ policyVersion, candidateVersion }: Cycle): string {
  const serving = policyVersion === undefined ? "no serving policy" : `serving ${policyVersion}`;
  return candidateVersion === undefined ? serving : `${serving}, candidate ${candidateVersion}`;
}

/** Rows by fold and by source, under the record's own names. */
function describeFeedback(feedback: FeedbackCounts | undefined): string {
  const counts = Object.entries(feedback ?? {}).map(([name, count]: [string, number]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${words} ${number(count)}`;
  });
  return counts.length === 0 ? absent : counts.join(", ");
}

function describeSample({ rows, clusters, effectiveSampleShare: share }: GateRecord): string {
  const size = share === undefined ? absent : `${number(share * rows)} (${number(100 * share)} %)`;
  return `${number(rows)} rows of ${number(clusters)} users, effective sample size ${size}`;
}

/** Absent in records of before it was made. */
function describeSelfCheck({ selfCheck }: GateRecord): string[] {
  if (selfCheck === undefined) return [];
  const { rows, leftOut, largestLogRatio } = selfCheck;
  const found = `${number(rows)} rows, ${number(leftOut)} left out`;
  return [`self-check ${found}, largest |log(π₀/p)| ${number(largestLogRatio)}`];
}

/** Absent if one policy made all rows. */
function describeStrata({ strata = [] }: GateRecord): string[] {
  const parts = strata.map(
    ({ policyVersion, rows, weight }) =>
      `policy ${policyVersion ?? absent} ${number(rows)} rows of weight ${number(weight)}`,
  );
  return parts.length === 0 ? [] : [`judged by ${parts.join(", ")}`];
}

/** Absent of slates of one, and if rewards cascade. */
function describeDependence({ dependence }: GateRecord): string[] {
  if (dependence === undefined) return [];
  const { rows, z, pValue } = dependence;
  return [`items above z ${number(z)}, p ${number(pValue)}, ${number(rows)} rows below others`];
}

function tableStatistics({
  statistic,
  doublyRobust,
  censored,
  withoutOneUser,
}: GateRecord): string[] {
  if (doublyRobust === undefined || censored === undefined) return [];
  const table = new Table({
    head: ["candidate − serving", "difference", "± s.e.", "interval", "P(Δ > 0)", "decides"],
    colAligns: ["left", "right", "right", "right", "right", "left"],
    style: plain,
  });
  const add = (name: NonNullable<GateRecord["statistic"]>, form: GateStatistic) =>
    table.push([
      name,
      number(form.difference),
      number(form.standardError),
      range(form.interval),
      number(form.probabilityPositive),
      name === statistic ? "yes" : "",
    ]);
  add("doubly robust", doublyRobust);
  add("censored", censored);
  // Absent in records of before it was measured.
  if (withoutOneUser !== undefined) {
    const { difference, standardError } = withoutOneUser;
    table.push(["without one user", number(difference), number(standardError), "", "", ""]);
  }
  return [table.toString()];
}

/** Of a guard metric also its margin, its error, and the margin that its traffic can decide about. */
function tellGuard({ passed, metric }: Guard): string {
  const told = passed ? "passed" : metric?.isDecided === false ? "not enough data" : "failed";
  if (metric === undefined) return told;
  const { margin, standardError, smallestMargin } = metric;
  const [s, m, least] = [standardError, margin, smallestMargin].map((one) =>
    one === undefined ? "–" : formatShare(one),
  );
  return `${told}: margin ${m}, s.e. ${s}, decides ${least}`;
}

function tableGuards({ guards }: Pick<GateRecord, "guards">): string[] {
  if (guards.length === 0) return ["No guard was reached."];
  const table = new Table({
    head: ["guard", "value", "limit", ""],
    colAligns: ["left", "right", "right", "left"],
    style: plain,
  });
  for (const guard of guards) {
    const { name, value, limit } = guard;
    table.push([name, number(value), number(limit), tellGuard(guard)]);
  }
  return [table.toString()];
}

const describeExpected = ({ expected }: GateRecord): string[] =>
  expected === undefined
    ? []
    : [`expected   lift ${describeLift(expected)}, corrected for selection by size`];

/** Both arms of a live comparison and their difference. */
function describeArms(
  rows: readonly (readonly [string, number | undefined, LiveArmSummary])[],
  live: LiveDifference,
  versions: "policy" | "retriever" = "policy",
): string[] {
  const table = new Table({
    head: ["arm", versions, "users", "rows", "mean reward"],
    colAligns: ["left", "right", "right", "right", "right"],
    style: plain,
  });
  for (const [arm, policy, { users, rows: count, meanReward }] of rows)
    table.push([arm, number(policy), number(users), number(count), number(meanReward)]);
  const found =
    live.interval === undefined
      ? "too few to tell"
      : `difference ${number(live.difference)} ± ${number(live.standardError)}, 99 % bounds ${range(live.interval)}; lift ${describeLift(live)}`;
  return [table.toString(), `live lift  ${found}`];
}

const toDate = (time: number) => new Date(time).toISOString();

function describeReview(name: "live" | "retriever", review: PromotionReview): string[] {
  const { serving, holdback, version, replaced, since, looks, action } = review;
  const arms = [
    ["serving", version, serving],
    ["holdback", replaced, holdback],
  ] as const;
  return [
    `${name.padEnd(10)} since ${toDate(since)}, look ${looks}: ${action}`,
    ...describeArms(arms, review, name === "live" ? "policy" : "retriever"),
  ];
}

/** The comparisons on live rewards, as far as a cycle made them. */
function describeLive({ promotion, retrieval, canary, anchor }: CycleRecord): string[] {
  const told: string[] = [];
  if (promotion) told.push(...describeReview("live", promotion));
  if (retrieval) told.push(...describeReview("retriever", retrieval));
  if (canary) {
    const { serving, version, since, deadline, action } = canary;
    const arms = [
      ["canary", version, canary.canary],
      ["serving", undefined, serving],
    ] as const;
    told.push(`canary     since ${toDate(since)}, until ${toDate(deadline)}: ${action}`);
    told.push(...describeArms(arms, canary));
    if (canary.guards) told.push(...tableGuards({ guards: canary.guards }));
  }
  if (anchor) {
    const arms = [
      ["serving", undefined, anchor.serving],
      ["anchor", anchor.version, anchor.anchor],
    ] as const;
    told.push(`anchor     since ${toDate(anchor.since)}`, ...describeArms(arms, anchor));
  }
  return told;
}

/** Shown if the gate was not reached. */
function describeRest(record: CycleRecord): readonly string[] {
  if (record.damage !== undefined) return [`record     damaged: ${record.damage}`];
  const slates = [
    ...describeNewEncoder(record),
    ...describeFirstSlates(record),
    ...describeTemperatures(record),
    ...describePrivacy(record),
  ];
  return slates.length > 0 ? slates : ["The gate was not reached."];
}

/**
 * A cycle's record for a person: of the gate statistic, interval, rows, ESS, guards, folds, seed
 * and snapshots; of the last promotion both arms and the interval of their difference; settings
 * that were tried; cost by stage.
 */
export function describeCycleRecord(cycle: Cycle): string {
  const { record } = cycle;
  const { gate } = record;
  const times = [cycle.startedAt, cycle.finishedAt].map((time) => new Date(time).toISOString());
  const head = [
    `cycle      ${cycle.cycle} of ${cycle.scenario}: ${cycle.outcome}`,
    `time       ${times.join(" to ")}`,
    `snapshots  ${describeSnapshots(cycle)}`,
    `seed       ${record.seed ?? "not recorded"}`,
    `reason     ${cycle.reason}`,
  ];
  if (gate === undefined) return [...head, ...describeRest(record)].join("\n");
  return [
    ...head,
    ...describeLive(record),
    `feedback   ${describeFeedback(record.feedback)}`,
    `gate rows  ${describeSample(gate)}`,
    ...describeStrata(gate),
    ...describeSelfCheck(gate),
    ...describeDependence(gate),
    `predicted  ${number(gate.predictedDifference)}; smallest detectable ${number(gate.minimalDetectableDifference)}`,
    ...describeExpected(gate),
    ...tableStatistics(gate),
    ...tableGuards(gate),
    ...describeSettings(record),
    ...describeDoubtfulItems(record.doubtfulItems),
    ...describeEncoderWatch(record),
    ...describeCosts(record),
  ].join("\n");
}
