import { guardTestsOf, isTested } from "../../../domain/guard-metric.ts";
import type { JsonObject } from "../../../domain/json.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { Store } from "../../../storage/store.ts";

/** Outcomes of a decision's positions, by guard test. */
export type OutcomesOf = (decision: {
  readonly sequence: number;
  /** Of its user at its moment. */
  readonly attributes: JsonObject;
}) => (position: number) => Float64Array;

const keyOf = (sequence: number, position: number) => `${sequence}/${position}`;

/** Undefined without guard metrics. */
export async function readOutcomes(
  { decisions }: Store,
  { guards = [] }: Pick<Scenario, "guards">,
  span: { readonly after: number; readonly through: number },
): Promise<OutcomesOf | undefined> {
  if (guards.length === 0) return undefined;
  const seen = new Map<string, ReadonlySet<string>>();
  for (const { type } of guards) {
    const found = await decisions.outcomes({ type, ...span });
    seen.set(type, new Set(found.map(({ sequence, position }) => keyOf(sequence, position))));
  }
  const tests = guardTestsOf(guards);
  return ({ sequence, attributes }) =>
    (position) =>
      Float64Array.from(tests, (test) => {
        if (!isTested(test, attributes)) return Number.NaN;
        return seen.get(test.type)?.has(keyOf(sequence, position)) ? 1 : 0;
      });
}
