import type { ScannedDecision } from "../../storage/decision-store.ts";
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
import { addBoosts, momentOf } from "../rules/draw-rules.ts";
import { createEncoders } from "../state/encoders.ts";
import { checkAds } from "./check-ads.ts";
import { type ArmCheck, checkArm } from "./check-arm.ts";
import { checkCandidates } from "./check-candidates.ts";
import type { CandidateCheck } from "./check-retrieval.ts";
import { comparePropensities, type PropensityComparison } from "./compare-propensities.ts";
import { createLogitDeriver, type LogitDeriver, SnapshotProblem } from "./derive-logits.ts";

const pageSize = 1000;

/** The derivation agrees, so it is a number that nothing else depends on. */
const changedRow = "the row is not as it was written, by its checksum: the row was changed";

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

/** Result of an audit. */
export interface AuditReport {
  readonly decisions: number;
  /** Largest |log(derived/logged)| of a position's or a slate's propensity. */
  readonly largestDifference: number;
  /** Decisions whose arm the record does not suffice for. */
  readonly armsNotDerivable: number;
  /** Decisions for which it does not tell which of the offered items were kept as candidates. */
  readonly retrievalsNotDerivable: number;
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

type Checked = Partial<Omit<AuditFinding, "decisionId">> &
  PropensityComparison &
  ArmCheck &
  CandidateCheck;

interface AuditParts {
  readonly store: Store;
  readonly deriver: LogitDeriver;
}

async function check(
  parts: AuditParts,
  { decision, isChanged }: ScannedDecision,
): Promise<Checked> {
  const candidates = await checkCandidates(parts, decision);
  if (candidates.problem !== undefined) return { ...candidates, difference: 0 };
  const rules = await parts.deriver.drawRules(decision);
  const logits = addBoosts(await parts.deriver.deriveServed(decision), rules);
  const { slateSize } = momentOf(decision);
  const propensities = comparePropensities(decision, logits, { rules, slateSize });
  if (propensities.problem !== undefined) return propensities;
  const ads = await checkAds(parts, decision, { logits, rules });
  if (ads !== undefined) return { ...propensities, problem: ads };
  // A derived number says more than the checksum.
  return {
    ...propensities,
    ...candidates,
    ...(isChanged && { problem: changedRow }),
    ...(await checkArm(parts, decision)),
  };
}

async function auditOne(parts: AuditParts, scanned: ScannedDecision): Promise<Checked> {
  try {
    const checked = await check(parts, scanned);
    return checked.problem === undefined ? checked : { ...checked, cause: "tampered-row" };
  } catch (error) {
    if (error instanceof SnapshotProblem)
      return { difference: 0, cause: error.kind, problem: error.message };
    const problem = `can't be derived: ${(error as Error).message}`;
    return { difference: 0, cause: "underivable", problem };
  }
}

/** Pages of the decisions to be checked, oldest first. */
async function* readPages(
  { decisions }: Store,
  range: { readonly from: number; readonly to: number; readonly asOf: number },
  start: number,
): AsyncGenerator<readonly ScannedDecision[], void> {
  let after = start;
  for (;;) {
    const page = await decisions.scan({ ...range, after, limit: pageSize });
    yield page;
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
 * the profile as of their moment, and compares them with the logged ones. Also derives arms and
 * candidates, and checks that no row was changed. The range is fixed at the start, as of one event number, so a server may
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
  // Encoders of its own: states that serving has worked out would not be checked.
  const deriver = createLogitDeriver(store, configuration, createEncoders(store.policies));
  const { findings, counts, add } = createFindings();
  let decisions = 0;
  let largestDifference = 0;
  let armsNotDerivable = 0;
  let retrievalsNotDerivable = 0;
  try {
    for await (const page of readPages(store, range, after)) {
      for (const scanned of page) {
        const { decisionId } = scanned.decision;
        const checked = await auditOne({ store, deriver }, scanned);
        const { difference, cause, problem } = checked;
        if (checked.isArmUnknown) armsNotDerivable += 1;
        if (checked.isRetrievalUnknown) retrievalsNotDerivable += 1;
        largestDifference = Math.max(largestDifference, difference);
        if (cause && problem !== undefined) add({ decisionId, cause, problem });
        decisions += 1;
        options.onProgress?.(decisions, count);
      }
    }
  } finally {
    await deriver.close();
  }
  return {
    decisions,
    largestDifference,
    armsNotDerivable,
    retrievalsNotDerivable,
    findings,
    counts,
  };
}
