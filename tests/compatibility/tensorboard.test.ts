import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createTensorboardExport } from "../../src/exchange/tensorboard/export-tensorboard.ts";
import { addCycles, sampleCycle, sampleTraining } from "../support/played-cycles.ts";
import { installPeer } from "../support/python-peer.ts";
import { openShop, shopConfiguration } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "TensorBoard's own reader finds curves, histogram, texts and settings (needs RECURVE_FULL, and Python)",
  { timeout: 240_000 },
  async ({ skip }) => {
    const peer = installPeer("tensorboard");
    if (peer === undefined) return skip("TensorBoard can't be installed");
    const { store } = await openShop({ items: 3 });
    await addCycles(store, sampleCycle(), sampleCycle({ outcome: "hold", reason: "" }));
    await addCycles(store, sampleTraining());
    const folder = createTestFolder();
    const configuration = parseConfiguration(shopConfiguration());
    await createTensorboardExport({ store, configuration, folder })();
    const runs = JSON.parse(peer.run("read_tensorboard.py", folder).toString());
    expect(Object.keys(runs)).toEqual([
      "shop",
      "shop/settings/bold%2Ffar",
      "shop/settings/careful",
      "shop/trainings/3",
    ]);
    expect(runs["shop/trainings/3"].scalars).toEqual({
      "epoch/loss": [
        [1, 2.5],
        [2, 1.25],
      ],
      "epoch/ndcg": [[2, expect.closeTo(0.3, 7)]],
    });
    const { scalars, histograms, texts } = runs.shop;
    expect(scalars["serving/mean_reward"]).toEqual([
      [1, 0.25],
      [2, 0.25],
    ]);
    expect(scalars["gate/lower"][1]).toEqual([2, expect.closeTo(0.002, 7)]);
    expect(scalars["guards/effective sample share, passed"][0]).toEqual([1, 0]);
    expect(scalars["seconds/read"][0]).toEqual([1, 1.5]);
    expect(histograms["policy_difference/distribution"][0]).toEqual({
      step: 1,
      limits: [0.5, 2],
      masses: [0.75, 0.25],
    });
    const promoted = "**promote**: Better by 4 %.";
    expect(texts.outcome).toEqual([promoted, "hold", promoted]);
    const setting = runs["shop/settings/careful"];
    expect(setting.hparams).toEqual({
      kl_radius: 0.1,
      pessimism: 0.5,
      discriminator: 0,
      proximity: 1,
      memory_0: 0.5,
      memory_1: 0.5,
    });
    expect(setting.scalars["judged/difference"].map(([step]: [number]) => step)).toEqual([1, 2]);
    return undefined;
  },
);
