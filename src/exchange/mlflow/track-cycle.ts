import type { Cycle } from "../../domain/cycle.ts";
import { runArtefacts, runMetrics, runParams, runTags, tagNames } from "./cycle-run.ts";
import type { Experiment } from "./experiments.ts";
import type { MlflowClient } from "./mlflow-client.ts";

interface Run {
  readonly info: { readonly run_id: string; readonly artifact_uri: string };
}

/** A run that a killed export began is found by its tag. */
async function openRun(client: MlflowClient, { id, training }: Experiment, cycle: Cycle) {
  const { runs = [] } = await client.send<{ readonly runs?: readonly Run[] }>(
    "POST",
    "runs/search",
    {
      experiment_ids: [id],
      filter: `tags.${tagNames.cycle} = '${cycle.cycle}'`,
      max_results: 1,
    },
  );
  if (runs[0]) return runs[0].info;
  const { run } = await client.send<{ readonly run: Run }>("POST", "runs/create", {
    experiment_id: id,
    run_name: cycle.record.training ? `training ${cycle.cycle}` : `cycle ${cycle.cycle}`,
    start_time: cycle.startedAt,
    tags: runTags(cycle, cycle.record.training ? undefined : training),
  });
  return run.info;
}

/**
 * The run of a cycle with parameters, metrics and artefacts. Its metrics are points of its training's curves too. All of it may be
 * sent again: MLflow keeps equal values once.
 * @returns id of the run
 */
export async function trackCycle(
  client: MlflowClient,
  experiment: Experiment,
  cycle: Cycle,
): Promise<string> {
  const { run_id, artifact_uri } = await openRun(client, experiment, cycle);
  const metrics = runMetrics(cycle);
  await client.send("POST", "runs/log-batch", { run_id, metrics, params: runParams(cycle) });
  if (experiment.training !== undefined && !cycle.record.training)
    await client.send("POST", "runs/log-batch", { run_id: experiment.training, metrics });
  for (const [name, content] of Object.entries(runArtefacts(cycle)))
    await client.upload(artifact_uri, name, content);
  const status = cycle.outcome === "failed" ? "FAILED" : "FINISHED";
  await client.send("POST", "runs/update", { run_id, status, end_time: cycle.finishedAt });
  return run_id;
}
