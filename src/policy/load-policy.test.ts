import { expect, test } from "vitest";
import { noEncoders, sampleState, sampleViews } from "../../tests/support/policy.ts";
import { createRandom } from "../numeric/random.ts";
import { loadPolicy } from "./load-policy.ts";
import { encodeNetwork, initialNetwork } from "./network-policy.ts";
import { encodePopularity } from "./popularity.ts";
import { decodeTensors, encodeTensors } from "./snapshot.ts";

const views = sampleViews(6);
const initial = initialNetwork(createRandom(1));

test("the policy of the start gives every candidate the same logit, whatever the user did", async () => {
  const policy = await loadPolicy(encodeNetwork(initial), noEncoders);
  const state = sampleState([[views[0]!, 1]], { hour: 8 });
  expect(new Set(await policy.logits(state, views)).size).toBe(1);
  await policy.close();
});

test("a checkpoint of the critic can't serve", async () => {
  await expect(loadPolicy(encodeNetwork(initial, "critic"), noEncoders)).rejects.toMatchObject({
    code: "corrupt_snapshot",
    message: "policy snapshot is of kind 'critic', which can't serve",
  });
});

test("bytes that are no snapshot can't serve", async () => {
  await expect(loadPolicy(new Uint8Array(64), noEncoders)).rejects.toMatchObject({
    code: "corrupt_snapshot",
  });
});

// An intact file of another build: the checksum fits, the network does not.
test.each([
  ["lacks an array", { stateBias: undefined }],
  ["has an array of another shape", { stateBias: { shape: [2], values: Float32Array.of(1, 2) } }],
])("a network snapshot that %s is corrupt", async (_, changes) => {
  const { meta, tensors } = decodeTensors(encodeNetwork(initial));
  const changed = Object.entries({ ...tensors, ...changes }).flatMap(([name, tensor]) =>
    tensor === undefined ? [] : [[name, tensor] as const],
  );
  const bytes = encodeTensors({ meta, tensors: Object.fromEntries(changed) });
  await expect(loadPolicy(bytes, noEncoders)).rejects.toMatchObject({
    code: "corrupt_snapshot",
    message: expect.stringContaining("stateBias") as string,
  });
});

test.each([
  ["fewer scores than items", { scores: { shape: [1], values: Float32Array.of(1) } }, { mean: 0 }],
  ["no scores", {}, { mean: 0 }],
  ["no mean", { scores: { shape: [2], values: Float32Array.of(1, 2) } }, {}],
])("a popularity snapshot with %s is corrupt", async (_, tensors, numbers: object) => {
  const scores = new Map(views.slice(0, 2).map(({ itemId }) => [itemId, 1]));
  const { meta } = decodeTensors(encodePopularity({ scores, mean: 0 }));
  const bytes = encodeTensors({ meta: { ...meta, numbers: { ...numbers } }, tensors });
  await expect(loadPolicy(bytes, noEncoders)).rejects.toMatchObject({ code: "corrupt_snapshot" });
});
