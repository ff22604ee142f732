import { weightOf } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { findNearest } from "../input/find-nearest.ts";

/** Warnings of one request: its events may have a thousand types. */
const maxWarnings = 10;

/** The viewed type decides what trains, without a weight. */
const isUsed = (scenarios: readonly Scenario[], type: string) =>
  scenarios.some(
    ({ reward }) => weightOf(reward, type) !== undefined || reward.viewedType === type,
  );

/**
 * Reason why events of a type train nothing, with the type that was probably meant; `undefined` if
 * a reward weighs it.
 */
function explainType(scenarios: readonly Scenario[], type: string): string | undefined {
  if (isUsed(scenarios, type)) return undefined;
  const weighed = scenarios.flatMap(({ reward }) => Object.keys(reward.weights));
  const viewed = scenarios.flatMap(({ reward }) => reward.viewedType ?? []);
  const known = [...new Set([...weighed, ...viewed])];
  const nearest = findNearest(type, known);
  const remedy =
    nearest === undefined
      ? `no scenario's reward has a weight for it, only for ${known.join(", ")}; give it a weight, 0 if it must not train`
      : `did you mean '${nearest}'?`;
  return `events of type '${type}' train nothing: ${remedy}`;
}

/** A sentence for each type that no scenario's reward weighs, at most ten. */
export const warnOfTypes = (
  scenarios: readonly Scenario[],
  types: Iterable<string>,
): readonly string[] =>
  [...new Set(types)].flatMap((type) => explainType(scenarios, type) ?? []).slice(0, maxWarnings);
