import { parseWith } from "../../exchange/import/row-schema.ts";
import { type ExportedDecision, exportedSchema } from "../../exchange/tables/exported-decision.ts";
import { loggedChoices } from "../../exchange/tables/logged-choices.ts";
import type { DecisionLog, LogRow } from "./decision-log.ts";
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
 * A row for each position that chance filled: the item shown there, chosen among the candidates that the positions before and the rules
 * of the draw had left.
 */
export function readExportedDecision(line: number, value: unknown): readonly LogRow[] {
  const parsed = parseWith(exportedSchema, value);
  if ("reason" in parsed) throw new RowProblem(`${parsed.reason}; export the decisions again`);
  const decision = parsed.value;
  checkLengths(decision);
  return loggedChoices(decision).map(({ place, action, left, tilt }, position) => {
    const candidates = left.map((index) => String(decision.candidates[index]!.itemId));
    checkCandidate(`slate[${place}]`, action, candidates);
    return {
      line,
      position,
      action,
      candidates,
      reward: readReward(`rewards[${place}]`, decision.rewards[place]),
      propensity: readPropensity(
        `positionPropensities[${place}]`,
        decision.positionPropensities[place],
      ),
      ...(tilt && { tilt }),
      user: decision.userId,
      decision,
    };
  });
}

export const exportFormat = "Recurve export";

/** Whether the rows are decisions of `recurve export decisions`. */
export const isExported = ({ format }: Pick<DecisionLog, "format">): boolean =>
  format === exportFormat;

export const isExportedDecision = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "positionPropensities" in value;
