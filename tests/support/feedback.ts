import type { FeedbackRow } from "../../src/learning/feedback-row.ts";
import type { ItemView } from "../../src/policy/policy.ts";
import { sampleState } from "./policy.ts";

/** A valid row: the first of the candidates was shown by the uniform policy and earned 1. */
export function sampleRow(
  candidates: readonly ItemView[],
  overrides: Partial<FeedbackRow> = {},
): FeedbackRow {
  return {
    state: sampleState(),
    candidates,
    action: 0,
    position: 0,
    propensity: 1 / candidates.length,
    reward: 1,
    exploration: 0.1,
    user: 0,
    arm: "serving",
    policyVersion: 1,
    sequence: 1,
    age: 0,
    fold: "first",
    ...overrides,
  };
}
