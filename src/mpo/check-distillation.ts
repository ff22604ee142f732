import { failedGuards } from "../evaluation/gate-reason.ts";
import type { GateRecord, Guard } from "../evaluation/gate-record.ts";

/** Mean divergences from the target over the states, nats. */
export interface DistillationGap {
  /** KL(t ‖ π_θ): the way from the serving policy to the target. */
  readonly way: number;
  /** KL(t ‖ π_θ'): what distillation left of it. */
  readonly gap: number;
}

/** Left undone without harm, nats: of a target that hardly differs from the serving policy nothing need be reached. */
const negligibleGap = 0.05;

/**
 * A candidate that distillation left too far from its target is not the policy that was judged: its guard fails, and the
 * verdict is hold. Where the gate had too little to look at guards, its verdict stays.
 * @param largestGap share of the way that may be left undone
 */
export function checkDistillation(
  gate: GateRecord,
  { way, gap }: DistillationGap,
  largestGap: number,
): GateRecord {
  if (gate.guards.length === 0) return gate;
  const limit = largestGap * way + negligibleGap;
  const guards: Guard[] = [
    ...gate.guards,
    { name: "distillation gap", value: gap, limit, passed: gap <= limit },
  ];
  if (gap <= limit) return { ...gate, guards };
  const reason = failedGuards(guards.filter(({ passed }) => !passed));
  return { ...gate, guards, verdict: "hold", reason };
}
