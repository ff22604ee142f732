import type { BilinearScores } from "../../domain/bandit-world.ts";
import type { Arm } from "../../domain/decision.ts";
import { defaultMpo } from "../../domain/mpo-fields.ts";
import type { BilinearFeatures } from "../../learning/linear/bilinear.ts";
import { fitDiscriminator } from "../../learning/linear/discriminator.ts";
import {
  addSums,
  type RewardSums,
  solveRewards,
  sumChoices,
} from "../../learning/linear/reward-sums.ts";
import { fitPolicy, policyLogs } from "../../learning/linear/softmax-policy.ts";
import type { ScoredRow } from "../../learning/scored-row.ts";
import type { ChallengerSetting } from "../../mpo/challengers.ts";
import { type Judgement, type judgeChallengers, toContextRow } from "../../mpo/judge.ts";
import { type Challenger, type MeasuredPart, measurePart, temper } from "../../mpo/measure.ts";
import { describeContext, type MetaContext } from "../../mpo/meta-context.ts";
import type { MetaPolicyState, proposeSettings } from "../../mpo/meta-policy.ts";
import type { MetaPrior } from "../../mpo/meta-posterior.ts";
import { moveStates } from "../../mpo/move.ts";
import { hash32 } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { type CompactCritic, scoreRows } from "./compact-critic.ts";
import type { CompactRow } from "./compact-row.ts";

/** States that a policy is moved on: the first ones of the cycle, in which one policy serves throughout. */
const moveLimit = 500;
/** States that temperatures are solved on. */
const temperLimit = 64;
/** Rewarded rows that a discriminator reads: the first ones of the newest cycles. */
const satisfiedLimit = 400;

export interface ImproveCompactInput {
  readonly features: BilinearFeatures;
  readonly policy: BilinearScores;
  /** Sums of all older feedback, aged. */
  readonly sums: RewardSums;
  /** Where the last cycle left it. */
  readonly discriminator: BilinearScores;
  /** Older rewarded rows, the newest cycle first. */
  readonly satisfied: readonly CompactRow[];
  readonly meta: MetaPolicyState;
  readonly prior: MetaPrior;
  readonly propose: typeof proposeSettings;
  /** New feedback, oldest first. */
  readonly rows: readonly CompactRow[];
  /** Arm in which the serving policy was logged. */
  readonly arm: Arm;
  /** The exploration floor that comes on top of whatever policy is made here. */
  readonly floor: number;
  readonly cycle: number;
  /** Off: no bound holds the target near the policy, as where that is not proven. */
  readonly trustRegion: boolean;
  readonly judge: typeof judgeChallengers;
  /** Off: no candidates are made for the gate. */
  readonly gates: boolean;
  readonly observe?: ((challenged: Challenged) => void) | undefined;
  /** What a poisoned reward model believes too much of each item, by item number. */
  readonly inflation?: Float64Array | undefined;
  readonly random: RandomStream;
}

/** The challengers of a half that their critic has not seen, for those who know the truth about them. */
export interface Challenged {
  readonly context: MetaContext;
  readonly rows: readonly ScoredRow<CompactRow>[];
  readonly challengers: readonly Challenger[];
}

export interface CompactImprovement {
  readonly candidate: BilinearScores;
  readonly critic: CompactCritic;
  readonly sums: RewardSums;
  readonly satisfied: readonly CompactRow[];
  readonly judgement: Judgement;
  readonly gate: {
    readonly rows: readonly ScoredRow<CompactRow>[];
    readonly candidateLogs: readonly Float64Array[];
  };
}

interface Fit {
  readonly critic: CompactCritic;
  readonly known: readonly CompactRow[];
  readonly held: readonly ScoredRow<CompactRow>[];
}

const chosen = ({ user, items, action, reward }: CompactRow) => ({
  user,
  item: items[action] ?? 0,
  reward,
});

const inflateHeads = (
  heads: CompactCritic["heads"],
  inflation: Float64Array | undefined,
): CompactCritic["heads"] =>
  inflation === undefined
    ? heads
    : heads.map(({ weights, biases }) => ({
        weights,
        biases: biases.map((bias, item) => bias + (inflation[item] ?? 0)),
      }));

