import { hash32 } from "../../numeric/hash.ts";
import type { LogRow } from "./decision-log.ts";
import {
  fieldProblem,
  RowProblem,
  readDistribution,
  readPropensity,
  readReward,
} from "./row-fields.ts";

// VowpalWabbit's decision-service JSON: a line is an interaction with its cost. `a` has the actions from the chosen one on,
// 1-based, `p` their probabilities in that order, `c._multi` the features of each action.

interface Interaction {
  readonly _label_cost?: unknown;
  readonly _label_probability?: unknown;
  readonly _skipLearn?: unknown;
  readonly pdrop?: unknown;
  readonly a: readonly unknown[];
  readonly p: readonly unknown[];
  readonly c: { readonly _multi: readonly unknown[] };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isDsjson = (value: unknown): boolean =>
  isObject(value) && ["_label_cost", "_outcomes", "RewardValue"].some((field) => field in value);

/** Lines that are no decision: late rewards, and decisions that were never shown. */
const isNoDecision = (value: Record<string, unknown>) =>
  ("RewardValue" in value && !("c" in value)) || value._skipLearn === true;

function checkInteraction(value: unknown): Interaction {
  if (!isObject(value) || "_outcomes" in value || "_label_ca" in value) {
    const problem = "is no contextual bandit decision (_label_cost, a, p, c._multi)";
    throw new RowProblem(`${problem}; slates, slots and continuous actions are not read`);
  }
  const multi = isObject(value.c) ? value.c._multi : undefined;
  for (const [field, list] of Object.entries({ a: value.a, p: value.p, "c._multi": multi })) {
    if (Array.isArray(list) && list.length > 0) continue;
    throw fieldProblem(
      field,
      "a list with an entry for each action",
      list,
      "log whole interactions",
    );
  }
  return value as unknown as Interaction;
}

/** The action's tag, or its features: the learner distinguishes actions by nothing else. */
function nameAction(action: unknown): string {
  if (isObject(action) && typeof action._tag === "string") return action._tag;
  return hash32(JSON.stringify(action)).toString(16).padStart(8, "0");
}

function checkSameLength({ a, p, c }: Interaction): void {
  const { length } = c._multi;
  for (const [field, list] of Object.entries({ a, p })) {
    if (list.length === length) continue;
    throw fieldProblem(
      field,
      `a list of ${length} like c._multi`,
      list.length,
      "log whole interactions",
    );
  }
}

/** Action numbers, each once. */
function readOrder(a: readonly unknown[]): readonly number[] {
  const isOrder = a.every(
    (number, index) => Number.isInteger(number) && a.indexOf(number) === index,
  );
  const order = a as readonly number[];
  if (isOrder && Math.min(...order) === 1 && Math.max(...order) === a.length) return order;
  throw fieldProblem("a", `the numbers 1 to ${a.length}`, a, "log whole interactions");
}

/** @returns one row, or none for a line that is no decision @throws RowProblem */
export function readInteraction(line: number, value: unknown): readonly LogRow[] {
  if (isObject(value) && isNoDecision(value)) return [];
  const interaction = checkInteraction(value);
  checkSameLength(interaction);
  const { a, p, c, pdrop = 0 } = interaction;
  if (pdrop !== 0) {
    throw fieldProblem("pdrop", "0 or absent", pdrop, "evaluate a log without dropped rows");
  }
  const order = readOrder(a);
  const names = c._multi.map(nameAction);
  const candidates = order.map((number) => names[number - 1] ?? "");
  const propensities = readDistribution("p", p);
  return [
    {
      line,
      position: 0,
      action: candidates[0] ?? "",
      candidates,
      // A cost of 0 is a reward of 0, not of −0.
      reward: 0 - readReward("_label_cost", interaction._label_cost),
      propensity: readPropensity("_label_probability", interaction._label_probability ?? p[0]),
      propensities,
    },
  ];
}
