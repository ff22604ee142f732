import type { WorldResults } from "./results.ts";

/** Something that policies learn in, measured over seeds: one line of the registry, one file. */
export interface LearningWorld {
  /** Of `--world`; kebab-case. */
  readonly name: string;
  readonly description: string;
  /** What a policy's value is, with its unit. */
  readonly value: string;
  readonly better: "higher" | "lower";
  /** Variants that share policies and targets, such as kinds of drift; at least one. */
  readonly cases: readonly string[];
  readonly policies: readonly string[];
  /** The policy that the others are set against, seed by seed. */
  readonly main: string;
  /** What a step of the curves is. */
  readonly step?: string;
  /** All that outcomes depend on beside case and seed: with other settings every seed is run anew. */
  readonly settings: unknown;
  readonly targets: readonly LearningTarget[];
  /** What is run unless more is asked for, where everything takes many hours; left out: all. */
  readonly usual?: { readonly cases: readonly string[]; readonly seeds: number };
  /** Length of its loops, where `withCycles` sets it. */
  readonly cycles?: number;
  /** The same with shorter or longer loops; left out where their length is a part of what is measured. */
  readonly withCycles?: (cycles: number) => LearningWorld;
  /** Why a case can't be run here. */
  readonly findObstacle?: (caseName: string) => string | undefined;
  /** Makes once, and keeps on disk, what all seeds of a case start from. */
  readonly prepare?: (caseName: string, note: (line: string) => void) => Promise<void>;
  /** In a process of its own; the same seed must give the same outcome. */
  readonly run: (unit: UnitOfWork) => Promise<SeedOutcome>;
}

export interface UnitOfWork {
  readonly caseName: string;
  readonly seed: number;
  /** @param share of the work that is done, in [0, 1] */
  readonly onProgress: (share: number) => void;
}

/** What one seed of one case gave. */
export interface SeedOutcome {
  /** By policy; one that can't be run here, such as a peer that isn't installed, is left out. */
  readonly values: Readonly<Record<string, number>>;
  /** By policy: the value by cycle or event, as many numbers for every seed. */
  readonly curves?: Readonly<Record<string, readonly number[]>>;
  /** What else was measured, by its name with its unit. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Lines that the values have to be read with; what several seeds say is printed once. */
  readonly notes?: readonly string[];
}

export interface LearningTarget {
  /** What is promised, in words. */
  readonly text: string;
  /** Undefined where a policy or case that it is about is missing. */
  readonly judge: (results: WorldResults) => Judgement | undefined;
}

export interface Judgement {
  readonly met: boolean;
  /** What was found instead of what was promised, in words with numbers. */
  readonly found: string;
}
