import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createTensorboardExport } from "../../src/exchange/tensorboard/export-tensorboard.ts";
import { addCycles, sampleCycle } from "../support/played-cycles.ts";
import { openShop, shopConfiguration } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

const peers = resolve(import.meta.dirname, "../../bench/peers");

/** Python with TensorBoard in a folder of its own; undefined where it can't be installed. */
function installTensorboard(): string | undefined {
  const folder = createTestFolder();
  const python = resolve(folder, "bin/python");
  const requirements = resolve(peers, "requirements-tensorboard.txt");
  try {
    execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
    execFileSync(python, ["-m", "pip", "install", "-q", "-r", requirements], { stdio: "pipe" });
    return python;
  } catch {
    return undefined;
  }
}

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "TensorBoard's own reader finds curves, histogram, texts and settings (needs RECURVE_FULL, and Python)",
  { timeout: 240_000 },
  async ({ skip }) => {
    const python = installTensorboard();
    if (python === undefined) return skip("TensorBoard can't be installed");
    const { store } = await openShop({ items: 3 });
    await addCycles(store, sampleCycle(), sampleCycle({ outcome: "hold", reason: "" }));
    const folder = createTestFolder();
    const configuration = parseConfiguration(shopConfiguration());
    await createTensorboardExport({ store, configuration, folder })();
    const answer = execFileSync(python, [resolve(peers, "read_tensorboard.py"), folder]);
    const runs = JSON.parse(answer.toString());
    expect(Object.keys(runs)).toEqual([
      "shop",
      "shop/settings/bold%2Ffar",
      "shop/settings/careful",
    ]);
    const { scalars, histograms, texts } = runs.shop;
    expect(scalars["serving/mean_reward"]).toEqual([
      [1, 0.25],
      [2, 0.25],
    ]);
    expect(scalars["gate/lower"][1]).toEqual([2, expect.closeTo(0.002, 7)]);
    expect(scalars["guards/effective sample share, passed"][0]).toEqual([1, 0]);
    expect(scalars["seconds/read"][0]).toEqual([1, 1.5]);
    expect(histograms["policy_difference/distribution"][0]).toEqual({
      ...{ step: 1, limits: [0.5, 2], masses: [0.75, 0.25] },
    });
    expect(texts.outcome).toEqual(["**promote**: Better by 4 %.", "hold"]);
    const setting = runs["shop/settings/careful"];
    expect(setting.hparams).toEqual({
      ...{ kl_radius: 0.1, pessimism: 0.5, discriminator: 0, proximity: 1 },
      ...{ memory_0: 0.5, memory_1: 0.5 },
    });
    expect(setting.scalars["judged/difference"].map(([step]: [number]) => step)).toEqual([1, 2]);
    return undefined;
  },
);
