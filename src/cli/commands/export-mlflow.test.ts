import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

async function exportShop(environment: Readonly<Record<string, string | undefined>>) {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const folder = createTestFolder();
  const [database, config] = ["shop.db", "config.json"].map((name) => join(folder, name));
  writeFileSync(config!, JSON.stringify(shopConfiguration()));
  const { store } = await openShop({ path: database! });
  await store.close();
  const files = ["--database", database!, "--config", config!];
  const { exitCode, text } = await runCommand("export", "mlflow", ...files);
  return { exitCode, text };
}

test("without a server the command says where to name one", async () => {
  expect(await exportShop({ MLFLOW_TRACKING_URI: undefined })).toEqual({
    exitCode: 1,
    text: expect.stringMatching(/tracking\.uri is missing: .* or set MLFLOW_TRACKING_URI/),
  });
});

test("a server that is away fails the command", async () => {
  expect(await exportShop({ MLFLOW_TRACKING_URI: "http://127.0.0.1:1" })).toEqual({
    exitCode: 1,
    text: expect.stringMatching(/http:\/\/127\.0\.0\.1:1 can't be reached/),
  });
});
