import type { Arm } from "../domain/decision.ts";
import type { GateLooks, GateRecord } from "../domain/gate-record.ts";
import type { GuardTest } from "../domain/guard-metric.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import { limitsOf } from "../evaluation/gate-guards.ts";
import { scoreServed, scoreServing } from "./as-served.ts";
import { expectAhead, type Scoring, scoreRows } from "./family.ts";
import { gateCandidate } from "./gate.ts";
import type { FoldedRow } from "./judged-row.ts";
import { isJudged } from "./judged-slates.ts";
import { applySelfCheck, checkLogged } from "./self-check.ts";

export interface RivalInput<Row extends FoldedRow, Policy, Critic> {
  readonly serving: Policy;
  readonly rival: Policy;
  /** Arm that the rival answers; absent if it has never served. */
  readonly arm?: Arm;
  /** As the last cycle left it: trained on none of the rows. */
  readonly critic: Critic;
  /** All new feedback: neither policy was trained on it. */
  readonly rows: readonly Row[];
  readonly mpo: MpoConfiguration;
  /** Findings of earlier reviews of the same two policies. */
  readonly earlier?: GateLooks | undefined;
  readonly guards?: readonly GuardTest[] | undefined;
}

/** The serving policy against a rival that has served too, on the traffic of both and of all arms whose policy is known. */
export async function judgeRival<Row extends FoldedRow, Policy, Critic>(
  family: Scoring<Row, Policy, Critic>,
  { serving, rival, arm, critic, mpo, earlier, guards, ...input }: RivalInput<Row, Policy, Critic>,
): Promise<GateRecord> {
  const all = input.rows.filter(
    (row) => isJudged(row) && (row.loggingLogs || row.arm === "serving" || row.arm === arm),
  );
  const logs = await scoreServing(family, serving, all);
  const rivalLogs = await scoreServed(family, rival, all);
  const known = all.map((row, index) =>
    arm !== undefined && row.arm === arm && row.loggingLogs === undefined
      ? { ...row, loggingLogs: rivalLogs[index]! }
      : row,
  );
  const { isKept, selfCheck } = checkLogged(known, logs);
  const kept = { rows: known.filter(isKept), logs: logs.filter(isKept) };
  const gate = gateCandidate({
    rows: expectAhead(family, critic, await scoreRows(family, critic, kept)),
    candidateLogs: rivalLogs.filter(isKept),
    predictedDifference: 0,
    limits: limitsOf(mpo.gate),
    earlier,
    guards,
  });
  return applySelfCheck(gate, selfCheck);
}

export interface RivalReview {
  readonly gate: GateRecord;
  readonly action: "promote" | "retire" | "keep";
}

/** Whether a canary takes over, leaves or stays; with too little feedback it stays. */
export async function reviewCanary<Row extends FoldedRow, Policy, Critic>(
  family: Scoring<Row, Policy, Critic>,
  input: Omit<RivalInput<Row, Policy, Critic>, "arm">,
): Promise<RivalReview> {
  const gate = await judgeRival(family, { ...input, arm: "canary" });
  if (gate.verdict === "promote") return { gate, action: "promote" };
  const { probabilityPositive = 1 } = gate;
  const isHopeless = probabilityPositive < input.mpo.review.keepCanaryProbability;
  return { gate, action: isHopeless ? "retire" : "keep" };
}
