import type { Arm } from "../../../src/domain/decision.ts";
import { defaultMpo } from "../../../src/domain/mpo-fields.ts";
import { gateLimits, unprovenLimits } from "../../../src/evaluation/gate-guards.ts";
import type { GateRecord } from "../../../src/evaluation/gate-record.ts";
import type { ScoredRow } from "../../../src/learning/scored-row.ts";
import type { ChallengerSetting } from "../../../src/mpo/challengers.ts";
import { gateCandidate } from "../../../src/mpo/gate.ts";
import { type Judgement, judgeChallengers, toContextRow } from "../../../src/mpo/judge.ts";
import { measurePart, temper } from "../../../src/mpo/measure.ts";
import { describeContext } from "../../../src/mpo/meta-context.ts";
import { type MetaPolicyState, proposeSettings } from "../../../src/mpo/meta-policy.ts";
import { shippedPrior } from "../../../src/mpo/meta-prior.ts";
import { moveStates } from "../../../src/mpo/move.ts";
import { hash32 } from "../../../src/numeric/hash.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import {
  addHeads,
  type Critic,
  fitCritic,
  type HeadSums,
  lookAhead,
  scoreRows,
  sumHeads,
} from "./critic.ts";
import type { ValueOptions } from "./fitted-values.ts";
import type { SessionRow } from "./play.ts";
import { fitPolicy, policyLogs, type SlatePolicy } from "./slate-policy.ts";
import type { SessionTask } from "./task.ts";

/** Steps that a policy is moved on, and that temperatures are solved on: spread evenly over a cycle's. All judge. */
const moveLimit = 600;
const temperLimit = 256;

export interface ImproveSessionsInput {
  readonly task: SessionTask;
  readonly values: ValueOptions;
  readonly policy: SlatePolicy;
  /** Sums of all older feedback, aged. */
  readonly older: HeadSums;
  readonly meta: MetaPolicyState;
  readonly rows: readonly SessionRow[];
  /** Arm in which the serving policy was logged. */
  readonly arm: Arm;
  readonly floor: number;
  readonly cycle: number;
  readonly random: RandomStream;
}

export interface SessionImprovement {
  readonly candidate: SlatePolicy;
  readonly critic: Critic;
  readonly sums: HeadSums;
  readonly judgement: Judgement;
  readonly gate: GateRecord;
}

interface Fit {
  readonly critic: Critic;
  readonly known: readonly SessionRow[];
  readonly held: readonly ScoredRow<SessionRow>[];
}

/** Every n-th of the rows, so that at most `limit` are left. */
function spread<T>(rows: readonly T[], limit: number): readonly T[] {
  const stride = Math.max(1, Math.ceil(rows.length / limit));
  return rows.filter((_, index) => index % stride === 0);
}

function fitPart(
  input: ImproveSessionsInput,
  sums: HeadSums,
  { known, held }: { readonly known: readonly SessionRow[]; readonly held: readonly SessionRow[] },
): Fit {
  const { task, policy, arm, values } = input;
  const critic = fitCritic(sums, known, input);
  const judged = lookAhead(held, critic, values.discount).filter((row) => row.arm === arm);
  return { critic, known, held: scoreRows(judged, { policy, critic }, task) };
}

/** The policy moved to what the judgement makes of a fit's challengers. */
function propose(
  input: ImproveSessionsInput,
  { critic, known }: Fit,
  { judgement, settings }: { judgement: Judgement; settings: readonly ChallengerSetting[] },
): SlatePolicy {
  const { task, policy } = input;
  const states = scoreRows(spread(known, moveLimit), { policy, critic }, task);
  const challengers = temper(states.slice(0, temperLimit), settings, false);
  const moves = moveStates({ ...input, states, challengers, judgement });
  return fitPolicy({ ...policy, masses: critic.masses }, moves, task.slates);
}

/**
 * The improvement of src/mpo/improve.ts on linear models over arrays, cross-fitted in the same way: Q by fitted evaluation, slates
 * as actions by SlateQ's decomposition; challengers, judgement, meta-policy, trust region and gate are that cycle's own functions.
 */
export function improveSessions(input: ImproveSessionsInput): SessionImprovement {
  const { task, rows, cycle, random, older } = input;
  const isFirst = ({ user }: SessionRow) => hash32(`half/${cycle}/${user}`) % 2 === 0;
  const [first, second] = [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
  const firstSums = sumHeads(first, task, random.split("first"));
  const secondSums = sumHeads(second, task, random.split("second"));
  const ofSecond = fitPart(input, addHeads(older, secondSums), { known: second, held: first });
  const ofFirst = fitPart(input, addHeads(older, firstSums), { known: first, held: second });
  const judged = [...ofSecond.held, ...ofFirst.held];
  const context = describeContext(judged.map(toContextRow), input.meta.remembered);
  const meta = { state: input.meta, prior: shippedPrior, context, mpo: defaultMpo };
  const settings = proposeSettings(meta, random.split("settings"));
  const measure = ({ held }: Fit) =>
    measurePart({ rows: held, challengers: temper(held.slice(0, temperLimit), settings, false) });
  const [firstPart, secondPart] = [measure(ofSecond), measure(ofFirst)];
  const judge = (...parts: Parameters<typeof judgeChallengers>[0]) =>
    judgeChallengers(parts, meta, random.split("weights"));
  const judgement = judge(firstPart, secondPart);
  const gateLogs = (one: Fit, other: typeof firstPart) => {
    const { weights } = judge(other);
    const candidate = propose(input, one, { judgement: { ...judgement, weights }, settings });
    return one.held.map(({ row }) => policyLogs(candidate, row.step, task.slates));
  };
  const gate = gateCandidate({
    rows: judged,
    candidateLogs: [...gateLogs(ofSecond, secondPart), ...gateLogs(ofFirst, firstPart)],
    predictedDifference: judgement.difference,
    limits: judgement.proven ? gateLimits : unprovenLimits,
  });
  const sums = addHeads(addHeads(older, firstSums), secondSums);
  const both = fitPart(input, sums, { known: rows, held: [] });
  const candidate = propose(input, both, { judgement, settings });
  return { candidate, critic: both.critic, sums, judgement, gate };
}
