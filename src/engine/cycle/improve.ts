import { klDivergence, trustRegionTarget, withoutFloor } from "../../learning/challengers.ts";
import { createCritic, trainCritic } from "../../learning/critic.ts";
import { type Distillation, distil } from "../../learning/distil.ts";
import { type FeedbackRow, servedProbability } from "../../learning/feedback-row.ts";
import type { MetaPolicyState } from "../../learning/meta-policy.ts";
import { type PolicyDifference, policyDifference } from "../../learning/policy-difference.ts";
import {
  discriminatorAuc,
  type ScoredRow,
  scoreCritic,
  scorePolicy,
} from "../../learning/scored-row.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { createNetwork, growNetwork, type Network } from "../../policy/network.ts";
import { createScorer } from "../../policy/scorer.ts";
import { type Judgement, judgeChallengers, temper } from "./judge-challengers.ts";
import type { StageClock } from "./stage-clock.ts";

/** States that the policy is distilled on: the newest ones. */
const distilStates = 8192;
const scoreBatch = 64;
/** ESS/n that a target leaves its own judges, per state: above the gate's guard, with room for distillation. */
const targetSampleShare = { proven: 0.2, unproven: 0.07 };

export interface ImproveInput {
  readonly serving: Network;
  /** Where the last cycle left the critic. */
  readonly critic: Network | undefined;
  readonly meta: MetaPolicyState;
  readonly rows: readonly FeedbackRow[];
  readonly random: RandomStream;
  /** The scenario's exploration floor, which comes on top of whatever policy is made here. */
  readonly floor: number;
  readonly threads: number;
  readonly stages: StageClock;
}

export interface Improvement {
  readonly candidate: Network;
  readonly critic: Network;
  readonly judgement: Judgement;
  readonly difference: PolicyDifference;
  readonly distillation: Distillation;
  readonly auc: number;
  /** Mean KL(t ‖ π_θ'), nats: what distillation left undone. */
  readonly gap: number;
  readonly criticLoss: readonly [number, number];
  readonly judgeRows: number;
  /** Rows of the gate fold with scores, and the candidate's log π on each. */
  readonly gate: {
    readonly rows: readonly ScoredRow[];
    readonly candidateLogs: readonly Float64Array[];
  };
}

/** Judging compares with the serving policy, so only its own traffic and the canary's is near enough to count. */
export const comparable = (row: FeedbackRow): boolean => row.arm !== "baseline";

async function withScorer<T>(
  network: Network,
  threads: number,
  use: (scorer: Awaited<ReturnType<typeof createScorer>>) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer(network, { batchStates: scoreBatch, threads });
  try {
    return await use(scorer);
  } finally {
    await scorer.close();
  }
}

export const logsOf = (
  network: Network,
  rows: readonly FeedbackRow[],
  threads: number,
): Promise<Float64Array[]> => withScorer(network, threads, (scorer) => scorePolicy(scorer, rows));

async function fitCritic(
  input: ImproveInput,
  train: readonly FeedbackRow[],
  policy: readonly Float64Array[],
) {
  const { random, threads } = input;
  const rows = train.map((row, index) => ({
    ...row,
    policy: (policy[index] ?? new Float64Array()).map(Math.exp),
  }));
  const network = input.critic ?? createCritic(random.split("critic"));
  return trainCritic({ network, rows, random: random.split("train-critic"), threads });
}

/** Distillation goes on from the serving policy, unless that is the one which knows nothing and has nothing to go on from. */
const startOf = (serving: Network, random: RandomStream): Network =>
  serving.parameters.stateWeights?.some((weight) => weight !== 0)
    ? serving
    : growNetwork(
        createNetwork(serving.shape, random.split("policy")),
        serving.itemIds,
        random.split("grow"),
      );

/** What the serving policy and the critic say of each row's candidates. */
export async function scoreRows(options: {
  readonly serving: Network;
  readonly critic: Network;
  readonly rows: readonly FeedbackRow[];
  readonly threads: number;
}): Promise<ScoredRow[]> {
  const { rows, threads } = options;
  const logs = await logsOf(options.serving, rows, threads);
  const heads = await withScorer(options.critic, threads, (scorer) => scoreCritic(scorer, rows));
  return rows.flatMap((row, index) => {
    const logPolicy = logs[index];
    const head = heads[index];
    return logPolicy && head ? { row, scores: { logPolicy, ...head } } : [];
  });
}

/** A state with the target that its policy is moved to, and the two policies whose difference Δ is reported. */
interface Move extends FeedbackRow {
  readonly target: Float64Array;
  readonly logPolicy: Float64Array;
  readonly logChallenger: Float64Array;
}

function moveStates(states: readonly ScoredRow[], judgement: Judgement, floor: number): Move[] {
  const sampleShare = targetSampleShare[judgement.proven ? "proven" : "unproven"];
  return states.map((entry) => {
    const { row, scores } = entry;
    const logChallenger = judgement.mix(entry);
    const served = scores.logPolicy.map((value) => servedProbability(Math.exp(value), row));
    const { target } = trustRegionTarget(served, logChallenger.map(Math.exp), sampleShare);
    return {
      ...row,
      target: withoutFloor(target, floor),
      logPolicy: scores.logPolicy,
      logChallenger,
    };
  });
}

/** Mean KL(t ‖ π_θ') over the states, nats. */
async function distillationGap(candidate: Network, moves: readonly Move[], threads: number) {
  const logs = await logsOf(candidate, moves, threads);
  const gaps = moves.map(({ target }, index) =>
    klDivergence(target.map(Math.log), logs[index] ?? target),
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, moves.length);
}

/** Steps 2 and 3 of the paper: critic, challengers, paired judgement, and the policy moved to the mixture. */
export async function improve(input: ImproveInput): Promise<Improvement> {
  const { serving, stages, threads, random } = input;
  const rows = input.rows.toSorted((left, right) => left.age - right.age);
  const fold = (name: FeedbackRow["fold"]) => rows.filter((row) => row.fold === name);
  const train = fold("train");
  const judged = fold("judge").filter(comparable);
  const gated = fold("gate").filter(comparable);
  const states = rows.filter((row) => row.fold !== "gate").slice(0, distilStates);

  const trainLogs = await stages.measure("score", () => logsOf(serving, train, threads));
  const critic = await stages.measure("critic", () => fitCritic(input, train, trainLogs));
  const score = (chosen: readonly FeedbackRow[]) =>
    stages.measure("score", () =>
      scoreRows({ serving, critic: critic.network, rows: chosen, threads }),
    );
  const scored = {
    states: await score(states),
    judge: await score(judged),
    gate: await score(gated),
  };

  const challengers = await stages.measure("challengers", () => temper(scored.states));
  const judgement = await stages.measure("judge", () =>
    judgeChallengers(scored.judge, challengers, input.meta),
  );
  const moves = await stages.measure("challengers", () =>
    moveStates(scored.states, judgement, input.floor),
  );
  const network = startOf(serving, random);
  const stream = random.split("distil");
  const distillation = await stages.measure("distil", () =>
    distil({ network, rows: moves, objective: "cross-entropy", random: stream, threads }),
  );
  const candidate = distillation.network;
  return {
    candidate,
    critic: critic.network,
    judgement,
    difference: policyDifference(moves),
    distillation,
    auc: discriminatorAuc(scored.judge),
    gap: await distillationGap(candidate, moves, threads),
    criticLoss: [critic.firstLoss, critic.lastLoss],
    judgeRows: judged.length,
    gate: { rows: scored.gate, candidateLogs: await logsOf(candidate, gated, threads) },
  };
}
