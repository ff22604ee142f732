import { InferenceSession, Tensor } from "onnxruntime-web";
import { expect, test } from "vitest";
import {
  onEncoder,
  randomNetwork,
  sampleChain,
  sampleEncoder,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { assign, openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createRandom } from "../../numeric/random.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { readOnnx } from "../onnx-export/export-onnx.ts";
import { modelFiles } from "./model-files.ts";

const alone = randomNetwork({ heads: 1, width: 8, positions: 1 }, sampleViews(6), createRandom(3));
const chained = sampleEncoder(sampleViews(6), 1, { chain: sampleChain(6) });
const candidates = 4;

interface Spec {
  readonly name: string;
  readonly "tensor-spec": { readonly dtype: string; readonly shape: readonly number[] };
}

/** Rows of tables are 0 or 1; the rest is anything. */
function feed({ "tensor-spec": { dtype, shape } }: Spec, random: ReturnType<typeof createRandom>) {
  const dims = shape.map((length) => (length < 0 ? candidates : length));
  const size = dims.reduce((product, length) => product * length, 1);
  return dtype === "int32"
    ? new Tensor(
        "int32",
        Int32Array.from({ length: size }, () => random.integer(2)),
        dims,
      )
    : new Tensor("float32", Float32Array.from({ length: size }, random.uniform), dims);
}

const run = async (file: unknown, feeds: Readonly<Record<string, Tensor>>) => {
  const session = await InferenceSession.create(file as Uint8Array, {
    executionProviders: ["wasm"],
  });
  const fed = Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
  const outputs = await session.run(fed);
  await session.release();
  return outputs;
};

test.each([
  ["alone", alone, []],
  ["on an encoder with a chain", onEncoder(alone, chained), [chained]],
] as const)(
  "the one graph of a network %s scores as its two do, and its signature fits",
  async (_, network, encoders) => {
    const { store } = await openShop();
    await store.policies.apply({ encoders: [...encoders] });
    const [policy = 0] = await assign(store, { serving: encodeNetwork(network) });
    const configuration = parseConfiguration(shopConfiguration());
    const onnx = await readOnnx({ store, configuration, recurve: "1.2.3", policy });
    const files = modelFiles(onnx, { modelId: "m-1", runId: "r-1", createdAt: 0 });
    const mlmodel = JSON.parse(String(files.MLmodel));
    const random = createRandom(4);
    const feeds = Object.fromEntries(
      (JSON.parse(mlmodel.signature.inputs) as Spec[]).map((spec) => [
        spec.name,
        feed(spec, random),
      ]),
    );
    const { encoded } = await run(files["encoder.onnx"], feeds);
    const { logits: expected } = await run(files["scorer.onnx"], { ...feeds, encoded: encoded! });
    const { logits } = await run(files[mlmodel.flavors.onnx.data], feeds);
    expect(JSON.parse(mlmodel.signature.outputs)).toMatchObject([{ name: "logits" }]);
    expect(Array.from(logits!.data as Float32Array)).toEqual(
      Array.from(expected!.data as Float32Array),
    );
    expect(new Set(logits!.data as Float32Array).size).toBe(candidates);
    expect(mlmodel).toMatchObject({ model_id: "m-1", run_id: "r-1" });
  },
);
