import type { Scenario } from "../../../domain/scenario.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import { rowLogs } from "../../../learning/score-rows.ts";
import { candidatesOfSlate, slatesOf } from "../../../learning/slate-candidates.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { openNetworkPolicy } from "../../../policy/network-policy.ts";
import type { PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { TextSettings } from "../../state/text/text-features.ts";
import { createModelDeriver } from "./derive-model.ts";
import { drawLogits } from "./draw-logits.ts";

interface ReplayParts {
  /** With the rows of all users: blocks of the fast loop begin as they did. */
  readonly store: Store;
  readonly scenario: Scenario;
  readonly text: TextSettings | undefined;
}

/** `replayLoop` on a record. */
export type Replay = (
  network: Network,
  rows: readonly FeedbackRow[],
) => Promise<readonly (Float64Array | undefined)[]>;

/** Logits of a slate's candidates with the draw of its moment; undefined without one, or if the record does not have its model any more. */
function createDrawing(towers: PolicyTowers | undefined, { store, scenario, text }: ReplayParts) {
  const deriveModel = createModelDeriver(store, text);
  // Of a policy that has no version yet: the deriver knows no other one.
  const version = 0;
  return async (row: FeedbackRow | undefined): Promise<Float64Array | undefined> => {
    if (row?.loop === undefined || towers === undefined) return undefined;
    const { mark, seed, userId, rule: reward } = row.loop;
    const views = candidatesOfSlate(row);
    try {
      const derived = { scenario: { ...scenario, reward }, version, towers, mark };
      const model = await deriveModel(derived);
      const visit = { userId, towers: await towers.represent(row.state, views) };
      const random = createRandom(seed);
      return drawLogits({ model, visit, views, towers, settings: mark, random }).logits;
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };
}

/**
 * log π of each row's candidates under a policy with a fast loop of its own, which has learnt from the record up to the row's moment and
 * draws with its seed.
 * @param rows of whole slates, whose rows follow each other
 * @returns undefined of rows without a loop
 */
export async function replayLoop(
  network: Network,
  rows: readonly FeedbackRow[],
  parts: ReplayParts,
): Promise<readonly (Float64Array | undefined)[]> {
  const logs: (Float64Array | undefined)[] = rows.map(() => undefined);
  if (rows.every(({ loop }) => loop === undefined)) return logs;
  // Marks in order: the models of before are not kept.
  const oldestFirst = [...slatesOf(rows)].sort(
    ([, [one]], [, [other]]) => (one?.sequence ?? 0) - (other?.sequence ?? 0),
  );
  const { towers, close } = await openNetworkPolicy(network);
  try {
    const draw = createDrawing(towers, parts);
    for (const [first, own] of oldestFirst) {
      const logits = await draw(own[0]);
      if (logits)
        for (const [index, row] of own.entries()) logs[first + index] = rowLogs(row, logits);
    }
  } finally {
    await close();
  }
  return logs;
}
