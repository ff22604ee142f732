import { itemId } from "../../domain/ids.ts";
import type { SlateRule } from "../../evaluation/slates/slate-drawer.ts";
import { greedyLogits, judgedOrder, type Popularity } from "../../policy/popularity.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import type { LogRow } from "./decision-log.ts";
import { foldOf, type RewardTable } from "./reward-table.ts";

/** A row as a target policy sees it: with its candidates, and without choice and reward. */
export type Choice = Pick<LogRow, "line" | "position" | "user" | "decision" | "tilt"> & {
  readonly candidates: readonly string[];
  /** 0-based among the rows of the log. */
  readonly row: number;
};

/** The policy that is judged. */
export interface TargetPolicy {
  /** As people call it. */
  readonly name: string;
  /** π of each candidate, in their order, each in [0, 1]; they add up to 1. @throws invalid_request, invalid_file, not_found */
  probabilities(choice: Choice): ArrayLike<number> | Promise<ArrayLike<number>>;
  /**
   * How it fills a slate, whatever the log has shown above. Absent if it is known for the logged items above alone.
   * @param choice of position 0; @throws as `probabilities`
   */
  rule?(choice: Choice, length: number): SlateRule | Promise<SlateRule>;
  /**
   * After the last row. @throws invalid_file if the target was made for more rows than the log has
   */
  finish?(rows: number): Promise<void>;
  close(): Promise<void>;
}

export const uniformTarget: TargetPolicy = {
  name: "uniform",
  probabilities: ({ candidates }) =>
    new Float64Array(candidates.length).fill(1 / candidates.length),
  rule: ({ candidates }) => ({
    policies: [new Float64Array(candidates.length).fill(1 / candidates.length)],
    // Diversity doesn't change the floor's choice.
    exploration: 1,
  }),
  close: async () => {},
};

/** Log-odds given the items above. */
export const tiltChoice = (logits: Float64Array, { tilt }: Pick<Choice, "tilt">): Float64Array =>
  tilt === undefined ? logits : logits.map((logit, a) => logit + tilt[a]!);

/**
 * The candidate with the highest mean reward, ties shared evenly. The means leave out the row's own fold (its user's, or
 * a fifth of the rows): a policy that was chosen by the rewards that judge it would look better than it is.
 */
export function createPopularityTarget(table: RewardTable): TargetPolicy {
  const byFold = new Map<number, Popularity>();
  const scoresOf = ({ candidates, user, row }: Choice) => {
    const fold = foldOf(user ?? String(row));
    const popularity = byFold.get(fold) ?? table.popularityWithout(fold);
    byFold.set(fold, popularity);
    return candidates.map((action) => popularity.scores.get(itemId(action)) ?? popularity.mean);
  };
  return {
    name: "popularity",
    probabilities: (choice) =>
      positionProbabilities(tiltChoice(greedyLogits(scoresOf(choice)), choice), [], 0),
    // Position k is for the items with the k-th highest score: all that are higher stand above.
    rule: (choice, length) => {
      const own = scoresOf(choice);
      // Caps may forbid the k-th.
      const { draw } = choice.decision ?? {};
      if (draw?.caps) {
        const policy = positionProbabilities(
          judgedOrder(own, { boosts: choice.tilt, diversity: draw.diversity }),
          [],
          0,
        );
        return { policies: [policy], exploration: 0 };
      }
      const scores = Float64Array.from(own);
      const highest = scores.toSorted().reverse().subarray(0, length);
      const odds = tiltChoice(new Float64Array(scores.length), choice).map(Math.exp);
      const policies = Array.from(highest, (best) =>
        scores.map((one, a) => (one === best ? odds[a]! : 0)),
      );
      return { policies, exploration: 0 };
    },
    close: async () => {},
  };
}
