import { expect, test } from "vitest";
import { sampleCycle, sampleTraining } from "../../../tests/support/played-cycles.ts";
import { sampleGate } from "../../../tests/support/record.ts";
import { runArtefacts, runMetrics, runParams, runTags } from "./cycle-run.ts";

const cycle = { ...sampleCycle(), cycle: 7 };
const valuesOf = (entries: readonly { readonly key: string; readonly value: unknown }[]) =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

test("a run has the chosen setting as parameters, and curves by cycle as metrics", () => {
  const chosen = { ...cycle, record: { ...cycle.record, chosenSetting: "careful" } };
  expect(valuesOf(runParams(chosen))).toEqual({
    setting: "careful",
    kl_radius: "0.1",
    pessimism: "0.5",
    discriminator: "0",
    proximity: "1",
    memory_0: "0.5",
    memory_1: "0.5",
    seed: "1",
    through_sequence: "9",
  });
  const metrics = runMetrics(cycle);
  expect(valuesOf(metrics)).toMatchObject({ "serving/mean_reward": 0.25, "gate/lower": 0.002 });
  expect(new Set(metrics.map(({ step }) => step))).toEqual(new Set([7]));
  expect(new Set(metrics.map(({ timestamp }) => timestamp))).toEqual(new Set([1_700_000_060_000]));
});

test("a training has its losses by epoch as curves of their own", () => {
  const metrics = runMetrics({ ...sampleTraining(), cycle: 7 });
  const pointsOf = (name: string) =>
    metrics.flatMap(({ key, step, value }) => (key === name ? [[step, value]] : []));
  expect(pointsOf("epoch/loss")).toEqual([
    [1, 2.5],
    [2, 1.25],
  ]);
  expect(pointsOf("epoch/ndcg")).toEqual([[2, 0.3]]);
  expect(pointsOf("training/ndcg")).toEqual([[7, 0.3]]);
});

test("each metric has a name that MLflow takes", () => {
  const guards = [{ name: "mass (π ≤ 1), 5 %", value: 1, limit: 2, passed: true }];
  const metrics = runMetrics({ ...cycle, record: { gate: sampleGate({ guards }) } });
  expect(metrics.map(({ key }) => key)).toContain("guards/mass   1 5  passed");
  for (const { key } of metrics) expect(key).toMatch(/^[\w./ -]+$/);
});

test("a run below a training names it, and says how the cycle ended", () => {
  expect(valuesOf(runTags(cycle, "run-1"))).toMatchObject({
    "recurve.cycle": "7",
    "recurve.kind": "cycle",
    "recurve.outcome": "promote",
    "mlflow.parentRunId": "run-1",
    "mlflow.note.content": "Better by 4 %.",
  });
  expect(valuesOf(runTags({ ...cycle, record: {} }, undefined))).not.toHaveProperty([
    "mlflow.parentRunId",
  ]);
});

test("its files hold the whole record, the gate's, all settings and plots", () => {
  const files = runArtefacts(cycle);
  expect(JSON.parse(files["cycle.json"]!)).toEqual(cycle);
  expect(JSON.parse(files["gate.json"]!)).toEqual(cycle.record.gate);
  const { columns, data } = JSON.parse(files["settings.json"]!);
  expect(data.map((row: readonly unknown[]) => row[columns.indexOf("difference")])).toEqual([
    0.02, 0.01,
  ]);
  expect(files["gate.svg"]).toContain("0.01 (0.002 to 0.018)");
  const bars = files["policy-difference.svg"]!.match(/<rect[^>]+fill="#00705a"/g) ?? [];
  expect(bars).toHaveLength(2);
});

test("a cycle that measured nothing has its record alone", () => {
  const skipped = { ...cycle, outcome: "skipped", record: {} } as const;
  expect(Object.keys(runArtefacts(skipped))).toEqual(["cycle.json"]);
  expect(runArtefacts({ ...cycle, record: { gate: sampleGate() } })).not.toHaveProperty([
    "gate.svg",
  ]);
});
