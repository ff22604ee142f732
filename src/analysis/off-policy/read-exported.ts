import { type ExportedDecision, exportedSchema } from "../../exchange/exported-decision.ts";
import { parseWith } from "../../exchange/import/row-schema.ts";
import type { LogRow } from "./decision-log.ts";
import {
  checkCandidate,
  fieldProblem,
  RowProblem,
  readPropensity,
  readReward,
} from "./row-fields.ts";

function checkLengths(decision: ExportedDecision): void {
  for (const field of ["positionPropensities", "rewards"] as const) {
    const { length } = decision[field];
    if (length === decision.slate.length) continue;
    const expected = `one for each of the ${decision.slate.length} shown items`;
    throw fieldProblem(field, expected, length, "export the decisions again");
  }
}

/**
 * A row for each position: the item shown there, chosen among the candidates that the positions
 * before had left.
 */
export function readExportedDecision(line: number, value: unknown): readonly LogRow[] {
  const parsed = parseWith(exportedSchema, value);
  if ("reason" in parsed) throw new RowProblem(`${parsed.reason}; export the decisions again`);
  const decision = parsed.value;
  checkLengths(decision);
  let left = decision.candidates.map(({ itemId }) => itemId);
  return decision.slate.map((action, position) => {
    const candidates = left;
    checkCandidate(`slate[${position}]`, action, candidates);
    left = candidates.filter((itemId) => itemId !== action);
    return {
      line,
      position,
      action,
      candidates,
      reward: readReward(`rewards[${position}]`, decision.rewards[position]),
      propensity: readPropensity(
        `positionPropensities[${position}]`,
        decision.positionPropensities[position],
      ),
      user: decision.userId,
      decision,
    };
  });
}

export const isExportedDecision = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "positionPropensities" in value;
