import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Assignment, PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { Store } from "../../storage/store.ts";
import { readOnnx } from "../onnx-export/export-onnx.ts";
import { tagNames } from "./cycle-run.ts";
import { type Experiment, openExperiment, setExperimentTag } from "./experiments.ts";
import type { MlflowClient } from "./mlflow-client.ts";
import { openRegisteredModel, registerPolicy, setAlias } from "./register-policy.ts";
import { trackCycle } from "./track-cycle.ts";

export interface TrackerOptions {
  readonly client: MlflowClient;
  readonly store: Store;
  readonly configuration: Configuration;
  /** Version of Recurve. */
  readonly recurve: string;
  /** Before a scenario's name in those of its experiment and its registered model. */
  readonly name: string;
  /** Id of the record. */
  readonly record: string;
  /** Called for a policy whose files can't be made. */
  readonly onProblem: (problem: EngineError) => void;
}

/** Sends cycles and policies. It remembers the server's answers, so that a failure ends it. */
export interface Tracker {
  /** @returns policies that it added to the registry; undefined if the run is complete already */
  track(cycle: Cycle): Promise<number | undefined>;
  /** Lets the aliases of a scenario follow its assignment. @returns policies that it added to the registry */
  follow(scenario: string): Promise<number>;
}

/** The policy of each alias. */
const aliasesOf = ({ serving, canary, waiting }: Assignment) =>
  Object.entries({ champion: serving, challenger: canary ?? waiting });

/** It has answered somebody, or may. */
const hasServed = ({ kind, status }: PolicySnapshot) => kind === "network" && status !== "held";

export function createTracker(options: TrackerOptions): Tracker {
  const { client, store, configuration, recurve, record, onProblem } = options;
  const experiments = new Map<string, Experiment>();
  const models = new Set<string>();
  /** In the registry, by policy; undefined if its files can't be made. */
  const versions = new Map<number, string | undefined>();
  const aliases = new Map<string, string | undefined>();
  const nameOf = (scenario: string) => `${options.name}-${scenario}`;

  const experimentOf = async (scenario: string) => {
    const experiment =
      experiments.get(scenario) ?? (await openExperiment(client, nameOf(scenario), record));
    experiments.set(scenario, experiment);
    return experiment;
  };

  const addVersion = async (snapshot: PolicySnapshot, runId: string | undefined) => {
    const { version: policy, scenario } = snapshot;
    const registeredModel = nameOf(scenario);
    if (!models.has(registeredModel)) await openRegisteredModel(client, registeredModel, record);
    models.add(registeredModel);
    const { version, isNew } = await registerPolicy(client, {
      ...{ snapshot, registeredModel, experiment: (await experimentOf(scenario)).id },
      read: () => readOnnx({ store, configuration, recurve, policy }),
      ...(runId !== undefined && { runId }),
    });
    versions.set(policy, version);
    return isNew ? 1 : 0;
  };

  /** A policy that can't be read must not keep the runs after it from the server. */
  const register = async (snapshot: PolicySnapshot, runId?: string): Promise<number> => {
    const { version } = snapshot;
    if (versions.has(version)) return 0;
    try {
      return await addVersion(snapshot, runId);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === "tracking_failed") throw error;
      versions.set(version, undefined);
      const message = `policy ${version} is not in MLflow's registry: ${error.message}`;
      onProblem(new EngineError(error.code, message, { cause: error }));
      return 0;
    }
  };

  const point = async (scenario: string, alias: string, policy: number | undefined) => {
    const snapshot = policy === undefined ? undefined : await store.policies.find(policy);
    const added = snapshot?.kind === "network" ? await register(snapshot) : 0;
    const version = versions.get(policy ?? 0);
    const key = `${scenario}@${alias}`;
    if (!aliases.has(key) || aliases.get(key) !== version)
      await setAlias(client, nameOf(scenario), { alias, version });
    aliases.set(key, version);
    return added;
  };

  return {
    track: async (cycle) => {
      const { scenario } = cycle;
      const experiment = await experimentOf(scenario);
      if (cycle.cycle <= experiment.position) return undefined;
      const runId = await trackCycle(client, experiment, cycle);
      const candidate = await store.policies.find(cycle.candidateVersion ?? 0);
      const added = candidate && hasServed(candidate) ? await register(candidate, runId) : 0;
      const position = cycle.cycle;
      const tag = { key: tagNames.cycle, value: String(position) };
      await setExperimentTag(client, experiment.id, tag);
      const training = cycle.record.training ? runId : experiment.training;
      experiments.set(scenario, { id: experiment.id, position, training });
      return added;
    },
    follow: async (scenario) => {
      let added = 0;
      for (const [alias, policy] of aliasesOf(await store.policies.assignment(scenario)))
        added += await point(scenario, alias, policy);
      return added;
    },
  };
}
