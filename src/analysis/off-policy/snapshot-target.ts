import { EngineError } from "../../domain/errors.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createLogitDeriver } from "../../engine/audit/derive-logits.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { addBoosts } from "../../engine/rules/draw-rules.ts";
import {
  type ExportedDecision,
  momentOfExport,
  rulesOfDraw,
} from "../../exchange/tables/exported-decision.ts";
import { positionProbabilities } from "../../policy/slate.ts";
import type { Store } from "../../storage/store.ts";
import { type TargetPolicy, tiltChoice } from "./target-policy.ts";

/**
 * A snapshot as it would have chosen, with the profile and the catalogue of each decision's own moment and its exploration.
 * @throws while choosing: not_found, corrupt_snapshot, unknown_scenario, unknown_item; invalid_request for a log that is no export
 */
export function createSnapshotTarget(
  { store, configuration }: { readonly store: Store; readonly configuration: Configuration },
  version: number,
): TargetPolicy {
  const deriver = createLogitDeriver(store, configuration);
  // The rows of a slate follow each other.
  let last: { readonly decision: ExportedDecision; readonly logits: ReadonlyMap<string, number> };

  const derive = async (decision: ExportedDecision) => {
    if (last?.decision === decision) return last.logits;
    const candidates = decision.candidates.map(({ itemId: id, ...rest }) => ({
      itemId: itemId(id),
      ...rest,
    }));
    const moment = momentOfExport(decision);
    const situation = { ...decision, ...moment, userId: userId(decision.userId), candidates };
    const logits = addBoosts(await deriver.derive(version, situation), rulesOfDraw(decision));
    const byItem = new Map(
      candidates.map((candidate, index) => [String(candidate.itemId), logits[index] ?? 0]),
    );
    last = { decision, logits: byItem };
    return byItem;
  };
  return {
    name: `policy ${version}`,
    probabilities: async (choice) => {
      const { decision, candidates } = choice;
      if (decision === undefined) {
        const message = `target ${version} is a snapshot, which chooses by the record's profiles and items; pass a log of recurve export decisions`;
        throw new EngineError("invalid_request", message, {
          details: { field: "target", value: version },
        });
      }
      const logits = await derive(decision);
      const left = Float64Array.from(candidates, (candidate) => logits.get(candidate) ?? 0);
      return positionProbabilities(tiltChoice(left, choice), [], decision.exploration);
    },
    rule: async (choice) => {
      const { decision, candidates } = choice;
      if (decision === undefined) throw new RangeError("a slate has a decision");
      const logits = await derive(decision);
      const all = Float64Array.from(candidates, (candidate) => logits.get(candidate) ?? 0);
      const policies = [positionProbabilities(tiltChoice(all, choice), [], 0)];
      return { policies, exploration: decision.exploration };
    },
    close: () => deriver.close(),
  };
}
