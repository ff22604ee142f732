import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-web";
import { expect, test } from "vitest";
import { rollBack } from "../../src/engine/interventions/roll-back.ts";
import { runArtefacts, runMetrics, runParams } from "../../src/exchange/mlflow/cycle-run.ts";
import { createMlflowExport, type MlflowOptions } from "../../src/exchange/mlflow/export-mlflow.ts";
import { readOnnx } from "../../src/exchange/onnx-export/export-onnx.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { type ExportedGraph, exportWhole } from "../../src/policy/export-network.ts";
import { eventually, startRecurve } from "../e2e/recurve.ts";
import { createMlflowServer, openLosingProxy } from "../support/mlflow-server.ts";
import { installPeer } from "../support/python-peer.ts";
import { createTestFolder } from "../support/store.ts";
import { playTrackedRecord } from "../support/tracked-record.ts";

const candidates = 5;

/** Numbers for each input, the same at each call; rows of tables are 0. */
function feedsOf({ inputs }: ExportedGraph) {
  const random = createRandom(5);
  return inputs.map(({ name, type, shape }) => {
    const dims = shape.map((length) => (typeof length === "string" ? candidates : length));
    const size = dims.reduce((product, length) => product * length, 1);
    const values = Array.from({ length: size }, () => (type === "int32" ? 0 : random.uniform()));
    return { name, type, dims, values };
  });
}

async function score(graph: ExportedGraph): Promise<readonly number[]> {
  const session = await InferenceSession.create(graph.bytes, { executionProviders: ["wasm"] });
  const feeds = feedsOf(graph).map(({ name, type, dims, values }) => [
    name,
    type === "int32"
      ? new Tensor("int32", Int32Array.from(values), dims)
      : new Tensor("float32", Float32Array.from(values), dims),
  ]);
  const { logits } = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Array.from(logits!.data as Float32Array);
}

