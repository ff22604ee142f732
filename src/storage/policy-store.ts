import type { Cycle } from "../domain/cycle.ts";
import type { Intervention } from "../domain/intervention.ts";
import type { PolicyEvidence } from "../domain/policy-evidence.ts";
import type {
  Assignment,
  PolicyKind,
  PolicySnapshot,
  PolicyStatus,
} from "../domain/policy-snapshot.ts";

/** A policy to be stored with its snapshot; `createdAt` is in milliseconds since 1970. */
export interface NewPolicy {
  readonly scenario: string;
  readonly kind: PolicyKind;
  readonly status: PolicyStatus;
  readonly parent?: number;
  readonly createdAt: number;
  readonly bytes: Uint8Array;
  readonly evidence: PolicyEvidence;
}

/**
 * Changes of one learning step or one intervention, in one transaction: a crash leaves all of them
 * or none.
 */
export interface PolicyChange {
  /** Snapshots to add; versions are assigned in this order, one above the highest so far. */
  readonly add?: readonly NewPolicy[];
  readonly statuses?: readonly {
    readonly version: number;
    readonly status: PolicyStatus;
    readonly evidence?: PolicyEvidence;
  }[];
  /** The new assignment of one scenario, made from the versions of the added snapshots. */
  readonly assign?: (added: readonly number[]) => {
    readonly scenario: string;
    readonly assignment: Assignment;
    /**
     * The assignment that it was made from: if another one is stored by then, the whole change is
     * refused with `conflict`.
     */
    readonly replaces?: Assignment;
  };
  /** The record of the cycle that did it. `cycle` numbers are assigned by the store. */
  readonly cycle?: (added: readonly number[]) => Omit<Cycle, "cycle">;
  /** An operator's intervention. `intervention` numbers are assigned by the store. */
  readonly intervention?: Omit<Intervention, "intervention">;
  /** The first added snapshot was made from the record as of this event number alone. */
  readonly freshAsOf?: number;
  /** Encoders that the added snapshots name; one that is stored already stays as it is. */
  readonly encoders?: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
  /** Without bytes a checkpoint is removed. */
  readonly checkpoints?: readonly { readonly name: string; readonly bytes?: Uint8Array }[];
}

/** Policy snapshots, their statuses, and the assignment of each scenario. */
export interface PolicyStore {
  apply(change: PolicyChange): Promise<{
    readonly added: readonly number[];
    readonly cycle?: number;
    readonly intervention?: number;
  }>;
  /**
   * The present assignment, or the one at event number `asOf`; `{ canaryShare: 0 }` if nothing was
   * assigned by then. Each change takes an event number. Assignments that earlier releases replaced
   * are not known.
   */
  assignment(scenario: string, asOf?: number): Promise<Assignment>;
  find(version: number): Promise<PolicySnapshot | undefined>;
  /** The highest version of any scenario that is known to have been there at an event number, 0 if none is. */
  newestAt(sequence: number): Promise<number>;
  /**
   * The newest fresh start of a scenario, up to a version: it and later ones know the
   * record as of `sequence` or later.
   */
  freshStart(
    scenario: string,
    version: number,
  ): Promise<{ readonly version: number; readonly sequence: number } | undefined>;
  /** Newest first. */
  list(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly PolicySnapshot[]>;
  /** Policies with the status `rolled-back`, by scenario; those without any are left out. */
  countRolledBack(): Promise<readonly { readonly scenario: string; readonly policies: number }[]>;
  /** The bytes as stored, unchecked: decoding checks them. */
  bytes(version: number): Promise<Uint8Array | undefined>;
  /** The bytes of an encoder as stored, unchecked. */
  encoder(hash: string): Promise<Uint8Array | undefined>;
}
