import type { BanditWorld, BilinearScores } from "../../domain/bandit-world.ts";
import type { Arm } from "../../domain/decision.ts";
import type { FastLoopSettings } from "../../domain/fast-loop.ts";
import { defaultMpo } from "../../domain/mpo-fields.ts";
import { defaultExploration } from "../../domain/scenario.ts";
import { gateLimits, unprovenLimits } from "../../evaluation/gate-guards.ts";
import type { GateRecord } from "../../evaluation/gate-record.ts";
import { type GateLooks, looksOf } from "../../evaluation/pooled-looks.ts";
import {
  type BilinearFeatures,
  createFeatures,
  emptyScores,
  type Offer,
  scoreOffer,
} from "../../learning/linear/bilinear.ts";
import { ageSums, emptySums, type RewardSums } from "../../learning/linear/reward-sums.ts";
import { policyLogs } from "../../learning/linear/softmax-policy.ts";
import { subtractTotal } from "../../mpo/challengers.ts";
import { chooseExploration } from "../../mpo/explore.ts";
import { gateCandidate } from "../../mpo/gate.ts";
import { judgeChallengers } from "../../mpo/judge.ts";
import { initialMetaPolicy, type MetaPolicyState, proposeSettings } from "../../mpo/meta-policy.ts";
import type { MetaPrior } from "../../mpo/meta-posterior.ts";
import { shippedPrior } from "../../mpo/meta-prior.ts";
import { hashUniform } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { type CompactCritic, scoreRows } from "./compact-critic.ts";
import { createCompactFastLoop } from "./compact-fast-loop.ts";
import type { CompactRow, Serving } from "./compact-row.ts";
import { type Challenged, type CompactImprovement, improveCompact } from "./improve-compact.ts";

/** As the product's configuration has it by default. */
const canaryShare = 0.5;
const { keepCanaryProbability } = defaultMpo.review;

/** A loop that learns from the visits it served. */
export interface Learner {
  serve(offer: Offer): Serving;
  /** Takes in a visit as soon as its reward is known; absent where nothing is learnt within a cycle. */
  readonly observe?: (row: CompactRow) => void;
  /** Takes in a cycle's rows; says in a word how it went. */
  learn(rows: readonly CompactRow[], cycle: number): string;
}

/** The algorithm with parts of it left out; all in by default. */
export interface CompactOptions {
  readonly prior?: MetaPrior;
  /** What the meta-policy would propose, or something else. */
  readonly propose?: typeof proposeSettings;
  readonly judge?: typeof judgeChallengers;
  /** Off: every candidate serves. Default on. */
  readonly gate?: boolean;
  readonly trustRegion?: boolean;
  /** Corrects policies from visit to visit. */
  readonly fastLoop?: Omit<FastLoopSettings, "enabled">;
  readonly observe?: (challenged: Challenged) => void;
  /** What a poisoned reward model believes too much of each item, by item number. */
  readonly inflation?: Float64Array;
  /** Softmax of these serves first. Default: the uniform choice. */
  readonly policy?: BilinearScores;
}

/** With what the gate and the reviews so far found of it. */
interface Canary {
  readonly policy: BilinearScores;
  readonly looks: GateLooks | undefined;
}

/** What is carried from cycle to cycle. */
interface State {
  policy: BilinearScores;
  canary: Canary | undefined;
  exploration: number;
  sums: RewardSums;
  critic: CompactCritic | undefined;
  satisfied: readonly CompactRow[];
  meta: MetaPolicyState;
}

const inCanary = (user: number) => hashUniform(`canary/${user}`) < canaryShare;

/** What became of the canary: promoted, kept or taken off. */
function reviewCanary(
  features: BilinearFeatures,
  { policy, canary, critic }: State,
  rows: readonly CompactRow[],
): Pick<State, "policy" | "canary"> {
  if (!(canary && critic)) return { policy, canary };
  const scored = scoreRows(features, { policy, critic }, rows);
  const gate = gateCandidate({
    rows: scored,
    candidateLogs: rows.map((row) => policyLogs(features, canary.policy, row)),
    candidateArm: "canary",
    predictedDifference: 0,
    limits: gateLimits,
    earlier: canary.looks,
  });
  const { verdict, probabilityPositive = 1 } = gate;
  if (verdict === "promote") return { policy: canary.policy, canary: undefined };
  const kept = { ...canary, looks: looksOf(gate) ?? canary.looks };
  return { policy, canary: probabilityPositive < keepCanaryProbability ? undefined : kept };
}

