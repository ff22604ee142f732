import type { Arm } from "../domain/decision.ts";
import type { FastLoopMark } from "../domain/fast-loop.ts";
import type { CandidateBody, JsonObject, SlateEntry } from "./api.ts";

/** A decision as it was made, with the user's history as of that moment. */
export interface DecisionBody {
  readonly decisionId: string;
  readonly userId: string;
  readonly scenario: string;
  readonly arm: Arm;
  readonly policyVersion: number;
  readonly seed: number;
  readonly asOf: number;
  readonly context: JsonObject;
  readonly candidates: readonly CandidateBody[];
  readonly slate: readonly SlateEntry[];
  readonly slatePropensity: number;
  readonly exploration: number;
  /** Absent where the policy answered alone. */
  readonly fastLoop?: FastLoopMark;
  readonly decidedAt: string;
  readonly expiresAt: string;
  /** By position: the reward so far, absent events as null. */
  readonly rewards: readonly (number | null)[];
  readonly profile: {
    readonly attributes: JsonObject;
    readonly history: readonly {
      readonly itemId: string;
      readonly type: string;
      readonly value: number;
      readonly occurredAt: string;
    }[];
  };
}
