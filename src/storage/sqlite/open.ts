import { EngineError } from "../../domain/errors.ts";
import type { Store } from "../store.ts";
import { createCampaignStore } from "./campaigns.ts";
import { createCheckpointStore } from "./checkpoints.ts";
import { readNumber } from "./columns.ts";
import { type Connection, openConnection } from "./connection.ts";
import { prepareConsents } from "./consents.ts";
import { createCycleStore } from "./cycles.ts";
import { createDecisionStore } from "./decisions.ts";
import { createDeferralStore } from "./deferrals.ts";
import { createDocumentStore } from "./documents.ts";
import { createEdgeStore } from "./edges.ts";
import { createErasureStore } from "./erasures.ts";
import { createEventStore } from "./events.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { createHeartbeats } from "./heartbeats.ts";
import { createInterventionStore } from "./interventions.ts";
import { createItemStore } from "./items.ts";
import { createKeyStore } from "./keys.ts";
import { retryWhileLocked } from "./lock-wait.ts";
import { type LogSync, takeOverSync } from "./log-sync.ts";
import { checkDatabase, isNew, migrate } from "./migrate.ts";
import { createPolicyStore } from "./policies.ts";
import { learnAlone, trackAlone } from "./process-lock.ts";
import { createPseudonymStore } from "./pseudonyms.ts";
import { createReactionStore } from "./reactions.ts";
import { everything, learnableScope, type ReadScope } from "./read-scope.ts";
import { createRetentionStore } from "./retention.ts";
import { createSecret, ensureSecret } from "./secret.ts";
import { createTrailStore } from "./trail.ts";
import { createUserStore } from "./users.ts";
import { createWrittenFileStore } from "./written-files.ts";

async function closeStore(
  connection: Connection,
  { commits, log }: { readonly commits: GroupCommit; readonly log: LogSync },
): Promise<void> {
  try {
    await commits.drain();
    await log.close();
    // So that the file alone is the whole record and can be copied; not if another process reads
    // the log.
    connection.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    connection.close();
  }
}

/** Stores whose reads the consent of users narrows. */
const createScoped = (connection: Connection, commits: GroupCommit, scope: ReadScope) => ({
  edges: createEdgeStore(connection, commits, scope),
  events: createEventStore(connection, commits, scope),
  decisions: createDecisionStore(connection, commits, scope),
  reactions: createReactionStore(connection, commits, scope),
});

function createStore(connection: Connection, path: string, log: LogSync): Store {
  const commits = createGroupCommit(connection, log.sync);
  const consents = prepareConsents(connection);
  const learnable = new Map<boolean, ReturnType<typeof createScoped>>();
  const sequence = connection.prepare("SELECT sequence FROM event_number");
  const size = connection.prepare(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
  );
  let closed: Promise<void> | undefined;
  return {
    ...createScoped(connection, commits, everything),
    users: createUserStore(connection, commits),
    items: createItemStore(connection, commits),
    campaigns: createCampaignStore(connection, commits),
    policies: createPolicyStore(connection, commits),
    cycles: createCycleStore(connection),
    interventions: createInterventionStore(connection),
    keys: createKeyStore(connection, commits),
    trail: createTrailStore(connection, commits),
    consents: {
      of: async (user, asOf) => consents.of(user, asOf),
      newest: async () => consents.newest(),
    },
    pseudonyms: createPseudonymStore(connection, commits),
    learnable: (byDefault) => {
      const known = learnable.get(byDefault);
      const found = known ?? createScoped(connection, commits, learnableScope(byDefault));
      learnable.set(byDefault, found);
      return found;
    },
    checkpoints: createCheckpointStore(connection),
    erasures: createErasureStore(connection, commits, path),
    retention: createRetentionStore(connection, commits),
    files: createWrittenFileStore(connection, commits),
    deferrals: createDeferralStore(connection, commits),
    documents: createDocumentStore(connection, commits),
    heartbeats: createHeartbeats(connection, commits),
    secret: createSecret(connection),
    sizeBytes: async () => readNumber(size.get() ?? {}, "bytes"),
    writeProblem: async () => commits.problem(),
    learnAlone: (work) => learnAlone(path, work),
    trackAlone: (work) => trackAlone(path, work),
    sequence: async () => readNumber(sequence.get() ?? {}, "sequence"),
    close: () => {
      closed ??= closeStore(connection, { commits, log });
      return closed;
    },
  };
}

/** Once it is open, failures are answered over HTTP, and the path must stay private. */
function nameFile(error: unknown, path: string): unknown {
  if (!(error instanceof EngineError) || "path" in error.details) return error;
  const message = `cannot open the database ${path}: ${error.message}`;
  return new EngineError(error.code, message, { details: { path }, cause: error });
}

/**
 * Opens the record in an SQLite file, which it creates if absent; ":memory:" lasts as long as the
 * store. Several processes may open one file. Nothing is cached that another process can change.
 *
 * @param options.checkpointsBeside for a process that serves, see `startCheckpoints`
 * @throws storage_unavailable, unsupported_database_version; the file is then as it was.
 */
export async function openSqliteStore(
  path: string,
  { checkpointsBeside = false }: { readonly checkpointsBeside?: boolean } = {},
): Promise<Store> {
  const connection = openConnection(path);
  try {
    checkDatabase(connection, path);
    // A new file gives its free pages back; one of before does once it was compacted.
    if (isNew(connection))
      await retryWhileLocked(() => connection.tryExec("PRAGMA auto_vacuum = INCREMENTAL"));
    // Changes the file once; SQLite does not wait for the lock that this takes.
    await retryWhileLocked(() => connection.tryExec("PRAGMA journal_mode = WAL"));
    connection.exec(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON",
    );
    migrate(connection);
    await ensureSecret(connection);
    return createStore(connection, path, takeOverSync(connection, checkpointsBeside));
  } catch (error) {
    connection.close();
    throw nameFile(error, path);
  }
}