/** Once more after each failure, as another process would. */
async function exportUntilDone(options: MlflowOptions, onFailure: () => Promise<void>) {
  for (;;) {
    try {
      return await createMlflowExport(options)();
    } catch (error) {
      expect(error).toMatchObject({ code: "tracking_failed" });
      await onFailure();
    }
  }
}

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "a simulated run is in MLflow once and whole, though each answer was lost and the server killed (needs RECURVE_LONG, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("mlflow");
    if (peer === undefined) return skip("MLflow can't be installed");
    const database = join(createTestFolder(), "play.db");
    const { store, configuration, input, close } = await playTrackedRecord(database);
    const server = await createMlflowServer(peer);
    await server.start();
    let isKilled = false;
    const proxy = await openLosingProxy(server.url, {
      onLost: async (count) => {
        if (count !== 9) return;
        isKilled = true;
        await server.kill();
      },
    });
    const settings = { uri: proxy.url, prefix: "recurve" };
    const { signal } = new AbortController();
    const onProblem = (problem: Error) => expect.fail(problem.message);
    const options = { store, configuration, settings, recurve: "1.2.3", signal, onProblem };
    await exportUntilDone(options, async () => {
      if (isKilled) await server.start();
      isKilled = false;
    });
    expect(proxy.lost()).toBeGreaterThan(30);

    const cycles = (await store.cycles.list({ limit: 100 })).toReversed();
    const policies = cycles.map(({ candidateVersion = 0 }) => candidateVersion);
    const snapshots = await Promise.all(policies.map((version) => store.policies.find(version)));
    const registered = snapshots.flatMap((one) => (one?.status === "held" ? [] : [one!.version]));
    const { serving, canary, waiting } = await store.policies.assignment("play");
    const versionOf = (policy: number) => `${registered.indexOf(policy) + 1}`;
    const { network } = await readOnnx({ ...options, policy: serving! });
    const whole = exportWhole(network);
    const feeds = join(createTestFolder(), "feeds.json");
    const read = () =>
      JSON.parse(peer.run("read_mlflow.py", server.url, "recurve-play", feeds).toString());
    writeFileSync(
      feeds,
      JSON.stringify(Object.fromEntries(feedsOf(whole).map(({ name, values }) => [name, values]))),
    );
    const found = read();

    expect(cycles).toHaveLength(4);
    expect(registered.length).toBeGreaterThan(1);
    expect(found.count).toBe(cycles.length);
    const nameOf = (cycle: number) => (cycle === 1 ? "training 1" : `cycle ${cycle}`);
    for (const cycle of cycles) {
      const run = found.runs[nameOf(cycle.cycle)];
      const own = runMetrics(cycle).map(({ key, value }) => [key, value]);
      expect(run.status).toBe("FINISHED");
      expect(run.params).toEqual(
        Object.fromEntries(runParams(cycle).map(({ key, value }) => [key, value])),
      );
      expect(run.artefacts).toEqual(runArtefacts(cycle));
      expect(run.models).toHaveLength(registered.includes(cycle.candidateVersion!) ? 1 : 0);
      if (cycle.cycle === 1) continue;
      expect(run.metrics).toEqual(
        Object.fromEntries(own.map(([key, value]) => [key, [[cycle.cycle, value]]])),
      );
      expect(run.tags["mlflow.parentRunId"]).toBe(found.runs["training 1"].id);
    }
    const curve = found.runs["training 1"].metrics["serving/mean_reward"];
    expect(curve).toEqual(
      cycles.slice(1).map(({ cycle, record }) => [cycle, record.evaluation!.meanReward]),
    );

    const epochs = cycles[0]!.record.training!.curve!;
    expect(epochs.length).toBeGreaterThan(1);
    expect(found.runs["training 1"].metrics["epoch/loss"]).toEqual(
      epochs.map(({ epoch, loss }) => [epoch, loss]),
    );

    expect(Object.values(found.versions).toSorted()).toEqual(registered.map(String));
    expect(new Set(found.models).size).toBe(registered.length);
    const challenger = canary ?? waiting;
    expect(found.aliases).toEqual({
      champion: versionOf(serving!),
      ...(challenger !== undefined && { challenger: versionOf(challenger) }),
    });
    const expected = await score(whole);
    expect(new Set(expected).size).toBe(candidates);
    for (const [index, logit] of found.logits.entries())
      expect(Math.abs(logit - expected[index]!)).toBeLessThan(1e-4);

    const direct = { ...settings, uri: server.url };
    const exportAgain = createMlflowExport({ ...options, settings: direct });
    const back = await rollBack({ store, scenario: "play", now: 2 });
    await exportAgain();
    const after = read();
    expect(after.aliases).toEqual({ champion: versionOf(back.version) });
    expect(back.version).not.toBe(serving);
    const assignment = await store.policies.assignment("play");
    const assign = () => ({
      scenario: "play",
      assignment: { ...assignment, canary: serving!, canaryShare: 0.1 },
    });
    await store.policies.apply({ assign });
    expect(await exportAgain()).toEqual({ cycles: 0, policies: 0 });
    const last = read();
    expect(last.aliases).toEqual({
      champion: versionOf(back.version),
      challenger: versionOf(serving!),
    });
    expect([last.count, last.versions]).toEqual([found.count, found.versions]);
    await close();

    // A learner tracks by itself, on another server that is away at first.
    const other = await createMlflowServer(peer);
    const folder = createTestFolder();
    writeFileSync(
      join(folder, "recurve.config.json"),
      JSON.stringify({ ...input, tracking: { uri: other.url, prefix: "shop" } }),
    );
    const learner = startRecurve(folder, "learn", "--database", database);
    await learner.waitFor(/tracking: .* can't be reached/);
    await other.start();
    const readCount = async () => {
      const url = `${other.url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=shop-play`;
      const answer = (await (await fetch(url)).json()) as {
        readonly experiment?: { readonly tags: readonly { key: string; value: string }[] };
      };
      const tags = answer.experiment?.tags ?? [];
      return tags.find(({ key, value }) => key === "recurve.cycle" && value === "4");
    };
    expect(await eventually(readCount)).toBeDefined();
    return undefined;
  },
);
