import type { Arm } from "../../../domain/decision.ts";
import { EngineError } from "../../../domain/errors.ts";
import { uniformVersion } from "../../../domain/policy-snapshot.ts";
import { criticShape } from "../../../learning/critic-shape.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import type { NetworkFamily } from "../../../learning/network-family.ts";
import { boostLogits } from "../../../learning/score-rows.ts";
import {
  initialMetaPolicy,
  type MetaPolicyState,
  readMetaPolicy,
} from "../../../mpo/meta-policy.ts";
import { normaliseLogs } from "../../../numeric/log-probabilities.ts";
import type { Network } from "../../../policy/network.ts";
import { decodeNetwork, encodeNetwork, readNetwork } from "../../../policy/network-policy.ts";
import { judgedLogits, readPopularity } from "../../../policy/popularity.ts";
import { decodeTensors } from "../../../policy/snapshot.ts";
import type { PolicyChange, PolicyStore } from "../../../storage/policy-store.ts";
import type { Store } from "../../../storage/store.ts";
import type { Replay } from "../../serving/fast-loop/replay-loop.ts";
import { encodersOf } from "../../state/encoders.ts";

/** State that one cycle of a scenario hands to the next, beside the policies. `loadStart` has the event number of the loop's last start. */
export interface Carried {
  readonly critic: Network | undefined;
  readonly meta: MetaPolicyState;
}

const criticName = (scenario: string) => `critic/${scenario}`;
const metaName = (scenario: string) => `meta-policy/${scenario}`;
const startName = (scenario: string) => `start/${scenario}`;

