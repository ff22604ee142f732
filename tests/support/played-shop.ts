import { userId } from "../../src/domain/ids.ts";
import type { ItemRules } from "../../src/domain/rules.ts";
import type { Configuration } from "../../src/engine/configuration/configuration.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import type { WantedDecisions } from "../../src/exchange/tables/export-decisions.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { TestEngine } from "./engine.ts";
import { assign, openShop, shopConfiguration, shopSnapshot } from "./shop.ts";

export interface PlayedShop extends TestEngine {
  readonly configuration: Configuration;
}

/** A shop whose policy has made decisions of two items, a second apart; all are closed, and some brought rewards. */
export async function playShop(options: {
  readonly decisions: number;
  readonly path?: string;
  /** Of the scenario. */
  readonly rules?: ItemRules;
}): Promise<PlayedShop> {
  const { rules, path } = options;
  const fields = { scenario: { ...(rules && { rules }) }, ...(path && { path }) };
  const shop = await openShop(fields);
  const { engine, store, advance } = shop;
  await assign(store, { serving: shopSnapshot() });
  const random = createRandom(4);
  for (let turn = 0; turn < options.decisions; turn++) {
    const user = userId(`user-${turn % 20}`);
    if (turn < 20) await engine.putUsers([{ userId: user, attributes: { city: "Graz" } }]);
    const { decision } = await engine.recommend({ userId: user, context: { turn } });
    for (const itemId of decision.slate) {
      const { decisionId } = decision;
      if (random.uniform() < 0.4)
        await engine.record([{ type: "buy", userId: user, itemId, decisionId, value: 0.5 }]);
    }
    advance(1);
  }
  advance(600);
  return { ...shop, configuration: parseConfiguration(shopConfiguration(fields)) };
}

/** All of them, for an export. */
export const shopDecisions = ({ store, clock, configuration }: PlayedShop): WantedDecisions => ({
  store,
  scenario: configuration.scenarios[0]!,
  now: clock(),
});
