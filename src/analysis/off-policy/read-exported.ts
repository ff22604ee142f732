import { parseWith } from "../../exchange/import/row-schema.ts";
import {
  type ExportedDecision,
  exportedSchema,
  rulesOfDraw,
} from "../../exchange/tables/exported-decision.ts";
import { drawnChoices, drawnPart } from "../../policy/drawn-part.ts";
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
 * A row for each position that chance filled: the item shown there, chosen among the candidates that the positions before and the rules
 * of the draw had left.
 */
export function readExportedDecision(line: number, value: unknown): readonly LogRow[] {
  const parsed = parseWith(exportedSchema, value);
  if ("reason" in parsed) throw new RowProblem(`${parsed.reason}; export the decisions again`);
  const decision = parsed.value;
  checkLengths(decision);
  const ids = decision.candidates.map(({ itemId }) => itemId);
  const pinned = new Set(decision.draw?.pinned);
  const part = drawnPart(ids.length, rulesOfDraw(decision));
  const all = part.candidates.flatMap((index) => ids[index] ?? []);
  const places = [...decision.slate.keys()].filter((k) => !pinned.has(decision.slate[k] ?? ""));
  const items = places.map((place) => all.indexOf(decision.slate[place] ?? ""));
  const choices = [...drawnChoices(part, items)];
  return places.map((place, position) => {
    const action = decision.slate[place] ?? "";
    const above = decision.slate.slice(0, place);
    const { left: indices, tilt } = choices[position] ?? {};
    const left = indices?.flatMap((index) => all[index] ?? []);
    const candidates = left ?? all.filter((item) => item !== action && !above.includes(item));
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

export const isExportedDecision = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "positionPropensities" in value;
