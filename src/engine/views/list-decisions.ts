import { EngineError } from "../../domain/errors.ts";
import { decisionId, itemId, userId } from "../../domain/ids.ts";
import type { DecisionPage } from "../../storage/decision-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { DecisionsInput } from "../input/input.ts";

/** Where the page after a decision begins. @throws invalid_request */
async function readAfter({ decisions }: Store, after: string) {
  const found = await decisions.find(decisionId(after));
  if (found !== undefined) return { decidedAt: found.decision.decidedAt, sequence: found.sequence };
  throw new EngineError(
    "invalid_request",
    `after is '${after}', which is no decision; send the next of the page before, or leave it out`,
    { details: { field: "after", value: after } },
  );
}

/** @throws unknown_scenario, invalid_request */
export async function listDecisions(
  { store, configuration }: { readonly store: Store; readonly configuration: Configuration },
  query: DecisionsInput & { readonly limit: number },
): Promise<DecisionPage> {
  const { from = 0, to: decidedAt = Number.MAX_SAFE_INTEGER, after, limit } = query;
  return store.decisions.list({
    scenario: findScenario(configuration, query.scenario).name,
    ...(query.userId !== undefined && { userId: userId(query.userId) }),
    ...(query.itemId !== undefined && { itemId: itemId(query.itemId) }),
    before: after === undefined ? { decidedAt } : await readAfter(store, after),
    from,
    limit,
  });
}
