import { userId } from "../../src/domain/ids.ts";
import type { Scenario } from "../../src/domain/scenario.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../src/engine/configuration/configuration.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { TestEngine } from "./engine.ts";
import { shopConfiguration } from "./shop.ts";

const genres: readonly string[] = ["drama", "comedy", "crime"];

/** Half the epochs of the defaults: what users want here is easily learnt, and tests run many cycles. */
const mpo = { critic: { maxEpochs: 3 }, distillation: { maxEpochs: 4 } };
/** Slates of one, so that a decision is a row. */
export const visitedOptions = {
  scenario: { slateSize: 1 },
  items: 6,
  rest: { learner: { mpo } },
};
export const visitedConfiguration: Configuration = parseConfiguration(
  shopConfiguration(visitedOptions),
);
export const visitedScenario: Scenario = visitedConfiguration.scenarios[0]!;

/**
 * Visits of 150 users, each of whom wants one genre that the context names: an item of it is clicked in 9 of 10 visits, any
 * other in 1 of 10, unless told otherwise. Afterwards the windows are closed.
 */
export async function visitShop(
  { engine, advance }: Pick<TestEngine, "engine" | "advance">,
  options: {
    readonly visits: number;
    readonly seed: number;
    readonly chances?: { readonly wanted: number; readonly other: number };
    /** In place of those: of an item, whoever sees it. */
    readonly chanceOf?: (shown: string) => number;
  },
): Promise<void> {
  const random = createRandom(options.seed);
  const { wanted: often, other: seldom } = options.chances ?? { wanted: 0.9, other: 0.1 };
  for (let visit = 0; visit < options.visits; visit++) {
    const user = random.integer(150);
    const wanted = genres[user % 3]!;
    advance(1);
    const { decision } = await engine.recommend({
      userId: userId(`user-${user}`),
      context: { wanted },
    });
    const [shown] = decision.slate;
    const item = await engine.findItem(shown!);
    const chance =
      options.chanceOf?.(shown!) ?? (item?.categories.includes(wanted) ? often : seldom);
    if (random.uniform() >= chance) continue;
    const { decisionId } = decision;
    await engine.record([
      { type: "click", userId: decision.userId, itemId: shown!, decisionId, value: 5 },
    ]);
  }
  advance(600);
}
