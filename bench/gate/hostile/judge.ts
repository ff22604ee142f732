import type { GateLooks, GateRecord } from "../../../src/domain/gate-record.ts";
import { defaultMpo } from "../../../src/domain/mpo-fields.ts";
import { defaultCanaryShare } from "../../../src/domain/scenario.ts";
import { limitsOf } from "../../../src/evaluation/gate-guards.ts";
import { looksOf } from "../../../src/evaluation/pooled-looks.ts";
import { gateCandidate } from "../../../src/mpo/gate.ts";
import { applySelfCheck, checkLogged } from "../../../src/mpo/self-check.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import type { Policy } from "./policies.ts";
import { type ReadLog, readLog, scoreSlates } from "./rows.ts";
import { type LoggedSlate, type RewardModel, simulateLog } from "./visits.ts";
import type { HostileWorld } from "./world.ts";

/** A cycle's new decisions, by default. */
export const decisions = 1000;

export interface JudgedLog extends ReadLog {
  readonly log: readonly LoggedSlate[];
}

export function openLog(
  world: HostileWorld,
  log: readonly LoggedSlate[],
  model: RewardModel,
): JudgedLog {
  return { log, ...readLog(log, world, model) };
}

/** The shipped self-check and gate. */
export function judge(
  { log, rows, own }: JudgedLog,
  policy: Policy,
  earlier?: GateLooks,
): GateRecord {
  const { isKept, selfCheck } = checkLogged(
    rows.map(({ row }) => row),
    own,
  );
  const gate = gateCandidate({
    rows: rows.filter(isKept),
    candidateLogs: scoreSlates(log, policy).filter(isKept),
    predictedDifference: 0,
    limits: limitsOf(defaultMpo.gate),
    earlier,
  });
  return applySelfCheck(gate, selfCheck);
}

/** Off-policy looks at a canary, one a day on new feedback of both arms, as a cycle takes them (`src/mpo/review.ts`). */
export function createReview(
  {
    world,
    model,
    policy,
  }: { readonly world: HostileWorld; readonly model: RewardModel; readonly policy: Policy },
  gate: GateRecord,
  random: RandomStream,
): (day: number) => "promote" | "retire" | "keep" {
  let earlier = looksOf(gate);
  return (day) => {
    const canary = { policy, share: defaultCanaryShare };
    // Items and tastes are those of the end.
    const size = { decisions, canary, from: 1 };
    const log = [...simulateLog(world, size, random.split(day))];
    const look = judge(openLog(world, log, model), policy, earlier);
    earlier = looksOf(look) ?? earlier;
    if (look.verdict === "promote") return "promote";
    const { probabilityPositive = 1 } = look;
    return probabilityPositive < defaultMpo.review.keepCanaryProbability ? "retire" : "keep";
  };
}
