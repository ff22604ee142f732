import { EngineError } from "../../domain/errors.ts";
import { type Label, tagNames, toLabels } from "./cycle-run.ts";
import type { MlflowClient } from "./mlflow-client.ts";

/** A scenario's experiment. */
export interface Experiment {
  readonly id: string;
  /** The last cycle whose run is complete, 0 without one. */
  readonly position: number;
  /** Run of the newest training. */
  readonly training: string | undefined;
}

interface ExperimentAnswer {
  readonly experiment: {
    readonly experiment_id: string;
    readonly lifecycle_stage: string;
    readonly tags?: readonly Label[];
  };
}

/** With it MLflow shows runs and models first, and not traces of language models. */
const trainingKind = "custom_model_development";

/** Refuses the runs of another record: their position is not this one's. */
export function checkOwner(
  thing: string,
  tags: readonly Label[] | undefined,
  record: string,
): void {
  const owner = tags?.find(({ key }) => key === tagNames.record)?.value;
  if (owner === undefined || owner === record) return;
  const message = `MLflow's ${thing} has the runs of another Recurve record; set tracking.prefix to one of its own`;
  throw new EngineError("tracking_failed", message, { details: { field: "tracking.prefix" } });
}

/** The newest run of a kind. */
async function findTraining(client: MlflowClient, experiment: string) {
  const { runs = [] } = await client.send<{
    readonly runs?: readonly { readonly info: { readonly run_id: string } }[];
  }>("POST", "runs/search", {
    experiment_ids: [experiment],
    filter: `tags.${tagNames.kind} = 'training'`,
    order_by: ["attributes.start_time DESC"],
    max_results: 1,
  });
  return runs[0]?.info.run_id;
}

export const setExperimentTag = (
  client: MlflowClient,
  experiment: string,
  tag: Label,
): Promise<unknown> =>
  client.send("POST", "experiments/set-experiment-tag", { experiment_id: experiment, ...tag });

/** @param record id of this record. @throws tracking_failed */
export async function openExperiment(
  client: MlflowClient,
  name: string,
  record: string,
): Promise<Experiment> {
  const tags = toLabels({ [tagNames.record]: record });
  const found = await client.find<ExperimentAnswer>("experiments/get-by-name", {
    experiment_name: name,
  });
  if (found === undefined) {
    const created = await client.send<{ readonly experiment_id: string }>(
      "POST",
      "experiments/create",
      { name, tags: [...tags, ...toLabels({ "mlflow.experimentKind": trainingKind })] },
    );
    return { id: created.experiment_id, position: 0, training: undefined };
  }
  const { experiment_id: id, lifecycle_stage: stage, tags: own } = found.experiment;
  if (stage === "deleted") {
    const message = `MLflow's experiment ${name} is deleted; restore it, or set tracking.prefix to another one`;
    throw new EngineError("tracking_failed", message, { details: { field: "tracking.prefix" } });
  }
  checkOwner(`experiment ${name}`, own, record);
  // Somebody made it by hand, to choose where its artefacts are.
  for (const tag of own?.some(({ key }) => key === tagNames.record) ? [] : tags)
    await setExperimentTag(client, id, tag);
  const position = Number(own?.find(({ key }) => key === tagNames.cycle)?.value ?? 0);
  return { id, position, training: await findTraining(client, id) };
}
