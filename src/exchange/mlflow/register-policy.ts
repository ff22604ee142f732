import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { OnnxFiles } from "../onnx-export/export-onnx.ts";
import { type Label, tagNames, toLabels } from "./cycle-run.ts";
import { checkOwner } from "./experiments.ts";
import type { MlflowClient } from "./mlflow-client.ts";
import { modelFiles } from "./model-files.ts";

/** A policy for the registry. */
export interface RegisteredPolicy {
  readonly snapshot: PolicySnapshot;
  readonly read: () => Promise<OnnxFiles>;
  /** Id of its scenario's experiment. */
  readonly experiment: string;
  /** Of its scenario. */
  readonly registeredModel: string;
  /** Of the cycle that made it. */
  readonly runId?: string;
}

interface LoggedModel {
  readonly info: {
    readonly model_id: string;
    readonly artifact_uri: string;
    readonly status: string;
  };
}

interface RegisteredModel {
  readonly registered_model: {
    readonly tags?: readonly Label[];
    readonly aliases?: readonly { readonly alias: string; readonly version: string }[];
  };
}

const ready = "LOGGED_MODEL_READY";

const policyFilter = (version: number) => `tags.${tagNames.policy} = '${version}'`;

/** One that a killed export began is found by its tag. */
async function openLoggedModel(client: MlflowClient, policy: RegisteredPolicy) {
  const { snapshot, experiment, runId } = policy;
  const { models = [] } = await client.send<{ readonly models?: readonly LoggedModel[] }>(
    "POST",
    "logged-models/search",
    { experiment_ids: [experiment], filter: policyFilter(snapshot.version), max_results: 1 },
  );
  if (models[0]) return models[0].info;
  const { model } = await client.send<{ readonly model: LoggedModel }>("POST", "logged-models", {
    experiment_id: experiment,
    name: `policy-${snapshot.version}`,
    model_type: "recurve policy",
    ...(runId !== undefined && { source_run_id: runId }),
    tags: toLabels({ [tagNames.policy]: snapshot.version }),
    params: toLabels({ parent: snapshot.parent, checksum: snapshot.checksum }),
  });
  return model.info;
}

/** The run's page then shows the model. MLflow would take it twice. */
async function linkToRun(client: MlflowClient, run_id: string, model_id: string): Promise<void> {
  const found = await client.find<{
    readonly run: {
      readonly outputs?: { readonly model_outputs?: readonly { readonly model_id: string }[] };
    };
  }>("runs/get", { run_id });
  const linked = found?.run.outputs?.model_outputs ?? [];
  if (linked.some((model) => model.model_id === model_id)) return;
  await client.send("POST", "runs/outputs", { run_id, models: [{ model_id, step: 0 }] });
}

/** @returns id of the model, whose files are complete */
async function logModel(client: MlflowClient, policy: RegisteredPolicy): Promise<string> {
  const { model_id: modelId, artifact_uri, status } = await openLoggedModel(client, policy);
  if (status === ready) return modelId;
  const { snapshot, runId } = policy;
  if (runId !== undefined) await linkToRun(client, runId, modelId);
  const files = modelFiles(await policy.read(), {
    modelId,
    createdAt: snapshot.createdAt,
    ...(runId !== undefined && { runId }),
  });
  for (const [name, content] of Object.entries(files))
    await client.upload(artifact_uri, name, content);
  const finished = { model_id: modelId, status: ready };
  await client.send("PATCH", `logged-models/${modelId}`, finished);
  return modelId;
}

/** Made at the first policy. @param record id of this record. @throws tracking_failed */
export async function openRegisteredModel(
  client: MlflowClient,
  name: string,
  record: string,
): Promise<void> {
  const found = await client.find<RegisteredModel>("registered-models/get", { name });
  if (found) return checkOwner(`registered model ${name}`, found.registered_model.tags, record);
  await client.send("POST", "registered-models/create", {
    name,
    tags: toLabels({ [tagNames.record]: record }),
  });
}

/** Version of a policy in the registry, and whether this call added it. */
export interface Registered {
  readonly version: string;
  readonly isNew: boolean;
}

/** @throws tracking_failed, and the errors of `read` */
export async function registerPolicy(
  client: MlflowClient,
  policy: RegisteredPolicy,
): Promise<Registered> {
  const { registeredModel: name, snapshot, runId } = policy;
  const filter = `name = '${name}' and ${policyFilter(snapshot.version)}`;
  const known = await client.find<{
    readonly model_versions?: readonly { readonly version: string }[];
  }>("model-versions/search", { filter, max_results: "1" });
  const [found] = known?.model_versions ?? [];
  if (found) return { version: found.version, isNew: false };
  const modelId = await logModel(client, policy);
  const { model_version } = await client.send<{
    readonly model_version: { readonly version: string };
  }>("POST", "model-versions/create", {
    name,
    source: `models:/${modelId}`,
    model_id: modelId,
    ...(runId !== undefined && { run_id: runId }),
    description: `policy ${snapshot.version}: ${snapshot.evidence.reason ?? snapshot.kind}`,
    tags: toLabels({ [tagNames.policy]: snapshot.version }),
  });
  return { version: model_version.version, isNew: true };
}

/** Without a version the alias is taken away. */
export async function setAlias(
  client: MlflowClient,
  name: string,
  { alias, version }: { readonly alias: string; readonly version: string | undefined },
): Promise<void> {
  const found = await client.find<RegisteredModel>("registered-models/get", { name });
  const present = found?.registered_model.aliases?.find((one) => one.alias === alias)?.version;
  if (present === version) return;
  if (version === undefined)
    await client.send("DELETE", "registered-models/alias", { name, alias });
  else await client.send("POST", "registered-models/alias", { name, alias, version });
}
