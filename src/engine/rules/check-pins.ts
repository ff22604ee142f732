import { EngineError } from "../../domain/errors.ts";
import type { PinnedItem } from "../../domain/rules.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { RecommendInput } from "../input/input.ts";

function findProblem(
  { itemId, position }: PinnedItem,
  { candidates }: Pick<RecommendInput, "candidates">,
  { scenario, slateSize }: { readonly scenario: Scenario; readonly slateSize: number },
): string | undefined {
  if (position >= slateSize)
    return `position ${position} is beyond a slate of ${slateSize}; choose one from 0 to ${slateSize - 1}`;
  if (candidates?.every((candidate) => candidate.itemId !== itemId))
    return `'${itemId}' is no candidate; send it as one, or leave the pin out`;
  const { pins = [], exclude = [] } = scenario.rules ?? {};
  if (exclude.includes(itemId)) return `the scenario excludes '${itemId}'; leave the pin out`;
  const other = pins.find((pin) => pin.itemId === itemId || pin.position === position);
  if (other === undefined) return undefined;
  return `the scenario pins '${other.itemId}' at position ${other.position}; choose another item and position`;
}

/** Refuses pins of a request that could never hold. @throws invalid_request */
export function checkPins(
  input: Pick<RecommendInput, "candidates" | "rules">,
  scenario: Scenario,
  slateSize: number,
): void {
  for (const [index, pin] of (input.rules?.pins ?? []).entries()) {
    const problem = findProblem(pin, input, { scenario, slateSize });
    if (problem === undefined) continue;
    const field = `rules.pins[${index}]`;
    throw new EngineError("invalid_request", `${field}: ${problem}`, {
      details: { field, value: { itemId: pin.itemId, position: pin.position } },
    });
  }
}
