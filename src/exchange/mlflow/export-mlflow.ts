import { createHmac } from "node:crypto";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { Store } from "../../storage/store.ts";
import { createMlflowClient } from "./mlflow-client.ts";
import { createTracker, type Tracker, type TrackerOptions } from "./tracker.ts";
import type { TrackingSettings } from "./tracking-settings.ts";

export interface MlflowOptions extends Pick<TrackerOptions, "recurve" | "onProblem"> {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly settings: TrackingSettings;
  /** Breaks off the request that is under way. */
  readonly signal: AbortSignal;
}

/** Runs that an export completed, and policies that it added to the registry. */
export interface MlflowSummary {
  readonly cycles: number;
  readonly policies: number;
}

/** The same in every copy of the record. The secret stays in it. */
async function recordId(store: Store): Promise<string> {
  const digest = createHmac("sha256", await store.secret())
    .update("tracking")
    .digest("hex");
  return digest.slice(0, 16);
}

/**
 * Sends the cycles of a record to an MLflow server: those whose runs are not complete there. So it
 * may be called again, also after it failed or was killed. The record is the queue, and the server
 * has the position.
 * @returns rejects with tracking_failed, or conflict if another process tracks
 */
export function createMlflowExport(options: MlflowOptions): () => Promise<MlflowSummary> {
  const { store, configuration, settings, signal } = options;
  const client = createMlflowClient(settings, signal);
  let tracker: Tracker | undefined;
  let last = 0;
  const begin = async () => {
    last = 0;
    return createTracker({ ...options, ...settings, client, record: await recordId(store) });
  };
  const look = async ({ track, follow }: Tracker): Promise<MlflowSummary> => {
    let [cycles, policies] = [0, 0];
    const [newest] = await store.cycles.list({ limit: 1 });
    for (; last < (newest?.cycle ?? 0); last++) {
      const cycle = await store.cycles.find(last + 1);
      const added = cycle && (await track(cycle));
      if (added !== undefined) [cycles, policies] = [cycles + 1, policies + added];
    }
    for (const { name } of configuration.scenarios) policies += await follow(name);
    return { cycles, policies };
  };
  return () =>
    store.trackAlone(async () => {
      tracker ??= await begin();
      try {
        return await look(tracker);
      } catch (error) {
        tracker = undefined;
        throw error;
      }
    });
}
