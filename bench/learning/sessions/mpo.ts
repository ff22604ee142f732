import { defaultMpo } from "../../../src/domain/mpo-fields.ts";
import { gateLimits } from "../../../src/evaluation/gate-guards.ts";
import { type GateLooks, looksOf } from "../../../src/evaluation/pooled-looks.ts";
import { chooseExploration } from "../../../src/mpo/explore.ts";
import { gateCandidate } from "../../../src/mpo/gate.ts";
import { initialMetaPolicy } from "../../../src/mpo/meta-policy.ts";
import { hashUniform } from "../../../src/numeric/hash.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { ageHeads, type Critic, emptyHeads, lookAhead, scoreRows } from "./critic.ts";
import type { ValueOptions } from "./fitted-values.ts";
import { improveSessions, type SessionImprovement } from "./improve-sessions.ts";
import type { SessionLearner, SessionRow } from "./play.ts";
import { policyLogs, type SlatePolicy } from "./slate-policy.ts";
import type { SessionTask } from "./task.ts";

const explorationFloor = 0.03;
const canaryShare = 0.5;
const { keepCanaryProbability } = defaultMpo.review;

/** ε as src/engine/cycle/run-cycle.ts has it: a deviation at every step costs 1/(1 − γ) times one deviation. */
function explore({ judgement, gate }: SessionImprovement, discount: number): number {
  const gain = gate.verdict === "promote" ? (gate.difference ?? 0) : 0;
  const { servingValue, difference } = judgement.uniform;
  const value = servingValue + gain / (1 - discount);
  return Math.max(explorationFloor, chooseExploration(value, (difference - gain) / (1 - discount)));
}

/** The loop of src/engine/cycle/run-cycle.ts for session worlds, with canary and without holdback and live test. */
export function createMpo(
  task: SessionTask,
  values: ValueOptions,
  random: RandomStream,
): SessionLearner {
  const { slates } = task;
  let policy: SlatePolicy = {
    weights: new Float64Array(task.outcomeWidth),
    masses: task.masses,
  };
  let canary: { readonly policy: SlatePolicy; readonly looks: GateLooks | undefined } | undefined;
  let critic: Critic | undefined;
  let older = emptyHeads(task);
  let meta = initialMetaPolicy;
  let exploration = explorationFloor;

  /** Says in which arm the policy that serves from now on was logged. */
  const reviewCanary = (all: readonly SessionRow[]) => {
    const tried = canary;
    if (tried === undefined || critic === undefined) return "serving";
    const rows = lookAhead(all, critic, values.discount);
    const gate = gateCandidate({
      rows: scoreRows(rows, { policy, critic }, task),
      candidateLogs: rows.map(({ step }) => policyLogs(tried.policy, step, slates)),
      candidateArm: "canary",
      predictedDifference: 0,
      limits: gateLimits,
      earlier: tried.looks,
    });
    const { verdict, probabilityPositive = 1 } = gate;
    if (verdict === "promote") policy = tried.policy;
    const ends = verdict === "promote" || probabilityPositive < keepCanaryProbability;
    canary = ends ? undefined : { ...tried, looks: looksOf(gate) ?? tried.looks };
    return verdict === "promote" ? "canary" : "serving";
  };

  return {
    serve: (step, session) => {
      const isTried = canary !== undefined && hashUniform(`canary/${session}`) < canaryShare;
      const logs = policyLogs(isTried && canary ? canary.policy : policy, step, slates);
      return {
        arm: isTried ? "canary" : "serving",
        exploration,
        probabilities: logs.map(
          (value) => (1 - exploration) * Math.exp(value) + exploration / slates.length,
        ),
      };
    },
    learn: (rows, cycle) => {
      const arm = reviewCanary(rows);
      const input = { task, values, policy, older, meta, rows, arm, cycle } as const;
      const luck = random.split(cycle);
      const improvement = improveSessions({ ...input, floor: explorationFloor, random: luck });
      const { gate, candidate, judgement } = improvement;
      if (gate.verdict === "canary") canary = { policy: candidate, looks: looksOf(gate) };
      if (gate.verdict === "promote") {
        policy = candidate;
        canary = undefined;
      }
      exploration = explore(improvement, values.discount);
      older = ageHeads(improvement.sums);
      critic = improvement.critic;
      meta = judgement.state;
    },
  };
}
