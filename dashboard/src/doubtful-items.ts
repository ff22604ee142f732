import type { JsonObject } from "../../src/contract/api.ts";
import { formatReward } from "./format.ts";
import { numberAt, objectsAt, textAt } from "./json-read.ts";

/** An item of which the reward model expects much and which satisfied users don't choose. */
export interface DoubtfulRow {
  readonly itemId: string;
  readonly expected: string;
  readonly discriminator: string;
  readonly shown: string;
  /** Empty where it was not shown. */
  readonly earned: string;
}

export function doubtfulRows(record: JsonObject): readonly DoubtfulRow[] {
  return objectsAt(record, "doubtfulItems").map((item) => {
    const reward = (key: string) => {
      const value = numberAt(item, key);
      return value === undefined ? "" : formatReward(value);
    };
    return {
      itemId: textAt(item, "itemId") ?? "unnamed",
      expected: reward("prediction"),
      discriminator: reward("discriminator"),
      shown: String(numberAt(item, "shown") ?? ""),
      earned: reward("reward"),
    };
  });
}
