import type { Decision } from "../../domain/decision.ts";
import { createPrefix } from "../../domain/prefix-rules.ts";
import { createLogitDeriver } from "../../engine/audit/derive-logits.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { addBoosts } from "../../engine/rules/draw-rules.ts";
import { largestRounding } from "../../evaluation/checks.ts";
import type { SlateRule } from "../../evaluation/slates/slate-drawer.ts";
import { conditionalsOf } from "../../evaluation/slates/slate-prefix.ts";
import { deriveRecorded } from "../../exchange/bandit/derive-recorded.ts";
import {
  type ExportedDecision,
  momentOfExport,
  rulesOfDraw,
} from "../../exchange/tables/exported-decision.ts";
import { type DrawnPart, drawnPart } from "../../policy/drawn-part.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import type { Store } from "../../storage/store.ts";

/** The policies that made a log, as far as a record still has them. */
export interface LoggingPolicies {
  /** How the slate of a decision was filled; undefined if the record can't tell, or tells otherwise than the log. */
  rule(decision: ExportedDecision): Promise<SlateRule | undefined>;
  close(): Promise<void>;
}

/** Whether the rule gives the logged propensities again. */
function isBorneOut(
  rule: SlateRule,
  part: DrawnPart,
  { slate, candidates, draw, ...logged }: ExportedDecision,
): boolean {
  const places = [...slate.keys()].filter((k) => !draw?.pinned?.includes(slate[k]!));
  const items = places.map((k) =>
    part.candidates.findIndex((index) => candidates[index]!.itemId === slate[k]),
  );
  return conditionalsOf(rule, items).every((conditional, k) => {
    const ratio = conditional[items[k]!]! / logged.positionPropensities[places[k]!]!;
    return Math.abs(Math.log(ratio)) <= largestRounding;
  });
}

/** The policies of a record; none of a scenario whose earlier items change later rewards, where marginals don't hold. */
export function createLoggingPolicies({
  store,
  configuration,
}: {
  readonly store: Store;
  readonly configuration: Configuration;
}): LoggingPolicies {
  const deriver = createLogitDeriver(store, configuration);
  return {
    async rule(decision) {
      const scenario = configuration.scenarios.find(({ name }) => name === decision.scenario);
      if (scenario?.slateReward === "cascade") return undefined;
      // An export has all fields of a decision that logits depend on.
      const moment = { ...decision, ...momentOfExport(decision) };
      const logits = await deriveRecorded(deriver, moment as unknown as Decision);
      if (logits === undefined) return undefined;
      const rules = rulesOfDraw(decision);
      const part = drawnPart(decision.candidates.length, rules);
      const boosted = addBoosts(logits, rules);
      const { spread } = createPrefix(part.rules, part.candidates.length);
      const own = Float64Array.from(
        part.candidates,
        (index, a) => boosted[index]! + (spread?.start[a] ?? 0),
      );
      const policies = [positionProbabilities(own, [], 0)];
      const rule = { policies, exploration: decision.exploration, ...part.rules };
      return isBorneOut(rule, part, decision) ? rule : undefined;
    },
    close: () => deriver.close(),
  };
}
