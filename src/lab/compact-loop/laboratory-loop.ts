import type { Arm } from "../../domain/decision.ts";
import type { GateLooks } from "../../domain/gate-record.ts";
import { defaultMpo } from "../../domain/mpo-fields.ts";
import { defaultCanaryShare } from "../../domain/scenario.ts";
import { looksOf } from "../../evaluation/pooled-looks.ts";
import { explore } from "../../mpo/explore.ts";
import type { ModelFamily } from "../../mpo/family.ts";
import { type Improvement, improve } from "../../mpo/improve.ts";
import type { ImproveInput } from "../../mpo/improve-input.ts";
import type { FoldedRow, JudgedRow } from "../../mpo/judged-row.ts";
import { initialMetaPolicy } from "../../mpo/meta-policy.ts";
import { reviewCanary } from "../../mpo/review.ts";
import { hash32, hashUniform } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";

/** A row before it is known which half it judges. */
export type Unfolded<Row extends FoldedRow> = Omit<Row, "fold">;

export interface LoopOptions<Row extends FoldedRow>
  extends Pick<ImproveInput<FoldedRow, never, never>, "without" | "prior" | "propose" | "judge"> {
  readonly floor: number;
  /** γ, default 0. */
  readonly discount?: number;
  /** Draws of a fast loop do. */
  readonly exploresItself?: boolean;
  readonly observe?: (improvement: Improvement<Row>) => void;
  readonly random: RandomStream;
}

/** The serving policy between two cycles, and a cycle. */
export interface LaboratoryLoop<Row extends FoldedRow, Policy> {
  armOf(user: number): Extract<Arm, "serving" | "canary">;
  policyOf(arm: "serving" | "canary"): Policy;
  /** ε of now. */
  exploration(): number;
  /** Takes in a cycle's rows; returns the gate's verdict. */
  learn(rows: readonly Unfolded<Row>[], cycle: number): Promise<string>;
}

/**
 * The loop of src/engine/learner/cycle/run-cycle.ts without a store, on any models: review of the
 * canary, improvement and exploration are the product's own. It has neither holdback nor live
 * tests, so a newer canary takes the place of an older one.
 * @param start the first serving policy
 */
export function createLaboratoryLoop<Row extends FoldedRow, Policy, Critic>(
  family: ModelFamily<Row, Policy, Critic>,
  start: Policy,
  { floor, discount = 0, exploresItself = false, observe, random, ...parts }: LoopOptions<Row>,
): LaboratoryLoop<Row, Policy> {
  const mpo = defaultMpo;
  let policy = start;
  let canary: { readonly policy: Policy; readonly looks: GateLooks | undefined } | undefined;
  let critic: Critic | undefined;
  let meta = initialMetaPolicy;
  let exploration = floor;

  /** Reviews the canary; returns the arm in which the next serving policy was logged. */
  const review = async (rows: readonly Row[]): Promise<Arm> => {
    if (canary === undefined || critic === undefined) return "serving";
    const { policy: rival, looks } = canary;
    const pair = { serving: policy, rival, critic, rows, mpo, earlier: looks };
    const { action, gate } = await reviewCanary(family, pair);
    canary = action === "keep" ? { policy: rival, looks: looksOf(gate) ?? looks } : undefined;
    if (action !== "promote") return "serving";
    policy = rival;
    return "canary";
  };

  return {
    armOf: (user) =>
      canary !== undefined && hashUniform(`canary/${user}`) < defaultCanaryShare
        ? "canary"
        : "serving",
    policyOf: (arm) => (arm === "canary" && canary ? canary.policy : policy),
    exploration: () => exploration,
    learn: async (visits, cycle) => {
      const rows = visits.map((row) => foldRow<Row>(row, cycle));
      const arm = await review(rows);
      const improvement = await improve(family, {
        serving: policy,
        critic,
        meta,
        rows,
        arm,
        floor,
        mpo,
        ...parts,
        random: random.split(cycle),
      });
      observe?.(improvement);
      const { gate, moved, fit, judgement } = improvement;
      const takesOver = gate.verdict === "promote";
      if (gate.verdict === "canary") canary = { policy: moved.policy, looks: looksOf(gate) };
      if (takesOver) [policy, canary] = [moved.policy, undefined];
      const before = exploration;
      exploration = explore(improvement, { takesOver, before, floor, discount, exploresItself });
      critic = fit.critic;
      meta = judgement.state;
      return gate.verdict;
    },
  };
}

/** Halves by user, drawn anew each cycle. */
const foldRow = <Row extends FoldedRow>(row: Unfolded<Row>, cycle: number): Row => {
  const { user } = row as JudgedRow;
  return { ...row, fold: hash32(`half/${cycle}/${user}`) % 2 === 0 ? "first" : "second" } as Row;
};
