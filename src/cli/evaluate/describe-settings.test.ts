import { expect, test } from "vitest";
import { describeSettings } from "./describe-settings.ts";

const record = {
  settings: [
    {
      name: "thompson-2",
      klRadius: 0.6,
      pessimism: 0.5,
      discriminator: 0,
      proximity: 1,
      memory: [1, 0, 0],
      predicted: 0.0312,
      difference: 0.01234,
      standardError: 0.004,
      weight: 0.25,
    },
    { name: "softmax-long" },
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
  expect(row("softmax-long")).toEqual(["softmax-long", ...new Array(9).fill("–")]);
});

test("a record without settings has no table", () => {
  expect(describeSettings({})).toEqual([]);
});
