import { distance } from "fastest-levenshtein";
import { weightOf } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";

/** Edits per letter up to which a type counts as misspelt: 'clcik' is 0.4 from 'click', 'hide' is 0.5 from 'like'. */
const misspeltUpTo = 0.4;
/** Warnings of one request: its events may have a thousand types. */
const maxWarnings = 10;

/** The viewed type decides what trains, without a weight. */
const isUsed = (scenarios: readonly Scenario[], type: string) =>
  scenarios.some(
    ({ reward }) => weightOf(reward, type) !== undefined || reward.viewedType === type,
  );

function findNearest(type: string, known: readonly string[]): string | undefined {
  const near = known
    .map((other) => {
      const [left, right] = [type.toLowerCase(), other.toLowerCase()];
      return { other, share: distance(left, right) / Math.max(left.length, right.length) };
    })
    .filter(({ share }) => share <= misspeltUpTo)
    .sort((left, right) => left.share - right.share);
  return near[0]?.other;
}

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
