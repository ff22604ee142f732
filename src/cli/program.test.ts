import { expect, test } from "vitest";
import { runCommand } from "../../tests/support/command.ts";
import { version } from "../host/package.ts";

test("the version is printed before a command, and is no option of it", async () => {
  expect(await runCommand("--version")).toEqual({ exitCode: 0, text: `${version}\n` });
  const { exitCode, text } = await runCommand("export", "onnx", "out", "--version", "99");
  expect(exitCode).toBe(2);
  expect(text).not.toContain(version);
});

test.each(["obp", "recbole", "onnx", "tensorboard"])(
  "an empty folder's name of an export to %s is wrong usage, since it would mean the current one",
  async (format) => {
    expect(await runCommand("export", format, "")).toMatchObject({ exitCode: 2 });
  },
);
