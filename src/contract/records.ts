/** Parts of the answers that are stored as JSON: a cycle's record and a policy's evidence. */
export type { CycleRecord, Review } from "../domain/cycle-record.ts";
export type { SlateQuality } from "../domain/first-slates.ts";
export type { GateRecord, Guard } from "../domain/gate-record.ts";
export type { TriedSetting } from "../domain/improvement-record.ts";
export type { LiveDifference, PolicyEvidence } from "../domain/policy-evidence.ts";
export type { ArmComparison, ArmMean, Measured } from "../domain/reward-series.ts";
