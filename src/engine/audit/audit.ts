import type { ScannedDecision } from "../../storage/decision-store.ts";
import type { Removed } from "../../storage/erasure-store.ts";
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
import { readDecisions, type UnreadableDecision } from "./read-decisions.ts";

/** The derivation agrees, so it is a number that nothing else depends on. */
const wasChanged = (part: string) =>
  `${part} is not as it was written, by its checksum: it was changed`;

/** Why a decision can't be derived any more: rows that it stood on were removed. */
export type RemovalKind = Removed["kind"];

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
  /** Decisions whose row is whole, and that can't be derived because rows that they stood on are gone. */
  readonly notDerivable: Readonly<Record<RemovalKind, number>>;
  /** Ids of the first of them, at most 1,000. */
  readonly notDerivableIds: readonly string[];
  /** Rows that were removed from the whole record. */
  readonly removed: readonly Removed[];
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

type Checked = Partial<Omit<AuditFinding, "decisionId">> & {
  readonly removal?: RemovalKind;
} & PropensityComparison &
  ArmCheck &
  CandidateCheck;

interface AuditParts {
  readonly store: Store;
  readonly deriver: LogitDeriver;
}

async function check(parts: AuditParts, { decision, changed }: ScannedDecision): Promise<Checked> {
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
    ...(changed !== undefined && { problem: wasChanged(changed) }),
    ...(await checkArm(parts, decision)),
  };
}

/**
 * The removal that can be the reason why a whole row is not derived as it was logged: of any rows of
 * its past by retention, or of other users' by an erasure if it reads those.
 */
async function findRemoval(
  { store }: AuditParts,
  { decision, changed }: ScannedDecision,
): Promise<RemovalKind | undefined> {
  if (changed !== undefined) return undefined;
  const { asOf, fastLoop, servingRule } = decision;
  const { social, sources } = servingRule ?? {};
  const readsOthers =
    fastLoop !== undefined || social !== undefined || (sources?.trending ?? 0) > 0;
  const kinds = (await store.erasures.after(asOf))
    .filter(({ kind, first }) => first <= asOf && (readsOthers || kind === "retention"))
    .map(({ kind }) => kind);
  return kinds[0];
}

async function auditOne(parts: AuditParts, scanned: ScannedDecision): Promise<Checked> {
  const checked = await deriveOne(parts, scanned);
  if (checked.cause !== "tampered-row" && checked.cause !== "underivable") return checked;
  const removal = await findRemoval(parts, scanned);
  return removal === undefined ? checked : { difference: 0, removal };
}

async function deriveOne(parts: AuditParts, scanned: ScannedDecision): Promise<Checked> {
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

const unreadableRow = ({ problem }: UnreadableDecision): Checked => ({
  difference: 0,
  cause: "tampered-row",
  problem,
});

/** Everything that an audit counts. */
function createTally() {
  const findings: AuditFinding[] = [];
  const counts: Partial<Record<AuditCause, number>> = {};
  const notDerivable = { erasure: 0, retention: 0 };
  const notDerivableIds: string[] = [];
  const sums = {
    decisions: 0,
    largestDifference: 0,
    armsNotDerivable: 0,
    retrievalsNotDerivable: 0,
  };
  const addFinding = (finding: AuditFinding) => {
    const { cause } = finding;
    counts[cause] = (counts[cause] ?? 0) + 1;
    if (findings.length < keptFindings) findings.push(finding);
  };
  const addGone = (kind: RemovalKind, decisionId: string) => {
    notDerivable[kind] += 1;
    if (notDerivableIds.length < keptFindings) notDerivableIds.push(decisionId);
  };
  const add = (decisionId: string, checked: Checked) => {
    const { difference, cause, problem, removal } = checked;
    sums.decisions += 1;
    if (checked.isArmUnknown) sums.armsNotDerivable += 1;
    if (checked.isRetrievalUnknown) sums.retrievalsNotDerivable += 1;
    sums.largestDifference = Math.max(sums.largestDifference, difference);
    if (removal) addGone(removal, decisionId);
    if (cause && problem !== undefined) addFinding({ decisionId, cause, problem });
    return sums.decisions;
  };
  return { add, report: () => ({ ...sums, notDerivable, notDerivableIds, findings, counts }) };
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
  const tally = createTally();
  try {
    for await (const scanned of readDecisions(store, range, after)) {
      const done =
        "problem" in scanned
          ? tally.add(scanned.decisionId, unreadableRow(scanned))
          : tally.add(scanned.decision.decisionId, await auditOne({ store, deriver }, scanned));
      options.onProgress?.(done, count);
    }
  } finally {
    await deriver.close();
  }
  return { ...tally.report(), removed: await store.erasures.totals() };
}