/** A critic of the older feedback and the known part of the new, and the rows held out from it. */
function fitCritic(
  input: ImproveCompactInput,
  parts: {
    readonly sums: RewardSums;
    readonly known: readonly CompactRow[];
    readonly held: readonly CompactRow[];
  },
): Fit {
  const { features, policy } = input;
  const satisfied = [...parts.known.filter(({ reward }) => reward > 0), ...input.satisfied]
    .slice(0, satisfiedLimit)
    .map((row) => ({ ...row, policy: policyLogs(features, policy, row).map(Math.exp) }));
  const critic = {
    heads: inflateHeads(solveRewards(features, parts.sums), input.inflation),
    discriminator: fitDiscriminator(features, input.discriminator, satisfied),
  };
  const judged = parts.held.filter(({ arm }) => arm === input.arm);
  return { critic, known: parts.known, held: scoreRows(features, { policy, critic }, judged) };
}

/** The policy moved to what the judgement makes of a fit's challengers. */
function propose(
  input: ImproveCompactInput,
  { critic, known }: Fit,
  { judgement, settings }: { judgement: Judgement; settings: readonly ChallengerSetting[] },
): BilinearScores {
  const { features, policy, trustRegion } = input;
  const states = scoreRows(features, { policy, critic }, known.slice(0, moveLimit));
  const moves = moveStates({
    ...input,
    states,
    challengers: temper(states.slice(0, temperLimit), settings, false),
    judgement: { ...judgement, proven: judgement.proven && trustRegion },
  });
  return fitPolicy(features, policy, moves).policy;
}

/**
 * Steps 2 and 3 of the method on linear models, cross-fitted as src/mpo/improve.ts does it on networks: challengers, judgement,
 * mixture and target are that cycle's own functions; critic and policy are fitted in closed form and by exact gradients.
 */
export function improveCompact(input: ImproveCompactInput): CompactImprovement {
  const { features, rows, cycle, random } = input;
  const isFirst = ({ user }: CompactRow) => hash32(`half/${cycle}/${user}`) % 2 === 0;
  const [first, second] = [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
  const sumsOf = (part: readonly CompactRow[], name: string) =>
    sumChoices(features, part.map(chosen), { random: random.split(name) });
  const [firstSums, secondSums] = [sumsOf(first, "first"), sumsOf(second, "second")];
  const withSecond = addSums(input.sums, secondSums);
  const withBoth = addSums(withSecond, firstSums);
  const ofSecond = fitCritic(input, { sums: withSecond, known: second, held: first });
  const ofFirst = fitCritic(input, {
    sums: addSums(input.sums, firstSums),
    known: first,
    held: second,
  });
  const judged = [...ofSecond.held, ...ofFirst.held];
  const meta = {
    state: input.meta,
    prior: input.prior,
    context: describeContext(judged.map(toContextRow), input.meta.remembered),
    mpo: defaultMpo,
  };
  const settings = input.propose(meta, random.split("settings"));
  const measure = ({ held }: Fit) => {
    const challengers = temper(held.slice(0, temperLimit), settings, false);
    input.observe?.({ context: meta.context, rows: held, challengers });
    return measurePart({ rows: held, challengers });
  };
  const [firstPart, secondPart] = [measure(ofSecond), measure(ofFirst)];
  const judge = (...parts: readonly MeasuredPart[]) =>
    input.judge(parts, meta, random.split("weights"));
  const judgement = judge(firstPart, secondPart);
  const gateLogs = (fit: Fit, other: MeasuredPart) => {
    const { weights } = judge(other);
    const candidate = propose(input, fit, { judgement: { ...judgement, weights }, settings });
    return fit.held.map(({ row }) => policyLogs(features, candidate, row));
  };
  const candidateLogs = input.gates
    ? [...gateLogs(ofSecond, secondPart), ...gateLogs(ofFirst, firstPart)]
    : [];
  const both = fitCritic(input, { sums: withBoth, known: rows, held: [] });
  return {
    candidate: propose(input, both, { judgement, settings }),
    critic: both.critic,
    sums: withBoth,
    satisfied: [...rows.filter(({ reward }) => reward > 0), ...input.satisfied].slice(
      0,
      satisfiedLimit,
    ),
    judgement,
    gate: { rows: judged, candidateLogs },
  };
}
