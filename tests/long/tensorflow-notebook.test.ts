import { expect, test } from "vitest";
import { exportChainedShop } from "../support/exported-shop.ts";
import { createProject, executeNotebooks, makeMagazine } from "../support/magazine.ts";
import { installPeer } from "../support/python-peer.ts";

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "policies in TensorFlow have the logits of ONNX Runtime, by hand also those on a Transformer (needs RECURVE_LONG, and Python)",
  { timeout: 3_600_000 },
  async ({ skip }) => {
    const peer = installPeer("tensorflow", "--no-deps");
    if (peer === undefined) return skip("TensorFlow can't be installed");
    const execute = (folder: string) =>
      executeNotebooks(peer, folder, "onnx-to-tensorflow")["onnx-to-tensorflow.ipynb"]!;
    const { text, figures } = execute(await makeMagazine());
    // Both are within the tolerance, or a cell has failed.
    expect(text).toMatch(/by hand: at most \d\.\de-0[5-9] over [\d,]+ logits/);
    expect(text).toMatch(/onnx2tf: at most \d\.\de-0[5-9] over [\d,]+ logits/);
    expect(figures).toBe(1);

    const shop = createProject();
    await exportChainedShop(shop);
    const chained = execute(shop).text;
    expect(chained).toMatch(/by hand: at most \d\.\de-0[5-9] over 60 logits/);
    expect(chained).toMatch(/onnx2tf is left out/);
    return undefined;
  },
);
