import { expect, test } from "vitest";
import type { CycleRecord } from "../../domain/cycle-record.ts";
import { describeSettings } from "./describe-settings.ts";

const record: CycleRecord = {
  settings: [
    {
      name: "thompson-2",
      klRadius: 0.6,
      pessimism: 0.5,
      discriminator: 0,
      proximity: 1,
      memory: [1, 0, 0],
      kl: 0.2,
      sharedError: 0,
      servingValue: 0.4,
      predictedDeviation: 0.1,
      z: 3.085,
      predicted: 0.0312,
      difference: 0.01234,
      standardError: 0.004,
      weight: 0.25,
    },
    {
      name: "softmax-long",
      klRadius: 2.5,
      pessimism: 0,
      discriminator: 0,
      proximity: 0,
      memory: [0, 0, 1],
      kl: 0,
      difference: 0,
      standardError: null,
      sharedError: null,
      z: 0,
      servingValue: 0,
      predicted: 0,
      predictedDeviation: 0.1,
      weight: 0,
    },
  ],
  chosenSetting: "thompson-2",
};

test("each setting is a row with what it was, what was expected and judged, and its weight", () => {
  const [table = ""] = describeSettings(record);
  const rows = table.split("\n").map((line) =>
    line
      .split(/[│|]/)
      .map((cell) => cell.trim())
      .filter((cell) => cell !== ""),
  );
  const row = (name: string) => rows.find(([first]) => first === name);
  const told = ["0.6", "0.5", "0", "1", "1/0/0", "3.1 %", "0.0123", "0.004", "25.0 %", "chosen"];
  expect(row("thompson-2")).toEqual(["thompson-2", ...told]);
  const unjudged = ["2.5", "0", "0", "0", "0/0/1", "0.0 %", "0", "–", "0.0 %"];
  expect(row("softmax-long")).toEqual(["softmax-long", ...unjudged]);
});

test("the step stands below, if the record has it", () => {
  const step = {
    objective: "cross-entropy",
    epochs: 3,
    steps: 9,
    firstLoss: 2,
    lastLoss: 1,
  } as const;
  const distillation = { ...step, way: 0.4, gap: 0.1, sampleShare: 0.05 };
  expect(describeSettings({ ...record, distillation }).slice(1)).toEqual([
    "step       weights of a target up to 20",
  ]);
  expect(describeSettings(record)).toHaveLength(1);
});

test("a record without settings has no table", () => {
  expect(describeSettings({})).toEqual([]);
});
