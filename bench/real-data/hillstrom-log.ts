import { evaluateLog, type LogEvaluation } from "../../src/analysis/off-policy/evaluate-log.ts";
import type { TargetPolicy } from "../../src/analysis/off-policy/target-policy.ts";
import { logOf, targetOf } from "./memory-log.ts";
import { arms, type Customer, type Outcome } from "./read-hillstrom.ts";

/** P(arm) of each arm, for a customer. */
export type LoggingPolicy = (customer: Customer) => readonly number[];

/** The experiment's own. */
const evenly: LoggingPolicy = () => arms.map(() => 1 / arms.length);

/** A row for each customer, as `recurve evaluate off-policy` reads them. */
export const evaluate = (
  customers: readonly Customer[],
  { outcome, logging = evenly }: { readonly outcome: Outcome; readonly logging?: LoggingPolicy },
  target: TargetPolicy,
): Promise<LogEvaluation> =>
  evaluateLog(
    logOf(
      "hillstrom.csv",
      customers.map((customer) => {
        const propensities = logging(customer);
        return {
          position: 0,
          action: arms[customer.arm]!,
          candidates: arms,
          reward: customer.outcome[outcome],
          propensities,
          propensity: propensities[customer.arm]!,
        };
      }),
    ),
    async () => target,
  );

/** Sends everybody the same. */
export const always = (arm: number): TargetPolicy =>
  targetOf(`always ${arms[arm]}`, () => arms.map((_, index) => (index === arm ? 1 : 0)));
