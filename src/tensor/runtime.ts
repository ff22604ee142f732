import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isNonGlibcLinuxSync } from "detect-libc";
import type * as Onnx from "onnxruntime-common";

/** `installed`: the caller's own onnxruntime-node; `carried`: the CPU library inside this package; `wasm`: WebAssembly. */
export type RuntimeName = "installed" | "carried" | "wasm";

/** The ONNX Runtime that computes here. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Path of its CommonJS entry, for a thread that opens it again. */
  readonly path: string;
  /** Whether a run writes into the tensors that are given to it for its outputs. */
  readonly writesInPlace: boolean;
  readonly InferenceSession: Onnx.InferenceSessionFactory;
  readonly Tensor: Onnx.TensorConstructor;
}

const require = createRequire(import.meta.url);
/** Where `npm run build` puts them: beside this folder in dist/, and seen from src/ alike. */
const carriedFolder = join(import.meta.dirname, "../../dist/runtime");
/** The first minor release with every operator and option that Recurve writes. */
const oldestMinor = 30;

function findInstalled(): string | undefined {
  try {
    const { version } = require("onnxruntime-node/package.json") as { version: string };
    const [major, minor] = version.split(".").map(Number);
    return major === 1 && minor! >= oldestMinor ? require.resolve("onnxruntime-node") : undefined;
  } catch {
    return undefined;
  }
}

function findCarried(): string | undefined {
  const { platform, arch } = process;
  const fits = platform === "linux" && arch === "x64" && !isNonGlibcLinuxSync();
  return fits ? findFile("lib/native.cjs") : undefined;
}

function findFile(path: string): string | undefined {
  const file = join(carriedFolder, path);
  return existsSync(file) ? file : undefined;
}

const finders: Readonly<Record<RuntimeName, () => string | undefined>> = {
  installed: findInstalled,
  carried: findCarried,
  wasm: () => findFile("lib/wasm.cjs"),
};

const names = Object.keys(finders) as RuntimeName[];

/**
 * @param wanted the only one to take; the first that is there where left out
 * @throws RangeError where it has another name, Error where it is not to be had on this machine
 */
export function openRuntime(wanted?: string): Runtime {
  if (wanted !== undefined && !(wanted in finders))
    throw new RangeError(`RECURVE_RUNTIME must be one of ${names.join(", ")}, got '${wanted}'`);
  for (const name of wanted === undefined ? names : [wanted as RuntimeName]) {
    const path = finders[name]();
    if (path === undefined) continue;
    const { env, InferenceSession, Tensor } = require(path) as typeof Onnx;
    // Lanes are the threads of a training; WebAssembly's own would be as many again.
    if (name === "wasm") env.wasm.numThreads = 1;
    return { name, path, writesInPlace: name !== "wasm", InferenceSession, Tensor };
  }
  throw new Error(`ONNX Runtime ${wanted ?? ""} is not there`);
}

let opened: Runtime | undefined;

/** The runtime of this process, opened once: the one that RECURVE_RUNTIME names, or else the quickest that is there. */
export function getRuntime(): Runtime {
  opened ??= openRuntime(process.env.RECURVE_RUNTIME);
  return opened;
}