type JudgedCandidate = Pick<GateRecord, "verdict" | "difference" | "standardError" | "looks">;

function judge({ gate, judgement }: CompactImprovement): GateRecord {
  return gateCandidate({
    ...gate,
    predictedDifference: judgement.difference,
    limits: judgement.proven ? gateLimits : unprovenLimits,
  });
}

/** ε until the next cycle, as src/engine/cycle/run-cycle.ts has it. */
function explore(
  { judgement, gate }: CompactImprovement,
  {
    gain,
    before,
    floor,
  }: { readonly gain: number; readonly before: number; readonly floor: number },
) {
  if (gate.rows.length === 0) return before;
  const { servingValue, difference } = judgement.uniform;
  return Math.max(floor, chooseExploration(servingValue + gain, difference - gain));
}

/**
 * The loop of src/engine/cycle/run-cycle.ts on linear models over arrays, without database or networks: canary, challengers, judgement,
 * trust region and gate are that loop's own code. It has neither holdback nor the live test of promotions.
 */
export function createCompactLearner(
  world: Pick<BanditWorld, "userFeatures" | "itemFeatures">,
  random: RandomStream,
  options: CompactOptions = {},
): Learner {
  const features = createFeatures(world.userFeatures, world.itemFeatures);
  const {
    prior = shippedPrior,
    propose = proposeSettings,
    trustRegion = true,
    gate: gates = true,
  } = options;
  const floor = defaultExploration(options.fastLoop !== undefined);
  const state: State = {
    policy: options.policy ?? emptyScores(features),
    canary: undefined,
    exploration: floor,
    sums: emptySums(features),
    critic: undefined,
    satisfied: [],
    meta: initialMetaPolicy,
  };
  const fastLoop =
    options.fastLoop && createCompactFastLoop(features, options.fastLoop, random.split("requests"));
  const decide = (policy: BilinearScores, offer: Offer) =>
    fastLoop?.logits(policy, offer) ?? { logits: scoreOffer(features, policy, offer) };
  const settle = (gate: JudgedCandidate, candidate: BilinearScores) => {
    const { verdict } = gate;
    if (verdict === "promote") {
      state.policy = candidate;
      state.canary = undefined;
    } else if (verdict === "canary") state.canary = { policy: candidate, looks: looksOf(gate) };
  };
  return {
    serve: (offer) => {
      const arm: Arm = state.canary && inCanary(offer.user) ? "canary" : "serving";
      const policy = arm === "canary" && state.canary ? state.canary.policy : state.policy;
      const { exploration } = state;
      const { logits, ...drawn } = decide(policy, offer);
      const probabilities = subtractTotal(logits).map(
        (value) => (1 - exploration) * Math.exp(value) + exploration / offer.items.length,
      );
      return { probabilities, arm, exploration, ...drawn };
    },
    ...(fastLoop && { observe: fastLoop.observe }),
    learn: (rows, cycle) => {
      const hadCanary = state.canary;
      Object.assign(state, reviewCanary(features, state, rows));
      const improvement = improveCompact({
        features,
        policy: state.policy,
        sums: state.sums,
        discriminator: state.critic?.discriminator ?? emptyScores(features),
        satisfied: state.satisfied,
        meta: state.meta,
        prior,
        propose,
        rows,
        arm: hadCanary !== undefined && state.policy === hadCanary.policy ? "canary" : "serving",
        floor,
        cycle,
        trustRegion,
        judge: options.judge ?? judgeChallengers,
        gates,
        observe: options.observe,
        inflation: options.inflation,
        random: random.split(cycle),
      });
      const judged: JudgedCandidate = gates
        ? judge(improvement)
        : { verdict: "promote", difference: improvement.judgement.difference };
      settle(judged, improvement.candidate);
      const { verdict, difference = 0 } = judged;
      const gain = verdict === "promote" ? difference : 0;
      if (fastLoop === undefined)
        state.exploration = explore(improvement, { gain, floor, before: state.exploration });
      state.sums = ageSums(improvement.sums);
      state.critic = improvement.critic;
      state.satisfied = improvement.satisfied;
      state.meta = improvement.judgement.state;
      return verdict;
    },
  };
}
