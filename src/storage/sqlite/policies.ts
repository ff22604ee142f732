import { createHash } from "node:crypto";
import { EngineError } from "../../domain/errors.ts";
import {
  type Assignment,
  type PolicySnapshot,
  policyKinds,
  policyStatuses,
  promotionModes,
} from "../../domain/policy-snapshot.ts";
import { canonicalJson } from "../canonical-json.ts";
import { policyEvidence } from "../policy-evidence-schema.ts";
import type { NewPolicy, PolicyChange, PolicyStore } from "../policy-store.ts";
import { decodeRecord, encodeRecord } from "../record-schema.ts";
import { prepareCheckpoints } from "./checkpoints.ts";
import { readBytes, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { prepareCycleInsert } from "./cycles.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { prepareInterventionInsert } from "./interventions.ts";
import { column, defineTable } from "./table.ts";

const [, ...heldModes] = promotionModes;

const table = defineTable<PolicySnapshot>({
  version: column.number("version"),
  scenario: column.text("scenario"),
  kind: column.member("kind", policyKinds),
  status: column.member("status", policyStatuses),
  parent: column.optional(column.number("parent")),
  createdAt: column.number("created_at"),
  checksum: column.text("checksum"),
  sizeBytes: column.number("size_bytes"),
  evidence: {
    name: "evidence",
    encode: encodeRecord,
    decode: (row, name) => decodeRecord(policyEvidence, readText(row, name)),
  },
});
const { columns } = table;

const assignments = defineTable<Assignment & { readonly scenario: string }>({
  scenario: column.text("scenario"),
  serving: column.optional(column.number("serving")),
  canary: column.optional(column.number("canary")),
  canaryShare: column.number("canary_share"),
  holdback: column.optional(column.number("holdback")),
  holdbackShare: column.optional(column.number("holdback_share")),
  anchor: column.optional(column.number("anchor")),
  anchorShare: column.optional(column.number("anchor_share")),
  anchorSince: column.optional(column.number("anchor_since")),
  baseline: column.optional(column.number("baseline")),
  exploration: column.optional(column.number("exploration")),
  mode: column.optional(column.member("mode", heldModes)),
  waiting: column.optional(column.number("waiting")),
  retriever: column.optional(column.number("retriever")),
});

/** Columns of assignments that name a version. */
export const assignedColumns: readonly string[] = [
  "serving",
  "canary",
  "holdback",
  "anchor",
  "baseline",
  "waiting",
  "retriever",
];

function prepareStatements(connection: Connection) {
  return {
    lastVersion: connection.prepare(
      "SELECT coalesce(max(version), 0) AS version FROM policy_snapshots",
    ),
    insert: connection.prepare(
      `INSERT INTO policy_snapshots (${columns}) VALUES (${table.placeholders})`,
    ),
    insertBytes: connection.prepare("INSERT INTO policy_bytes (version, bytes) VALUES (?, ?)"),
    update: connection.prepare(
      `UPDATE policy_snapshots SET status = ?, evidence = coalesce(?, evidence) WHERE version = ?`,
    ),
    assign: connection.prepare(
      `INSERT INTO assignments (sequence, ${assignments.columns}) VALUES (?, ${assignments.placeholders})`,
    ),
    checkpoints: prepareCheckpoints(connection),
    saveEncoder: connection.prepare("INSERT OR IGNORE INTO encoders (hash, bytes) VALUES (?, ?)"),
    encoder: connection.prepare("SELECT bytes FROM encoders WHERE hash = ?"),
    insertCycle: prepareCycleInsert(connection),
    insertIntervention: prepareInterventionInsert(connection),
    assignment: connection.prepare(
      `SELECT ${assignments.columns} FROM assignments WHERE scenario = ? AND sequence <= ?
       ORDER BY sequence DESC LIMIT 1`,
    ),
    find: connection.prepare(`SELECT ${columns} FROM policy_snapshots WHERE version = ?`),
    list: connection.prepare(
      `SELECT ${columns} FROM policy_snapshots ORDER BY version DESC LIMIT ?`,
    ),
    listOfScenario: connection.prepare(
      `SELECT ${columns} FROM policy_snapshots WHERE scenario = ? ORDER BY version DESC LIMIT ?`,
    ),
    rolledBack: connection.prepare(
      `SELECT scenario, count(*) AS policies FROM policy_snapshots WHERE status = 'rolled-back'
       GROUP BY scenario`,
    ),
    newestAt: connection.prepare(
      `SELECT max(max(${assignedColumns.map((name) => `coalesce(${name}, 0)`).join(", ")})) AS version
       FROM assignments WHERE sequence <= ?`,
    ),
    addFresh: connection.prepare("INSERT INTO fresh_starts VALUES (?, ?, ?)"),
    fresh: connection.prepare(
      `SELECT version, sequence FROM fresh_starts WHERE scenario = ? AND version <= ?
       ORDER BY version DESC LIMIT 1`,
    ),
    bytes: connection.prepare("SELECT bytes FROM policy_bytes WHERE version = ?"),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function insertPolicy(statements: Statements, { bytes, ...policy }: NewPolicy): number {
  const version = readNumber(statements.lastVersion.get() ?? {}, "version") + 1;
  const checksum = createHash("sha256").update(bytes).digest("hex");
  const snapshot = { ...policy, version, checksum, sizeBytes: bytes.byteLength };
  statements.insert.run(...table.encode(snapshot));
  statements.insertBytes.run(version, bytes);
  return version;
}

function updateStatus(
  statements: Statements,
  { version, status, evidence }: NonNullable<PolicyChange["statuses"]>[number],
): void {
  const text = evidence === undefined ? null : encodeRecord(evidence);
  if (statements.update.run(status, text, version) > 0) return;
  throw new EngineError(
    "not_found",
    `no policy of version ${version}; name one of the list of policies`,
    { details: { version } },
  );
}

function readAssignment(
  statements: Statements,
  scenario: string,
  asOf = Number.MAX_SAFE_INTEGER,
): Assignment {
  const row = statements.assignment.get(scenario, asOf);
  if (row === undefined) return { canaryShare: 0 };
  const { scenario: _, ...assignment } = assignments.decode(row);
  return assignment;
}

const isSame = (one: Assignment, other: Assignment): boolean =>
  canonicalJson({ ...one }) === canonicalJson({ ...other });

function checkReplaced(found: Assignment, replaces: Assignment, scenario: string): void {
  if (isSame(found, replaces)) return;
  const { serving, mode = "automatic" } = found;
  const message = `the policies of ${scenario} changed meanwhile: version ${serving} serves, promotions are ${mode}; read the present state and decide again`;
  throw new EngineError("conflict", message, { details: { scenario, serving } });
}

function assign(
  statements: Statements,
  { scenario, assignment, replaces }: ReturnType<NonNullable<PolicyChange["assign"]>>,
  numbers: EventNumbers,
): void {
  const found = readAssignment(statements, scenario);
  if (replaces) checkReplaced(found, replaces, scenario);
  if (isSame(found, assignment)) return;
  statements.assign.run(numbers.next(), ...assignments.encode({ ...assignment, scenario }));
}

function noteFresh(
  { addFresh }: Statements,
  { add = [], freshAsOf }: PolicyChange,
  [version]: readonly number[],
): void {
  const [first] = add;
  if (freshAsOf === undefined || first === undefined || version === undefined) return;
  addFresh.run(version, first.scenario, freshAsOf);
}

function applyChange(statements: Statements, change: PolicyChange, numbers: EventNumbers) {
  const added = (change.add ?? []).map((policy) => insertPolicy(statements, policy));
  noteFresh(statements, change, added);
  for (const status of change.statuses ?? []) updateStatus(statements, status);
  if (change.assign) assign(statements, change.assign(added), numbers);
  for (const { hash, bytes } of change.encoders ?? []) statements.saveEncoder.run(hash, bytes);
  for (const { name, bytes } of change.checkpoints ?? [])
    statements.checkpoints.replace(name, bytes);
  return {
    added,
    ...(change.cycle && { cycle: statements.insertCycle(change.cycle(added)) }),
    ...(change.intervention && {
      intervention: statements.insertIntervention(change.intervention),
    }),
  };
}

export function createPolicyStore(connection: Connection, commits: GroupCommit): PolicyStore {
  const statements = prepareStatements(connection);
  return {
    apply: (change) => commits.run((numbers) => applyChange(statements, change, numbers)),
    assignment: async (scenario, asOf) => readAssignment(statements, scenario, asOf),
    find: async (version) => {
      const row = statements.find.get(version);
      return row && table.decode(row);
    },
    newestAt: async (sequence) => Number(statements.newestAt.get(sequence)?.version ?? 0),
    freshStart: async (scenario, version) => {
      const row = statements.fresh.get(scenario, version);
      return row && { version: readNumber(row, "version"), sequence: readNumber(row, "sequence") };
    },
    list: async ({ scenario, limit }) => {
      const rows =
        scenario === undefined
          ? statements.list.all(limit)
          : statements.listOfScenario.all(scenario, limit);
      return rows.map(table.decode);
    },
    countRolledBack: async () =>
      statements.rolledBack.all().map((row) => ({
        scenario: readText(row, "scenario"),
        policies: readNumber(row, "policies"),
      })),
    bytes: async (version) => {
      const row = statements.bytes.get(version);
      return row && readBytes(row, "bytes");
    },
    encoder: async (hash) => {
      const row = statements.encoder.get(hash);
      return row && readBytes(row, "bytes");
    },
  };
}
