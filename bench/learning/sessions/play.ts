import type { Arm } from "../../../src/domain/decision.ts";
import type { JudgedRow } from "../../../src/mpo/judged-row.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { drawIndex } from "../../../src/policy/slate.ts";
import type { SessionWorld } from "./session-world.ts";
import type { SessionTask, StepFeatures } from "./task.ts";

/** A step with the slate that was shown and what became of it. */
export interface SessionRow extends JudgedRow {
  readonly step: StepFeatures;
  readonly outcome: number;
  /** In [0, 1]. `reward`, which is judged, is the return (1 − γ)·Σ γ^j·immediate. */
  readonly immediate: number;
  /** The next row of the session is the next in the list. */
  readonly goesOn: boolean;
}

/** Distribution over the task's slates. */
export interface Serving {
  readonly probabilities: Float64Array;
  readonly arm: Arm;
  readonly exploration: number;
}

/** A loop that learns from the sessions it served. */
export interface SessionLearner {
  serve(step: StepFeatures, session: number): Serving;
  /** Takes in a cycle's rows. */
  learn(rows: readonly SessionRow[], cycle: number): void | Promise<void>;
}

export interface Played {
  readonly rows: readonly SessionRow[];
  /** Mean over sessions of the sum of rewards. */
  readonly meanReturn: number;
}

interface Play {
  readonly task: SessionTask;
  readonly world: SessionWorld;
  readonly serve: (step: StepFeatures, session: number) => Serving;
  readonly discount: number;
  readonly random: RandomStream;
}

function playOne({ task, world, serve, discount, random }: Play, index: number) {
  const session = world.start(index);
  const observer = task.observe(session, world);
  const luck = random.split(index);
  const rows: SessionRow[] = [];
  let total = 0;
  while (!session.over) {
    const step = observer.describe();
    const { probabilities, arm, exploration } = serve(step, index);
    const action = drawIndex(probabilities, luck.uniform());
    const slate = task.slates[action]!;
    const response = session.choose(slate);
    observer.note(slate, response);
    total += response.reward;
    rows.push({
      step,
      action,
      position: 0,
      outcome: task.outcomeOf(slate, response),
      immediate: response.reward / task.mostReward,
      goesOn: !session.over,
      reward: 0,
      propensity: probabilities[action]!,
      exploration,
      user: index,
      arm,
      candidates: step.names,
    });
  }
  let reward = 0;
  const returned = rows.toReversed().map((row) => {
    reward = (1 - discount) * row.immediate + discount * reward;
    return { ...row, reward };
  });
  return { rows: returned.reverse(), total };
}

/** Sessions number `first` to `first + count − 1`. */
export function playSessions(play: Play, first: number, count: number): Played {
  const played = Array.from({ length: count }, (_, index) => playOne(play, first + index));
  return {
    rows: played.flatMap(({ rows }) => rows),
    meanReturn: played.reduce((sum, { total }) => sum + total, 0) / count,
  };
}
