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
import { decodeRecord, encodeRecord } from "../record-schema.ts";
import type { NewPolicy, PolicyChange, PolicyStore } from "../store.ts";
import { readBytes, readMember, readNumber, readOptionalNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { prepareCycleInsert } from "./cycles.ts";
import type { GroupCommit } from "./group-commit.ts";
import { prepareInterventionInsert } from "./interventions.ts";

const [, ...heldModes] = promotionModes;

const columns =
  "version, scenario, kind, status, parent, created_at, checksum, size_bytes, evidence";

function prepareStatements(connection: Connection) {
  return {
    lastVersion: connection.prepare(
      "SELECT coalesce(max(version), 0) AS version FROM policy_snapshots",
    ),
    insert: connection.prepare(
      `INSERT INTO policy_snapshots (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertBytes: connection.prepare("INSERT INTO policy_bytes (version, bytes) VALUES (?, ?)"),
    update: connection.prepare(
      `UPDATE policy_snapshots SET status = ?, evidence = coalesce(?, evidence) WHERE version = ?`,
    ),
    assign: connection.prepare(
      `INSERT OR REPLACE INTO assignments
         (scenario, serving, canary, canary_share, holdback, holdback_share, baseline, exploration, mode, waiting)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    saveCheckpoint: connection.prepare(
      "INSERT OR REPLACE INTO checkpoints (name, bytes) VALUES (?, ?)",
    ),
    insertCycle: prepareCycleInsert(connection),
    insertIntervention: prepareInterventionInsert(connection),
    assignment: connection.prepare("SELECT * FROM assignments WHERE scenario = ?"),
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
    bytes: connection.prepare("SELECT bytes FROM policy_bytes WHERE version = ?"),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function decodeSnapshot(row: Row): PolicySnapshot {
  return {
    version: readNumber(row, "version"),
    scenario: readText(row, "scenario"),
    kind: readMember(row, "kind", policyKinds),
    status: readMember(row, "status", policyStatuses),
    ...readOptionalNumber(row, "parent", "parent"),
    createdAt: readNumber(row, "created_at"),
    checksum: readText(row, "checksum"),
    sizeBytes: readNumber(row, "size_bytes"),
    evidence: decodeRecord(policyEvidence, readText(row, "evidence")),
  };
}

function decodeAssignment(row: Row): Assignment {
  return {
    ...readOptionalNumber(row, "serving", "serving"),
    ...readOptionalNumber(row, "canary", "canary"),
    canaryShare: readNumber(row, "canary_share"),
    ...readOptionalNumber(row, "holdback", "holdback"),
    ...readOptionalNumber(row, "holdback_share", "holdbackShare"),
    ...readOptionalNumber(row, "baseline", "baseline"),
    ...readOptionalNumber(row, "exploration", "exploration"),
    ...(row.mode !== null && { mode: readMember(row, "mode", heldModes) }),
    ...readOptionalNumber(row, "waiting", "waiting"),
  };
}

function insertPolicy(statements: Statements, policy: NewPolicy): number {
  const version = readNumber(statements.lastVersion.get() ?? {}, "version") + 1;
  statements.insert.run(
    version,
    policy.scenario,
    policy.kind,
    policy.status,
    policy.parent ?? null,
    policy.createdAt,
    createHash("sha256").update(policy.bytes).digest("hex"),
    policy.bytes.byteLength,
    encodeRecord(policy.evidence),
  );
  statements.insertBytes.run(version, policy.bytes);
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

function readAssignment(statements: Statements, scenario: string): Assignment {
  const row = statements.assignment.get(scenario);
  return row === undefined ? { canaryShare: 0 } : decodeAssignment(row);
}

function checkReplaced(found: Assignment, replaces: Assignment, scenario: string): void {
  if (canonicalJson({ ...found }) === canonicalJson({ ...replaces })) return;
  const { serving, mode = "automatic" } = found;
  const message = `the policies of ${scenario} changed meanwhile: version ${serving} serves, promotions are ${mode}; read the present state and decide again`;
  throw new EngineError("conflict", message, { details: { scenario, serving } });
}

function assign(
  statements: Statements,
  { scenario, assignment, replaces }: ReturnType<NonNullable<PolicyChange["assign"]>>,
): void {
  if (replaces) checkReplaced(readAssignment(statements, scenario), replaces, scenario);
  const { serving = null, canary = null, canaryShare, baseline = null } = assignment;
  const { holdback = null, holdbackShare = null, exploration = null } = assignment;
  const { mode = null, waiting = null } = assignment;
  statements.assign.run(
    scenario,
    serving,
    canary,
    canaryShare,
    holdback,
    holdbackShare,
    baseline,
    exploration,
    mode,
    waiting,
  );
}

function applyChange(statements: Statements, change: PolicyChange) {
  const added = (change.add ?? []).map((policy) => insertPolicy(statements, policy));
  for (const status of change.statuses ?? []) updateStatus(statements, status);
  if (change.assign) assign(statements, change.assign(added));
  for (const { name, bytes } of change.checkpoints ?? []) {
    statements.saveCheckpoint.run(name, bytes);
  }
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
    apply: (change) => commits.run(() => applyChange(statements, change)),
    assignment: async (scenario) => readAssignment(statements, scenario),
    find: async (version) => {
      const row = statements.find.get(version);
      return row && decodeSnapshot(row);
    },
    list: async ({ scenario, limit }) => {
      const rows =
        scenario === undefined
          ? statements.list.all(limit)
          : statements.listOfScenario.all(scenario, limit);
      return rows.map(decodeSnapshot);
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
  };
}
