import type { LearnOptions } from "../engine/learner/learn.ts";
import { createMlflowExport, type MlflowSummary } from "../exchange/mlflow/export-mlflow.ts";
import { readTrackingSettings } from "../exchange/mlflow/tracking-settings.ts";
import { version } from "./package.ts";

export interface TrackOptions
  extends Pick<LearnOptions, "store" | "configuration" | "signal" | "wait"> {
  /** Called when another problem than the one before keeps runs from the server. */
  readonly onError: (error: Error) => void;
  /** Called if a look sent something. */
  readonly onTracked?: (summary: MlflowSummary) => void;
}

/** Between looks for new cycles. */
const lookMs = 10_000;

async function lookInTurns(
  { signal, wait, onTracked, onError }: TrackOptions,
  send: () => Promise<MlflowSummary>,
): Promise<void> {
  let problem = "";
  while (!signal.aborted) {
    try {
      const summary = await send();
      problem = "";
      if (summary.cycles + summary.policies > 0) onTracked?.(summary);
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem && !signal.aborted) onError(error as Error);
      problem = message;
    }
    await wait(lookMs);
  }
}

/**
 * Sends the record's cycles to the MLflow server that configuration or environment name, until the signal is aborted; without one it
 * returns at once. While the server is away the record keeps the cycles.
 * @throws invalid_configuration if the environment names no server
 */
export async function trackRuns(options: TrackOptions): Promise<void> {
  const { store, configuration, signal, onError: onProblem } = options;
  const settings = readTrackingSettings(configuration.tracking, process.env);
  if (settings === undefined) return;
  const recurve = version;
  await lookInTurns(
    options,
    createMlflowExport({ store, configuration, settings, recurve, signal, onProblem }),
  );
}
