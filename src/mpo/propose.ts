import { logsOf } from "../engine/cycle/score-rows.ts";
import { type Distillation, distil } from "../learning/distil.ts";
import type { FeedbackRow } from "../learning/feedback-row.ts";
import type { RandomStream } from "../numeric/random.ts";
import { createNetwork, growNetwork, type Network } from "../policy/network.ts";
import { klDivergence } from "./challengers.ts";
import type { DistillationGap } from "./check-distillation.ts";
import type { Fit, ProposedInput } from "./fit-critic.ts";
import type { Judgement } from "./judge.ts";
import { type Challenger, temper } from "./measure.ts";
import { type Move, moveStates } from "./move.ts";
import { isProven } from "./separation.ts";

/** Distillation goes on from the serving policy, unless that is the one which knows nothing and has nothing to go on from. */
const startOf = (serving: Network, random: RandomStream): Network =>
  serving.parameters.stateWeights?.some((weight) => weight !== 0)
    ? serving
    : growNetwork(
        createNetwork(serving.shape, random.split("policy")),
        serving.itemIds,
        random.split("grow"),
      );

export interface Proposal {
  readonly challengers: readonly Challenger[];
  readonly moves: readonly Move<FeedbackRow>[];
  readonly distillation: Distillation;
}

/** Moves the serving policy to what the judgement makes of a fit's challengers. */
export async function propose(
  input: ProposedInput & { readonly serving: Network; readonly floor: number },
  { critic, states }: Fit,
  { judgement, name }: { readonly judgement: Judgement; readonly name: string },
): Promise<Proposal> {
  const { stages, threads, random, serving, settings, mpo } = input;
  const challengers = await stages.measure("challengers", () =>
    temper(states, settings, isProven(critic.separation)),
  );
  const moves = await stages.measure("distil", () =>
    moveStates({
      ...input,
      states,
      challengers,
      judgement,
      targetSampleShare: mpo.distillation.targetSampleShare,
      meanKl: mpo.distillation.meanKl,
    }),
  );
  const distillation = await stages.measure("distil", () =>
    distil({
      network: startOf(serving, random),
      rows: moves,
      objective: mpo.distillation.objective,
      random: random.split(`distil/${name}`),
      threads,
      settings: mpo.distillation,
    }),
  );
  return { challengers, moves, distillation };
}

/** Of the policies before and after distillation. */
export async function distillationGap(
  candidate: Network,
  moves: readonly Move<FeedbackRow>[],
  threads: number,
): Promise<DistillationGap> {
  const logs = await logsOf(candidate, moves, threads);
  const sums = { way: 0, gap: 0 };
  for (const [index, { target, logPolicy }] of moves.entries()) {
    const logTarget = target.map(Math.log);
    sums.way += klDivergence(logTarget, logPolicy) / moves.length;
    sums.gap += klDivergence(logTarget, logs[index] ?? logTarget) / moves.length;
  }
  return sums;
}
