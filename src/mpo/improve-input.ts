import type { Arm } from "../domain/decision.ts";
import type { GuardTest } from "../domain/guard-metric.ts";
import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Part } from "./family.ts";
import type { judgeChallengers } from "./judge.ts";
import type { Fold, FoldedRow } from "./judged-row.ts";
import type { MetaPolicyState, proposeSettings } from "./meta-policy.ts";
import type { MetaPrior } from "./meta-posterior.ts";

/** Records the cost of a stage of the work. */
export interface Stages {
  measure<T>(stage: string, work: () => T | Promise<T>): Promise<T>;
}

/** A start that is renewed without proof. */
export interface RenewedStart<Policy> {
  /** Fitted without a half. */
  readonly make: (without: Fold | undefined) => Policy;
  /** P(candidate is better than it) from which the candidate may take its place. */
  readonly probability: number;
}

export interface ImproveInput<Row extends FoldedRow, Policy, Critic> {
  readonly serving: Policy;
  /** The policy that serves next if the candidate does not; absent if that is the serving one. */
  readonly renewedStart?: RenewedStart<Policy> | undefined;
  /** State at the end of the last cycle. */
  readonly critic: Critic | undefined;
  readonly meta: MetaPolicyState;
  /** Default: the shipped one. */
  readonly prior?: MetaPrior;
  readonly rows: readonly Row[];
  /** Arm in which the serving policy was logged: judging compares with it, so only its own traffic is near enough to count. */
  readonly arm: Arm;
  /** The exploration floor, which is added to the policy made here. */
  readonly floor: number;
  readonly mpo: MpoConfiguration;
  /** Guard metrics of the scenario. */
  readonly guards?: readonly GuardTest[];
  readonly random: RandomStream;
  readonly stages?: Stages;
  /** Parts left out, beside those that the family lacks. */
  readonly without?: readonly Part[];
  /** A laboratory's replacement of the meta-policy's proposals, and of the judge. */
  readonly propose?: typeof proposeSettings;
  readonly judge?: typeof judgeChallengers;
}
