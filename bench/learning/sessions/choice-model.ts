import type { SessionRow } from "./play.ts";
import { massesOf, type SessionTask } from "./task.ts";

const iterations = 30;
/** Choices that every kind is taken to have had, half of them won, so that no mass is 0. */
const prior = 0.5;

/**
 * Masses by which users choose among what is shown and nothing, in proportion: Luce's model by maximum likelihood, each kind
 * of outcome with a mass of its own, the last one that of no choice. By minorisation (Hunter 2004, MM algorithms for
 * generalized Bradley–Terry models).
 */
export function fitChoice(
  rows: readonly SessionRow[],
  { masses: start, slates }: Pick<SessionTask, "masses" | "slates">,
): Float64Array {
  let masses = start;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const chosen = new Float64Array(masses.length).fill(prior);
    const exposure = new Float64Array(masses.length).fill(2 * prior);
    for (const { step, action, outcome } of rows) {
      const own = massesOf(step, masses);
      const shown = [...slates[action]!, own.length - 1];
      const total = shown.reduce((sum, place) => sum + own[place]!, 0);
      for (const place of shown) exposure[step.kinds[place]!]! += 1 / total;
      chosen[step.kinds[outcome]!]!++;
    }
    const raw = chosen.map((count, kind) => count / exposure[kind]!);
    const none = raw.at(-1)!;
    masses = raw.map((mass) => mass / none);
  }
  return masses;
}
