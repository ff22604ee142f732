import { rewardHeadCount } from "../../../src/learning/critic-shape.ts";
import type { RowScores, ScoredRow } from "../../../src/mpo/row-scores.ts";
import { gather, type Policy } from "./policies.ts";
import type { LoggedSlate, RewardModel } from "./visits.ts";
import { type HostileWorld, mostCandidates } from "./world.ts";

/** Of a slate the gate reads all of position 0, of the others the logged choice: they share what is not read. */
const unread = Array.from({ length: mostCandidates + 1 }, (_, count) => new Float64Array(count));

interface Item {
  readonly itemId: string;
}

/** By their number. */
const shared = new Map<number, readonly Item[]>();
function someItems(count: number): readonly Item[] {
  const found =
    shared.get(count) ?? Array.from({ length: count }, (_, item) => ({ itemId: `${item}` }));
  shared.set(count, found);
  return found;
}

/** Q by head, memory-major: all memories have the same two draws. */
const headsOf = (model: RewardModel, kept: Int32Array): readonly Float64Array[] => {
  const draws = model.map((head) => gather(head, kept));
  return Array.from({ length: rewardHeadCount }, (_, head) => draws[head % 2]!);
};

/** Scores of all candidates of a decision. */
export const scoresOf = (
  logPolicy: Float64Array,
  kept: Int32Array,
  model: RewardModel,
): RowScores => ({
  logPolicy,
  rewardHeads: headsOf(model, kept),
  discriminator: unread[kept.length]!,
});

/** Scores below position 0, with log π of the choice given the items above. */
function scoreChoice(action: number, log: number, count: number): RowScores {
  const logPolicy = new Float64Array(count);
  logPolicy[action] = log;
  const rewardHeads = Array.from({ length: rewardHeadCount }, () => unread[count]!);
  return { logPolicy, rewardHeads, discriminator: unread[count]! };
}

/** Index of each choice among the candidates that the items above have left, and log of their mass under each policy. */
function followChoices({ order, serving, own }: LoggedSlate) {
  const isTaken = new Uint8Array(serving.length);
  const masses = [serving, own].map((logs) => logs.map(Math.exp));
  return order.map((index) => {
    let action = 0;
    const left = [0, 0];
    for (let a = 0; a < isTaken.length; a++) {
      if (isTaken[a] === 1) continue;
      if (a < index) action++;
      left[0]! += masses[0]![a]!;
      left[1]! += masses[1]![a]!;
    }
    isTaken[index] = 1;
    return {
      action,
      log: serving[index]! - Math.log(left[0]!),
      own: own[index]! - Math.log(left[1]!),
    };
  });
}

export interface ReadLog {
  readonly rows: readonly ScoredRow[];
  /** log π of the policy that made each row. */
  readonly own: readonly Float64Array[];
}

/** The rows that the gate reads. */
export function readLog(
  log: readonly LoggedSlate[],
  { exploration, cell }: HostileWorld,
  model: RewardModel,
): ReadLog {
  const items = someItems(cell.items);
  const rows: ScoredRow[] = [];
  const own: Float64Array[] = [];
  for (const slate of log) {
    const { kept, propensities, rewards, user, arm } = slate;
    for (const [position, choice] of followChoices(slate).entries()) {
      const { action } = choice;
      const count = kept.length - position;
      const candidates =
        position === 0 ? Array.from(kept, (item) => items[item]!) : someItems(count);
      const outcome = { propensity: propensities[position]!, reward: rewards[position]! };
      const made = arm !== "serving" && position === 0 && { loggingLogs: slate.own };
      rows.push({
        row: { candidates, action, position, exploration, user, arm, ...outcome, ...made },
        scores:
          position === 0
            ? scoresOf(slate.serving, kept, model)
            : scoreChoice(action, choice.log, count),
      });
      own.push(position === 0 ? slate.own : scoreChoice(action, choice.own, count).logPolicy);
    }
  }
  return { rows, own };
}

/** log π of a policy over each row's candidates. */
export function scoreSlates(log: readonly LoggedSlate[], policy: Policy): readonly Float64Array[] {
  const known = new Map<string, Float64Array>();
  return log.flatMap(({ kept, situation, order }) => {
    const isWhole = kept === log[0]!.kept;
    const found = isWhole ? known.get(`${situation}`) : undefined;
    const logs = found ?? policy(situation, kept);
    if (isWhole) known.set(`${situation}`, logs);
    return order.map((_, position) => (position === 0 ? logs : unread[kept.length - position]!));
  });
}
