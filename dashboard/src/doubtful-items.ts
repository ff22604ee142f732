import type { CycleRecord } from "../../src/contract/records.ts";
import { formatReward } from "./format.ts";

/** An item of which the reward model expects much and which satisfied users don't choose. */
export interface DoubtfulRow {
  readonly itemId: string;
  readonly expected: string;
  readonly discriminator: string;
  readonly shown: string;
  /** Empty if it was not shown. */
  readonly earned: string;
}

export const doubtfulRows = ({ doubtfulItems = [] }: CycleRecord): readonly DoubtfulRow[] =>
  doubtfulItems.map(({ itemId, prediction, discriminator, shown, reward }) => ({
    itemId,
    expected: formatReward(prediction),
    discriminator: formatReward(discriminator),
    shown: String(shown),
    earned: reward === undefined ? "" : formatReward(reward),
  }));
