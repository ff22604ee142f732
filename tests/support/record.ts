import type { FeedbackCounts, ServingEvaluation } from "../../src/domain/cycle-record.ts";
import type { GateRecord } from "../../src/domain/gate-record.ts";

// Valid parts for tests that care about some of the fields only.

export const sampleGate = (changes: Partial<GateRecord> = {}): GateRecord => ({
  verdict: "hold",
  reason: "Held.",
  rows: 1000,
  guards: [],
  ...changes,
});

export const sampleFeedback = (changes: Partial<FeedbackCounts> = {}): FeedbackCounts => ({
  rows: 20_000,
  candidates: 600_000,
  decisions: 10_000,
  kept: 10_000,
  newDecisions: 3000,
  users: 150,
  judged: 2000,
  ...changes,
});

export const sampleEvaluation = (changes: Partial<ServingEvaluation> = {}): ServingEvaluation => ({
  rows: 100,
  meanReward: 0.4,
  interval: [0.3, 0.5],
  successRate: 0.4,
  ...changes,
});
