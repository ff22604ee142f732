import type { Decision } from "../../domain/decision.ts";
import { createRandom } from "../../numeric/random.ts";
import { jointPropensity, sampleSlate, slatePropensities } from "../../policy/slate.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import {
  aConfiguration,
  aFunction,
  aStore,
  checkOptions,
  wholeMilliseconds,
} from "../input/check-options.ts";
import { optional, storeNumber } from "../input/fields.ts";
import { createHoldbackCheck } from "./check-holdback.ts";
import { createLogitDeriver, type LogitDeriver, SnapshotProblem } from "./derive-logits.ts";

/** Largest difference between a logged and a re-derived propensity that rounding explains. */
export const auditTolerance = 1e-6;

const pageSize = 1000;

/** Of more findings only the counts are kept: with another configuration than the record's each decision is one. */
const keptFindings = 1000;

/**
 * `tampered-row`: the row was changed. `wrong-snapshot`: the bytes of its policy differ from the
 * published ones. `missing-snapshot`: its policy is missing. `underivable`: something else that it
 * depends on is missing.
 */
export type AuditCause = "tampered-row" | "wrong-snapshot" | "missing-snapshot" | "underivable";

/** A decision that could not be derived again as it was logged. */
export interface AuditFinding {
  readonly decisionId: string;
  readonly cause: AuditCause;
  readonly problem: string;
}

/** Result of an audit: number of decisions, largest difference of a propensity, and findings. */
export interface AuditReport {
  readonly decisions: number;
  readonly largestDifference: number;
  /** The first ones, at most 1,000. */
  readonly findings: readonly AuditFinding[];
  /** Of all findings. */
  readonly counts: Readonly<Partial<Record<AuditCause, number>>>;
}

/** Record, configuration and range of an audit. */
export interface AuditOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Decisions made at this time or later, milliseconds since 1970. */
  readonly from?: number;
  /** Decisions made before this time. */
  readonly to?: number;
  /** Number of decisions, the newest first. Default: all. */
  readonly limit?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const optionChecks = {
  store: aStore,
  configuration: aConfiguration,
  from: optional(wholeMilliseconds),
  to: optional(wholeMilliseconds),
  limit: optional(storeNumber),
  onProgress: optional(aFunction),
};

type Comparison = Partial<Omit<AuditFinding, "decisionId">> & { readonly difference: number };

const tampered = (difference: number, problem: string): Comparison => ({
  difference,
  cause: "tampered-row",
  problem,
});

/**
 * Largest difference of the position and joint propensities, and whether the seed draws the served
 * slate.
 */
function compare(decision: Decision, logits: Float64Array): Comparison {
  const order = decision.slate.map((item) =>
    decision.candidates.findIndex(({ itemId }) => itemId === item),
  );
  if (order.includes(-1)) return tampered(1, "the slate holds an item that was no candidate");
  const { exploration, policyVersion, seed } = decision;
  const derived = slatePropensities({ logits, order, exploration });
  const differences = derived.map((value, k) =>
    Math.abs(value - (decision.positionPropensities[k] ?? 0)),
  );
  const joint = Math.abs(jointPropensity(derived) - decision.slatePropensity);
  const difference = Math.max(joint, ...differences);
  if (!(difference <= auditTolerance)) {
    const problem = `propensities differ by ${difference.toExponential(2)} from those of policy version ${policyVersion}: the row was changed`;
    return tampered(difference, problem);
  }
  const random = createRandom(seed).split("slate");
  const redrawn = sampleSlate({ logits, slateSize: order.length, exploration, random });
  const same = redrawn.order.every((index, k) => index === order[k]);
  return same
    ? { difference }
    : tampered(difference, `seed ${seed} draws another slate: the row was changed`);
}

interface AuditParts {
  readonly deriver: LogitDeriver;
  readonly checkHoldback: ReturnType<typeof createHoldbackCheck>;
}

async function auditOne(
  { deriver, checkHoldback }: AuditParts,
  decision: Decision,
): Promise<Comparison> {
  try {
    const found = compare(decision, await deriver.deriveServed(decision));
    if (found.cause !== undefined) return found;
    const stranger = await checkHoldback(decision);
    return stranger === undefined ? found : tampered(found.difference, stranger);
  } catch (error) {
    if (error instanceof SnapshotProblem) {
      return { difference: 0, cause: error.kind, problem: error.message };
    }
    const problem = `can't be derived: ${(error as Error).message}`;
    return { difference: 0, cause: "underivable", problem };
  }
}

/** Pages of the decisions to be checked, oldest first. */
async function* readPages(
  { decisions }: Store,
  range: { readonly from: number; readonly to: number; readonly asOf: number },
  start: number,
): AsyncGenerator<readonly Decision[], void> {
  let after = start;
  for (;;) {
    const page = await decisions.scan({ ...range, after, limit: pageSize });
    yield page.map(({ decision }) => decision);
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.sequence;
  }
}

function createFindings() {
  const findings: AuditFinding[] = [];
  const counts: Partial<Record<AuditCause, number>> = {};
  const add = (finding: AuditFinding) => {
    const { cause } = finding;
    counts[cause] = (counts[cause] ?? 0) + 1;
    if (findings.length < keptFindings) findings.push(finding);
  };
  return { findings, counts, add };
}

/**
 * Derives the propensities of logged decisions again, from seed, snapshot, candidates, rules and
 * the profile as of their moment, and compares them with the logged ones. Also checks that users of
 * a holdback belong there. The range is fixed at the start, as of one event number, so a server may
 * go on writing.
 * @throws invalid_request if an option is unknown, of the wrong type or out of range
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  checkOptions(options, optionChecks);
  const { store, configuration, from = 0, to = Number.MAX_SAFE_INTEGER, limit } = options;
  // A server may be writing: later decisions are left to another audit.
  const range = { from, to, asOf: await store.sequence() };
  const { after, count } = await store.decisions.span({
    ...range,
    ...(limit !== undefined && { limit }),
  });
  const deriver = createLogitDeriver(store, configuration);
  const parts = { deriver, checkHoldback: createHoldbackCheck(store) };
  const { findings, counts, add } = createFindings();
  let decisions = 0;
  let largestDifference = 0;
  try {
    for await (const page of readPages(store, range, after)) {
      for (const decision of page) {
        const { decisionId } = decision;
        const { difference, cause, problem } = await auditOne(parts, decision);
        largestDifference = Math.max(largestDifference, difference);
        if (cause && problem !== undefined) add({ decisionId, cause, problem });
        decisions += 1;
        options.onProgress?.(decisions, count);
      }
    }
  } finally {
    await deriver.close();
  }
  return { decisions, largestDifference, findings, counts };
}
