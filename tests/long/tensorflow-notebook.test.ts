import { expect, test } from "vitest";
import { executeNotebooks, makeMagazine } from "../support/magazine.ts";
import { installPeer } from "../support/python-peer.ts";

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "a policy read into TensorFlow, by hand and by onnx2tf, has the logits of ONNX Runtime (needs RECURVE_LONG, and Python)",
  { timeout: 3_600_000 },
  async ({ skip }) => {
    const peer = installPeer("tensorflow", "--no-deps");
    if (peer === undefined) return skip("TensorFlow can't be installed");
    const executed = executeNotebooks(peer, await makeMagazine(), "onnx-to-tensorflow");
    const { text, figures } = executed["onnx-to-tensorflow.ipynb"]!;
    // Both are within the tolerance, or a cell has failed.
    expect(text).toMatch(/by hand: at most \d\.\de-0[5-9] over [\d,]+ logits/);
    expect(text).toMatch(/onnx2tf: at most \d\.\de-0[5-9] over [\d,]+ logits/);
    expect(figures).toBe(1);
    return undefined;
  },
);
