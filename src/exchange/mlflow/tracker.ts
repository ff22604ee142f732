import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import {
  type Assignment,
  type PolicySnapshot,
  uniformVersion,
} from "../../domain/policy-snapshot.ts";
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
  readonly prefix: string;
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

/** Experiments by scenario, opened once. */
function createExperiments({ client, prefix, record }: TrackerOptions) {
  const opened = new Map<string, Experiment>();
  return {
    get: async (scenario: string) => {
      const name = `${prefix}-${scenario}`;
      const experiment = opened.get(scenario) ?? (await openExperiment(client, name, record));
      opened.set(scenario, experiment);
      return experiment;
    },
    /** The run of a cycle is complete. */
    move: async ({ id, training }: Experiment, cycle: Cycle, runId: string) => {
      const { cycle: position, scenario } = cycle;
      await setExperimentTag(client, id, { key: tagNames.cycle, value: String(position) });
      opened.set(scenario, { id, position, training: cycle.record.training ? runId : training });
    },
  };
}

/** Versions in the registry by policy. */
function createVersions(options: TrackerOptions, { get }: ReturnType<typeof createExperiments>) {
  const { client, store, configuration, recurve, prefix, record, onProblem } = options;
  const models = new Set<string>();
  /** Undefined for a policy whose files can't be made. */
  const versions = new Map<number, string | undefined>();
  const addVersion = async (snapshot: PolicySnapshot, runId: string | undefined) => {
    const { version: policy, scenario } = snapshot;
    const registeredModel = `${prefix}-${scenario}`;
    if (!models.has(registeredModel)) await openRegisteredModel(client, registeredModel, record);
    models.add(registeredModel);
    const { version, isNew } = await registerPolicy(client, {
      snapshot,
      registeredModel,
      experiment: (await get(scenario)).id,
      read: () => readOnnx({ store, configuration, recurve, policy }),
      ...(runId !== undefined && { runId }),
    });
    versions.set(policy, version);
    return isNew ? 1 : 0;
  };
  return {
    of: (policy: number | undefined) => versions.get(policy ?? uniformVersion),
    /** A policy that can't be read must not keep the runs after it from the server. */
    register: async (snapshot: PolicySnapshot, runId?: string): Promise<number> => {
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
    },
  };
}

export function createTracker(options: TrackerOptions): Tracker {
  const { client, store, prefix } = options;
  const experiments = createExperiments(options);
  const versions = createVersions(options, experiments);
  const aliases = new Map<string, string | undefined>();

  const point = async (scenario: string, alias: string, policy: number | undefined) => {
    const snapshot = policy === undefined ? undefined : await store.policies.find(policy);
    const added = snapshot?.kind === "network" ? await versions.register(snapshot) : 0;
    const version = versions.of(policy);
    const key = `${scenario}@${alias}`;
    if (!aliases.has(key) || aliases.get(key) !== version)
      await setAlias(client, `${prefix}-${scenario}`, { alias, version });
    aliases.set(key, version);
    return added;
  };

  return {
    track: async (cycle) => {
      const experiment = await experiments.get(cycle.scenario);
      if (cycle.cycle <= experiment.position) return undefined;
      const runId = await trackCycle(client, experiment, cycle);
      const candidate = await store.policies.find(cycle.candidateVersion ?? uniformVersion);
      const isShown = candidate !== undefined && hasServed(candidate);
      const added = isShown ? await versions.register(candidate, runId) : 0;
      await experiments.move(experiment, cycle, runId);
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
