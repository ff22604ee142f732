import type { GateRecord } from "../../../src/domain/gate-record.ts";
import { type GateLimits, limitsOf, whereWorthless } from "../../../src/evaluation/gate-guards.ts";
import { gateCandidate } from "../../../src/mpo/gate.ts";
import { type Judgement, judgeChallengers } from "../../../src/mpo/judge.ts";
import { measurePart } from "../../../src/mpo/measure.ts";
import type { MetaPolicyInput } from "../../../src/mpo/meta-policy.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import type { Candidates } from "./candidates.ts";
import type { LogPart } from "./fresh-log.ts";

export type Estimate = readonly [difference: number, standardError: number];

/** A candidate that was judged on a log, beside its truth. Differences are clicks a shown item. */
export interface JudgedCandidate {
  /** A setting's name, or `candidate` for the distilled policy. */
  readonly name: string;
  /** Of the two policies that were judged on the halves, each by its share of the rows. */
  readonly truth: number;
  /** Of the policy that would serve; of a challenger as above. */
  readonly served: number;
  /** Of the serving policy. */
  readonly value: number;
  /** As the meta-policy judges challengers, and the gate the distilled policy. */
  readonly judged: Estimate;
  /** The meta-policy's belief after the rows, as shares of the serving value. */
  readonly belief?: Estimate;
  readonly gate?: GateRecord;
}

export const gateLimitsOf = (judgement: Judgement, mpo: MetaPolicyInput["mpo"]): GateLimits =>
  judgement.worthless ? whereWorthless(limitsOf(mpo.gate)) : limitsOf(mpo.gate);

/** The product's judgement and gate on a log. */
export function judgeLog(
  parts: readonly LogPart[],
  meta: MetaPolicyInput,
  random: RandomStream,
): { readonly judgement: Judgement; readonly gate: GateRecord } {
  const judgement = judgeChallengers(parts.map(measurePart), meta, random);
  const gate = gateCandidate({
    rows: parts.flatMap(({ rows }) => rows),
    candidateLogs: parts.flatMap(({ candidateLogs }) => candidateLogs),
    predictedDifference: judgement.difference,
    limits: gateLimitsOf(judgement, meta.mpo),
  });
  return { judgement, gate };
}

/** @param sizes rows of both halves */
export function besideTruth(
  { halves, value, served }: Candidates,
  { judgement, gate }: ReturnType<typeof judgeLog>,
  sizes: readonly number[],
): readonly JudgedCandidate[] {
  const share = sizes[0]! / (sizes[0]! + sizes[1]!);
  const [first, second] = halves.map(({ differences }) => differences);
  const truths = first!.map((one, j) => share * one + (1 - share) * second![j]!);
  const settings = judgement.settings.map((setting, j) => ({
    name: setting.name,
    truth: truths[j]!,
    served: truths[j]!,
    value,
    judged: [setting.difference, setting.standardError] as const,
    belief: [setting.predicted, setting.predictedDeviation] as const,
  }));
  const { difference = Number.NaN, standardError = Number.NaN } = gate;
  const distilled = { name: "candidate", truth: truths.at(-1)!, served, value, gate };
  return [...settings, { ...distilled, judged: [difference, standardError] }];
}
