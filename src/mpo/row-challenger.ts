import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { writeAdvantages, writeReference, writeTilted } from "./challengers.ts";
import type { RowScores } from "./row-scores.ts";

/** Challengers of one row after another, in arrays that the next call writes over: a row costs no memory. */
export interface RowChallenger {
  /** Sets the row; the other methods are about the last one. */
  read(scores: RowScores): void;
  /** log π_φ. */
  challenge(challenger: SolvedSetting): Float64Array;
}

/** A setting with its η and μ. */
export interface SolvedSetting {
  readonly setting: ChallengerSetting;
  readonly temperature: number;
  readonly restraint: { readonly strength: number };
}

interface Reference {
  readonly logs: Float64Array;
  isWritten: boolean;
}

export function createRowChallenger(): RowChallenger {
  let scores: RowScores | undefined;
  let values = new Float64Array();
  let logs = new Float64Array();
  // By ρ. Written once a row, since settings share them.
  const references = new Map<number, Reference>();
  const known = (): RowScores => {
    if (scores === undefined) throw new RangeError("no row was read yet");
    return scores;
  };
  const referenceOf = (proximity: number): Float64Array => {
    const found = references.get(proximity) ?? { logs: values.slice(), isWritten: false };
    references.set(proximity, found);
    if (!found.isWritten) writeReference(known().logPolicy, proximity, found.logs);
    found.isWritten = true;
    return found.logs;
  };
  return {
    read: (row) => {
      scores = row;
      const count = row.logPolicy.length;
      if (count !== values.length) {
        values = new Float64Array(count);
        logs = new Float64Array(count);
        references.clear();
      }
      for (const reference of references.values()) reference.isWritten = false;
    },
    challenge: ({ setting, temperature, restraint }) => {
      writeAdvantages(known(), { setting, restraint: restraint.strength }, values);
      const reference = referenceOf(setting.proximity);
      writeTilted({ reference, advantage: values }, temperature, logs);
      return logs;
    },
  };
}
