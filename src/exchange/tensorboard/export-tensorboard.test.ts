import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addCycles, sampleCycle, sampleTraining } from "../../../tests/support/played-cycles.ts";
import { sampleGate } from "../../../tests/support/record.ts";
import { assign, openShop, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { Cycle } from "../../domain/cycle.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { cycleValues } from "../cycle-values.ts";
import { readEnd } from "./event-file.ts";
import { createTensorboardExport } from "./export-tensorboard.ts";

const configuration = parseConfiguration(shopConfiguration());

async function openRuns() {
  const { store } = await openShop({ items: 6 });
  const folder = join(createTestFolder(), "runs");
  const shop = join(folder, "shop");
  const eventFile = () => join(shop, readdirSync(shop).find((name) => name.includes("tfevents"))!);
  const start = () => createTensorboardExport({ store, configuration, folder });
  return { store, folder, shop, eventFile, start };
}

test("each cycle is written once, in runs by scenario and setting, whoever asks again", async () => {
  const { store, shop, eventFile, start } = await openRuns();
  await addCycles(store, sampleCycle(), sampleCycle());
  const exportNew = start();
  expect(await exportNew()).toMatchObject({ cycles: 2 });
  expect(readdirSync(join(shop, "settings"))).toEqual(["bold%2Ffar", "careful"]);
  const before = readFileSync(eventFile());
  expect(readEnd(before)).toEqual({ step: 2, length: before.length });
  await addCycles(store, sampleCycle());
  expect(await exportNew()).toMatchObject({ cycles: 1 });
  expect(await start()()).toMatchObject({ cycles: 0 });
  const after = readFileSync(eventFile());
  expect(after.subarray(0, before.length).equals(before)).toBe(true);
  expect(readEnd(after).step).toBe(3);
});

test("a training is a run with a step for each epoch, written once, and completed after a kill", async () => {
  const { store, shop, start } = await openRuns();
  await addCycles(store, sampleTraining());
  await start()();
  const folder = join(shop, "trainings", "1");
  const file = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(file);
  expect(readEnd(whole)).toEqual({ step: 2, length: whole.length });
  rmSync(join(shop, readdirSync(shop).find((name) => name.includes("tfevents"))!));
  truncateSync(file, whole.length - 5);
  await start()();
  expect(readFileSync(file).equals(whole)).toBe(true);
});

test("an export that was killed in a record goes on with it", async () => {
  const { store, eventFile, start } = await openRuns();
  await addCycles(store, sampleCycle(), sampleCycle());
  await start()();
  const whole = readFileSync(eventFile());
  appendFileSync(eventFile(), Buffer.from([9, 0, 0, 0]));
  await addCycles(store, sampleCycle());
  expect(await start()()).toMatchObject({ cycles: 1 });
  const found = readFileSync(eventFile());
  expect(readEnd(found)).toEqual({ step: 3, length: found.length });
  expect(found.subarray(0, whole.length).equals(whole)).toBe(true);
});

test("the projector has the vectors and names of the serving policy's items, anew for another policy", async () => {
  const { store, shop, start } = await openRuns();
  const exportNew = start();
  expect(await exportNew()).toEqual({ cycles: 0, items: 6 });
  expect(await exportNew()).toEqual({ cycles: 0, items: 0 });
  await assign(store, { serving: shopSnapshot(3, 6) });
  expect(await exportNew()).toEqual({ cycles: 0, items: 6 });
  const linesOf = (name: string) => readFileSync(join(shop, name), "utf8").trimEnd().split("\n");
  const vectors = linesOf("item-vectors.tsv").map((line) => line.split("\t").map(Number));
  expect(vectors).toHaveLength(6);
  expect(new Set(vectors.map((vector) => vector.length))).toEqual(new Set([8]));
  expect(vectors.flat().every(Number.isFinite)).toBe(true);
  expect(linesOf("item-names.tsv").map((line) => line.split("\t")[0])).toEqual([
    "item",
    ...["i-0", "i-1", "i-2", "i-3", "i-4", "i-5"],
  ]);
  expect(linesOf("projector_config.pbtxt").join("\n")).toContain('tensor_path: "item-vectors.tsv"');
});

test("what a record lacks, or what is not finite, is no point of a curve", () => {
  const cycle = { ...sampleCycle(), cycle: 4 };
  const record = { gate: sampleGate({ difference: Number.NaN, interval: [0.1, Infinity] }) };
  const tags = cycleValues({ ...cycle, record }).map((value) => "tag" in value && value.tag);
  expect(tags).toEqual(["serving/policy_version", "gate/lower", "gate/rows", "outcome"]);
});

test("curves tell how well rewards are told apart, and how much is outdated", () => {
  const separation = { rows: 900, rewarded: 40, auc: 0.6, standardError: 0.02 };
  const record = {
    calibration: { errorBefore: 0.2, errorAfter: 0.1, separation },
    feedback: { outdated: 0.4 },
  } as unknown as Cycle["record"];
  const values = cycleValues({ ...sampleCycle(), cycle: 4, record });
  expect(values).toContainEqual({ tag: "calibration/auc", scalar: 0.6 });
  expect(values).toContainEqual({ tag: "feedback/outdated", scalar: 0.4 });
});

test("a folder that can't be written is refused by name", async () => {
  const { store, folder, start } = await openRuns();
  await addCycles(store, sampleCycle());
  writeFileSync(folder, "a file");
  await expect(start()()).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining(`folder ${folder} can't be written: `),
  });
});
