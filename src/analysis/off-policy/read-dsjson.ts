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
// 1-based, `p` their probabilities in that order, `c._multi` the features of each action. If `a` and `p` have one entry, the other
// probabilities are not known.

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

function checkLengths({ a, p, c }: Interaction): void {
  const { length } = c._multi;
  for (const [field, list] of Object.entries({ a, p })) {
    if (list.length === (a.length === 1 ? 1 : length)) continue;
    const expected = `a list of ${length} like c._multi`;
    throw fieldProblem(field, expected, list.length, "log whole interactions");
  }
}

/** Action numbers, each once: of all actions, or of the chosen one. */
function readOrder({ a, c }: Interaction): readonly number[] {
  const { length } = c._multi;
  const isNumber = (number: unknown) =>
    Number.isInteger(number) && (number as number) >= 1 && (number as number) <= length;
  const isOrder = a.every((number, index) => isNumber(number) && a.indexOf(number) === index);
  if (isOrder) return a as readonly number[];
  throw fieldProblem("a", `the numbers 1 to ${length}`, a, "log whole interactions");
}

/** @returns one row, or none for a line that is no decision @throws RowProblem */
export function readInteraction(line: number, value: unknown): readonly LogRow[] {
  if (isObject(value) && isNoDecision(value)) return [];
  const interaction = checkInteraction(value);
  checkLengths(interaction);
  const { a, p, c, pdrop = 0 } = interaction;
  if (pdrop !== 0) {
    throw fieldProblem("pdrop", "0 or absent", pdrop, "evaluate a log without dropped rows");
  }
  const order = readOrder(interaction);
  const names = c._multi.map(nameAction);
  const ordered = order.map((number) => names[number - 1] ?? "");
  const isWhole = a.length === names.length;
  return [
    {
      line,
      position: 0,
      action: ordered[0] ?? "",
      candidates: isWhole ? ordered : names,
      // A cost of 0 is a reward of 0, not of −0.
      reward: 0 - readReward("_label_cost", interaction._label_cost),
      propensity: readPropensity("_label_probability", interaction._label_probability ?? p[0]),
      ...(isWhole && { propensities: readDistribution("p", p) }),
    },
  ];
}
