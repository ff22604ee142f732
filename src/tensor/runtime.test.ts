import { expect, test } from "vitest";
import { encodeModel } from "./encode-model.ts";
import { createGraph, input } from "./graph.ts";
import { matmul } from "./linear-algebra.ts";
import { carriesLibrary, openRuntime } from "./runtime.ts";

test.each(["carried", "wasm"])("the %s runtime computes", async (name) => {
  const { InferenceSession, Tensor } = openRuntime(name);
  const graph = createGraph();
  const product = matmul(input(graph, "x", [2, 2]), input(graph, "y", [2, 1]));
  const session = await InferenceSession.create(encodeModel(graph, { product }));
  const results = await session.run({
    x: new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]),
    y: new Tensor(Float32Array.of(10, 1), [2, 1]),
  });
  expect(results.product?.data).toEqual(Float32Array.of(12, 34));
  await session.release();
});

test("an opened runtime is told to report nothing", () => {
  openRuntime("carried");
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe("1");
});

test("the library is carried for Linux x64 with glibc alone", () => {
  expect(carriesLibrary("linux", "x64", "glibc")).toBe(true);
  // Alpine's musl, and a C library that nobody can name.
  expect(carriesLibrary("linux", "x64", "musl")).toBe(false);
  expect(carriesLibrary("linux", "x64", null)).toBe(false);
  expect(carriesLibrary("linux", "arm64", "glibc")).toBe(false);
  expect(carriesLibrary("darwin", "x64", null)).toBe(false);
  expect(carriesLibrary("win32", "x64", null)).toBe(false);
});

test("another name is refused with the names that there are", () => {
  expect(() => openRuntime("cuda")).toThrow(
    new RangeError("RECURVE_RUNTIME must be installed, carried or wasm, got 'cuda'"),
  );
});

// On other platforms a contributor may have installed it for its speed.
test.skipIf(process.platform !== "linux")("one that is not there is refused with a remedy", () => {
  expect(() => openRuntime("installed")).toThrow(
    "the installed ONNX Runtime needs onnxruntime-node 1.30 or newer; npm install onnxruntime-node",
  );
});
