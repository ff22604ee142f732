import { EngineError } from "../../domain/errors.ts";
import type { DifferentialSettings, PrivacyEvidence, PrivacyRecord } from "../../domain/privacy.ts";
import { costOf, type PrivatePlan } from "../../learning/privacy/plan.ts";
import {
  addCurves,
  epsilonOf,
  nothingSpent,
  orders,
  type RenyiCurve,
} from "../../numeric/privacy/accountant.ts";
import type { PolicyChange, Store } from "../../storage/store.ts";

/** All private trainings of a record so far: they share its users, whatever their scenario is. */
export interface SpentBudget {
  readonly curve: RenyiCurve;
  readonly trainings: number;
}

const name = "privacy/spent";
/** k equal parts add up to the whole but for rounding. */
const rounding = 1 + 1e-9;

/** @throws corrupt_snapshot if the account can't be read: a budget of unknown size is spent */
export async function loadSpent({ checkpoints }: Store): Promise<SpentBudget> {
  const bytes = await checkpoints.load(name);
  if (bytes === undefined) return { curve: nothingSpent, trainings: 0 };
  const { trainings, curve } = JSON.parse(Buffer.from(bytes).toString()) as SpentBudget;
  if (curve.length === orders.length) return { curve, trainings };
  throw new EngineError(
    "corrupt_snapshot",
    `the account of the privacy budget has ${curve.length} orders, expected ${orders.length}; restore a backup`,
  );
}

/** @throws conflict if a whole training would exceed the budget */
export function checkBudget(
  { curve, trainings }: SpentBudget,
  plan: PrivatePlan,
  { epsilon, delta }: DifferentialSettings,
): void {
  const after = epsilonOf(addCurves(curve, costOf(plan, plan.steps)), delta);
  if (after <= epsilon * rounding) return;
  const spent = epsilonOf(curve, delta);
  throw new EngineError(
    "conflict",
    `the privacy budget is spent: ${trainings} trainings have used ε ${spent.toFixed(2)} of privacy.differential.epsilon ${epsilon}, and another one would make it ${after.toFixed(2)}; serve what there is, or raise epsilon`,
    { details: { epsilon: spent, after, budget: epsilon, trainings } },
  );
}

/** A training's part in the budget, and the budget after it. */
export interface Spending {
  readonly record: PrivacyRecord;
  readonly spent: SpentBudget;
}

/** @param steps that ran */
export function spend(
  { curve, trainings }: SpentBudget,
  { steps, plan }: { readonly steps: number; readonly plan: PrivatePlan },
  { epsilon: budget, delta }: DifferentialSettings,
): Spending {
  const own = costOf(plan, steps);
  const spent = { curve: addCurves(curve, own), trainings: trainings + 1 };
  const record = {
    ...{ epsilon: epsilonOf(spent.curve, delta), delta, ownEpsilon: epsilonOf(own, delta) },
    ...{ budget, ...plan, steps },
  };
  return { record, spent };
}

/** For the transaction that publishes what a training has found; nothing if it was not private. */
export const rememberSpending = (
  spending: Spending | undefined,
): NonNullable<PolicyChange["checkpoints"]> =>
  spending ? [{ name, bytes: Buffer.from(JSON.stringify(spending.spent)) }] : [];

export const recordOfSpending = (
  spending: Spending | undefined,
): { readonly privacy?: PrivacyRecord } => (spending ? { privacy: spending.record } : {});

export function evidenceOfSpending(spending: Spending | undefined): {
  readonly privacy?: PrivacyEvidence;
} {
  if (spending === undefined) return {};
  const { epsilon, delta } = spending.record;
  return { privacy: { epsilon, delta } };
}
