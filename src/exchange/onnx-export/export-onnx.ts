import { EngineError } from "../../domain/errors.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { createCatalogue } from "../../engine/state/catalogue.ts";
import { encodersOf } from "../../engine/state/encoders.ts";
import type { ExportedChain } from "../../policy/export-chain.ts";
import { exportNetwork } from "../../policy/export-network.ts";
import type { Network } from "../../policy/network.ts";
import { groundOf } from "../../policy/network-ground.ts";
import { decodeNetwork } from "../../policy/network-policy.ts";
import type { PolicyStore } from "../../storage/policy-store.ts";
import type { Store } from "../../storage/store.ts";
import { createManifest, fileNames } from "./manifest.ts";
import { writeFolder } from "./write-folder.ts";

export interface OnnxOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Version of Recurve, for the manifest. */
  readonly recurve: string;
  /** The scenario whose serving policy is exported. Default: the first of the configuration. */
  readonly scenario?: string;
  /** This version instead, of any scenario. */
  readonly policy?: number;
}

export interface ExportOptions extends OnnxOptions {
  /** New or empty. */
  readonly folder: string;
}

export interface ExportSummary {
  readonly version: number;
  readonly scenario: string;
  readonly items: number;
}

/** A policy's files by name, and the network that they hold. */
export interface OnnxFiles {
  readonly summary: ExportSummary;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly network: Network;
}

const listed = 5;

async function chooseVersion(policies: PolicyStore, scenario: string): Promise<number> {
  const { serving } = await policies.assignment(scenario);
  if (serving !== undefined) return serving;
  const message = `scenario ${scenario} has no policy yet; make one with recurve train, or serve until the first cycle`;
  throw new EngineError("not_found", message, { details: { scenario } });
}

async function findSnapshot(policies: PolicyStore, version: number): Promise<PolicySnapshot> {
  const snapshot = await policies.find(version);
  if (snapshot === undefined) {
    const message = `there is no policy ${version}; leave out --policy to export the serving one`;
    throw new EngineError("not_found", message, { details: { version } });
  }
  if (snapshot.kind === "network") return snapshot;
  const others = await policies.list({ scenario: snapshot.scenario, limit: 100 });
  const networks = others.flatMap(({ kind, version }) => (kind === "network" ? [version] : []));
  const known = networks.slice(0, listed).join(", ") || "none yet";
  const message = `policy ${version} orders by popularity and has no network to export; the newest with one: ${known}`;
  throw new EngineError("conflict", message, { details: { version, kind: snapshot.kind } });
}

async function readNetwork(policies: PolicyStore, version: number) {
  const bytes = await policies.bytes(version);
  if (bytes !== undefined) return decodeNetwork(bytes, encodersOf(policies));
  const message = `the bytes of policy ${version} are missing; restore them from a copy of the database`;
  throw new EngineError("not_found", message, { details: { version } });
}

/**
 * The items of the network, of which the first represents unknown ones, then all others of the
 * catalogue.
 */
async function readItems(
  { store, configuration }: OnnxOptions,
  asOf: number,
  known: readonly ItemId[],
) {
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(asOf);
  const available = new Set(catalogue.available().map((view) => view.itemId));
  const items = [...new Set([...known, ...catalogue.ids()])];
  return {
    items,
    views: items.map((id) => catalogue.get(id)),
    unavailable: items.flatMap((id, row) => (available.has(id) ? [] : [row])),
  };
}

/**
 * ε with which `recommend` would serve the version now: the larger of the scenario's floor and the learner's wish, which counts for
 * every policy but the baseline, and that has no network.
 */
async function readExploration(policies: PolicyStore, scenario: Scenario): Promise<number> {
  const { exploration = 0 } = await policies.assignment(scenario.name);
  return Math.max(scenario.exploration, exploration);
}

/**
 * A policy as ONNX files with item embeddings and a manifest of the inputs, in memory.
 * @throws not_found, unknown_scenario, conflict (no network), corrupt_snapshot
 */
export async function readOnnx(options: OnnxOptions): Promise<OnnxFiles> {
  const { store, configuration, recurve } = options;
  const version =
    options.policy ??
    (await chooseVersion(store.policies, findScenario(configuration, options.scenario).name));
  const snapshot = await findSnapshot(store.policies, version);
  const scenario = findScenario(configuration, snapshot.scenario);
  const network = await readNetwork(store.policies, version);
  const asOf = await store.sequence();
  const { items, views, unavailable } = await readItems(options, asOf, network.itemIds);
  const exported = await exportNetwork(network, views);
  const manifest = createManifest({
    recurve,
    snapshot,
    scenario,
    exploration: await readExploration(store.policies, scenario),
    asOf,
    shape: network.shape,
    ground: groundOf(network),
    network: exported,
    items,
    unavailable,
  });
  const files = {
    [fileNames.encoder]: exported.encoder.bytes,
    [fileNames.scorer]: exported.scorer.bytes,
    [fileNames.embeddings]: toBytes(exported.embeddings),
    [fileNames.biases]: toBytes(exported.biases),
    ...(exported.chain && chainFiles(exported.chain)),
    [fileNames.manifest]: `${JSON.stringify(manifest, null, 1)}\n`,
  };
  const summary = { version, scenario: scenario.name, items: items.length - 1 };
  return { summary, files, network };
}

/**
 * A policy as ONNX files in a folder; see docs/guides/export.md.
 * @throws the errors of `readOnnx`, conflict if the folder is not empty, invalid_file
 */
export async function exportOnnx({ folder, ...options }: ExportOptions): Promise<ExportSummary> {
  const { summary, files } = await readOnnx(options);
  await writeFolder(folder, files);
  return summary;
}

// Little endian, as every platform that ONNX Runtime has binaries for.
const toBytes = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const chainFiles = ({ lengths, successors, weights }: ExportedChain) => ({
  [fileNames.chainLengths]: toBytes(lengths),
  [fileNames.chainSuccessors]: toBytes(successors),
  [fileNames.chainWeights]: toBytes(weights),
});
