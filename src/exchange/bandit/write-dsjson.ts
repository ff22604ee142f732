import { createLogitDeriver } from "../../engine/audit/derive-logits.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { NamedFeature } from "../../policy/json-features.ts";
import type { WantedDecisions } from "../tables/export-decisions.ts";
import { createDistributions } from "./derive-distribution.ts";
import { type LoggedRound, readRounds } from "./logged-rounds.ts";

const toNamespace = (features: readonly NamedFeature[]) =>
  Object.fromEntries(features.map(({ name, weight }) => [name, weight]));

/**
 * A line of VowpalWabbit's decision-service JSON, for `--dsjson --cb_explore_adf`.
 * @param distribution of the candidates, in their order; if it is missing, the line has the chosen one's propensity alone
 */
function toLine(round: LoggedRound, distribution: readonly number[] | undefined): object {
  const { decision, place, candidates, chosen, propensity } = round;
  const others = [...candidates.keys()].filter((index) => index !== chosen);
  const order = distribution === undefined ? [chosen] : [chosen, ...others];
  return {
    _label_cost: 0 - round.reward,
    _label_probability: propensity,
    _label_Action: chosen + 1,
    _labelIndex: chosen,
    Timestamp: new Date(decision.decidedAt).toISOString(),
    Version: "1",
    EventId: `${decision.decisionId}/${place}`,
    a: order.map((index) => index + 1),
    c: {
      Context: toNamespace(round.context),
      Slot: { [`position=${place}`]: 1 },
      _multi: candidates.map(({ itemId, features }) => ({
        _tag: itemId,
        Item: { [`id=${itemId}`]: 1 },
        Features: toNamespace(features),
      })),
    },
    p: order.map((index) => distribution?.[index] ?? propensity),
  };
}

/** Rounds of closed decisions, a line each, oldest first. */
export async function* toDsjson(
  wanted: WantedDecisions,
  configuration: Configuration,
): AsyncGenerator<string, void> {
  const deriver = createLogitDeriver(wanted.store, configuration);
  const distributionOf = createDistributions(deriver);
  try {
    for await (const round of readRounds(wanted, deriver.catalogueAsOf))
      yield `${JSON.stringify(toLine(round, await distributionOf(round)))}\n`;
  } finally {
    await deriver.close();
  }
}
