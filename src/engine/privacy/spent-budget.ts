import { EngineError } from "../../domain/errors.ts";
import type { DifferentialSettings, PrivacyEvidence, PrivacyRecord } from "../../domain/privacy.ts";
import { canTrain, costOf, type PrivatePlan, planPrivately } from "../../learning/privacy/plan.ts";
import { formatCounted } from "../../numeric/format.ts";
import {
  addCurves,
  epsilonOf,
  nothingSpent,
  orders,
  type RenyiCurve,
} from "../../numeric/privacy/accountant.ts";
import type { PolicyChange } from "../../storage/policy-store.ts";
import type { Store } from "../../storage/store.ts";

/** All private trainings of a record so far: they share its users, whatever their scenario is. */
export interface SpentBudget {
  readonly curve: RenyiCurve;
  readonly trainings: number;
}

const name = "privacy/spent";

/** @throws corrupt_snapshot if the account can't be read: a budget of unknown size is spent */
export async function loadSpent({ checkpoints }: Store): Promise<SpentBudget> {
  const bytes = await checkpoints.load(name);
  if (bytes === undefined) return { curve: nothingSpent, trainings: 0 };
  const { trainings, curve } = JSON.parse(Buffer.from(bytes).toString()) as SpentBudget;
  const isWhole = curve.length === orders.length && curve.every(Number.isFinite);
  if (isWhole) return { curve, trainings };
  throw new EngineError(
    "corrupt_snapshot",
    `the account of the privacy budget is damaged: expected ${orders.length} finite numbers, got ${curve.length}; restore a backup`,
  );
}

/** ε of all private trainings so far. */
export const spentEpsilon = ({ curve }: SpentBudget, delta: number): number =>
  epsilonOf(curve, delta);

function describeLack(
  { trainings }: SpentBudget,
  { epsilon: budget, trainings: most }: DifferentialSettings,
  epsilon: number,
): string {
  const used = `${formatCounted(trainings, "training")} used ε ${epsilon.toFixed(2)} of ${budget}`;
  if (trainings >= most)
    return `the privacy budget is spent: ${used}, and privacy.differential.trainings is ${most}; serve the present policy, or raise privacy.differential.epsilon and trainings`;
  const left = formatCounted(most - trainings, "training");
  const lack = `privacy.differential.epsilon is ${budget}: too little for ${left}`;
  return `${lack}${trainings > 0 ? ` more, since ${used}` : ""}; raise it, or lower trainings`;
}

/**
 * The plan of the next training: the rest of the budget is divided between the trainings that are left.
 * @throws conflict if nothing is left
 */
export function planNext(spent: SpentBudget, settings: DifferentialSettings): PrivatePlan {
  const plan = planPrivately(settings, spent);
  if (plan !== undefined) return plan;
  const epsilon = spentEpsilon(spent, settings.delta);
  throw new EngineError("conflict", describeLack(spent, settings, epsilon), {
    details: { epsilon, budget: settings.epsilon, trainings: spent.trainings },
  });
}

/** Whether no further training is allowed. */
export const isBudgetSpent = async (
  store: Store,
  settings: DifferentialSettings,
): Promise<boolean> => !canTrain(settings, await loadSpent(store));

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
    epsilon: epsilonOf(spent.curve, delta),
    delta,
    ownEpsilon: epsilonOf(own, delta),
    budget,
    ...plan,
    steps,
  };
  return { record, spent };
}

/** For the transaction that publishes a training; nothing if it was not private. */
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