/** What can't be read is undefined. */
async function readOr<T>(
  bytes: Uint8Array | undefined,
  read: (bytes: Uint8Array) => Promise<T>,
): Promise<T | undefined> {
  if (bytes === undefined) return undefined;
  try {
    return await read(bytes);
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** A critic that can't be read, or is of another build's shape, is learned again: it is a start, not a promise. */
async function decodeCritic(
  bytes: Uint8Array | undefined,
  policies: PolicyStore,
): Promise<Network | undefined> {
  const network = await readOr(bytes, (found) => decodeNetwork(found, encodersOf(policies)));
  const { heads, width } = network?.shape ?? {};
  return heads === criticShape.heads && width === criticShape.width ? network : undefined;
}

/** A belief about settings that can't be read begins anew: without it each cycle would fail. */
function decodeMeta(bytes: Uint8Array | undefined): MetaPolicyState {
  if (bytes === undefined) return initialMetaPolicy;
  try {
    return readMetaPolicy(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return initialMetaPolicy;
  }
}

export async function loadCarried(store: Store, scenario: string): Promise<Carried> {
  const critic = await store.checkpoints.load(criticName(scenario));
  const meta = await store.checkpoints.load(metaName(scenario));
  return {
    critic: await decodeCritic(critic, store.policies),
    meta: decodeMeta(meta),
  };
}

/** Event number after which feedback trains: a change of tastes made that of before worthless. 0 if none did. */
export async function loadStart(store: Store, scenario: string): Promise<number> {
  const bytes = await store.checkpoints.load(startName(scenario));
  return bytes === undefined ? 0 : Number(Buffer.from(bytes).toString());
}

/** The changes that remove it. */
export const forgetCarried = (scenario: string): readonly { readonly name: string }[] => [
  { name: criticName(scenario) },
  { name: metaName(scenario) },
];

/** @param carried.start event number after which the loop starts again: then no critic is carried on. What is learnt of settings always is. */
export const encodeCarried = (
  scenario: string,
  {
    critic,
    meta,
    start,
  }: { readonly critic: Network; readonly meta: MetaPolicyState; readonly start?: number },
): NonNullable<PolicyChange["checkpoints"]> => [
  { name: metaName(scenario), bytes: Buffer.from(JSON.stringify(meta)) },
  ...(start === undefined
    ? [{ name: criticName(scenario), bytes: encodeNetwork(critic, "critic") }]
    : [
        { name: criticName(scenario) },
        { name: startName(scenario), bytes: Buffer.from(String(start)) },
      ]),
];

/** @throws corrupt_snapshot, and not_found if its encoder is missing */
export async function loadServed(store: Store, version: number): Promise<Network | undefined> {
  const bytes = await store.policies.bytes(version);
  return bytes && decodeNetwork(bytes, encodersOf(store.policies));
}

type LogsOf = (rows: readonly FeedbackRow[]) => Promise<readonly Float64Array[]>;

const uniformLogs: LogsOf = async (rows) =>
  rows.map((row) => normaliseLogs(boostLogits(new Float64Array(row.candidates.length), row)));

/** The network of a policy beside the serving one. Undefined if it is gone or can't be read: a cycle continues without it. */
export async function loadBeside(store: Store, version: number): Promise<Network | undefined> {
  return readOr(await store.policies.bytes(version), (bytes) =>
    decodeNetwork(bytes, encodersOf(store.policies)),
  );
}

/** log π of a version's rows, whatever its kind; undefined if its snapshot is gone or can't be read. */
async function loadLogs(
  { store, family }: { readonly store: Store; readonly family: NetworkFamily },
  version: number,
): Promise<LogsOf | undefined> {
  if (version === uniformVersion) return uniformLogs;
  return readOr(await store.policies.bytes(version), async (bytes): Promise<LogsOf> => {
    const file = decodeTensors(bytes);
    if (file.meta.kind === "popularity") {
      const popularity = readPopularity(file);
      return async (rows) =>
        rows.map(({ candidates, ...additions }) =>
          normaliseLogs(judgedLogits(popularity, candidates, additions)),
        );
    }
    const network = await readNetwork(file, encodersOf(store.policies));
    return async (rows) => await family.scorePolicy(network, rows);
  });
}

/** New rows by version, those of a fast loop or the others. */
function groupRows(
  rows: readonly FeedbackRow[],
  areForeign: boolean,
): ReadonlyMap<number, FeedbackRow[]> {
  const groups = new Map<number, FeedbackRow[]>();
  for (const row of rows) {
    if (row.fold === "older" || row.trainsOnly || (row.isForeign === true) !== areForeign) continue;
    const group = groups.get(row.policyVersion) ?? [];
    groups.set(row.policyVersion, group);
    group.push(row);
  }
  return groups;
}

interface LoggingParts {
  readonly store: Store;
  readonly family: NetworkFamily;
  /** Derives draws of a fast loop. Absent in a bench without one. */
  readonly replay?: Replay;
}

/** log π with the draw of rows that a fast loop made. Rows whose draw can't be derived, or whose policy is gone, have their propensity alone. */
async function knowDraws(
  rows: readonly FeedbackRow[],
  { store, replay }: LoggingParts,
  serving: { readonly version: number; readonly arm: Arm },
): Promise<ReadonlyMap<FeedbackRow, Partial<FeedbackRow>>> {
  const known = new Map<FeedbackRow, Partial<FeedbackRow>>();
  if (replay === undefined) return known;
  for (const [version, made] of groupRows(rows, true)) {
    const own = version === serving.version ? { arm: serving.arm, isOwnDraw: true } : {};
    const network = await loadBeside(store, version);
    if (network === undefined) continue;
    const logs = await replay(network, made);
    for (const [index, row] of made.entries()) {
      const loggingLogs = logs[index];
      if (loggingLogs) known.set(row, { ...own, loggingLogs, isForeign: false });
    }
  }
  return known;
}

/**
 * New rows with log π of the policy that made them, so that every arm judges by its own propensities. Rows of the serving policy count
 * as its arm's, whichever arm they were shown in. Rows of a policy that is gone train only.
 */
export async function knowLogging(
  rows: readonly FeedbackRow[],
  parts: LoggingParts,
  serving: { readonly version: number; readonly arm: Arm },
): Promise<readonly FeedbackRow[]> {
  const known = new Map(await knowDraws(rows, parts, serving));
  for (const [version, made] of groupRows(rows, false)) {
    if (version === serving.version) {
      for (const row of made) known.set(row, { arm: serving.arm });
      continue;
    }
    const logs = await (await loadLogs(parts, version))?.(made);
    for (const [index, row] of made.entries()) {
      const loggingLogs = logs?.[index];
      known.set(row, loggingLogs ? { loggingLogs } : { trainsOnly: true });
    }
  }
  return rows.map((row) => ({ ...row, ...known.get(row) }));
}
