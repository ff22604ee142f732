import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { familySync } from "detect-libc";
import type * as Onnx from "onnxruntime-common";

/** The application's own onnxruntime-node, the CPU library in this package, or the WebAssembly in it; quickest first. */
export type RuntimeName = "installed" | "carried" | "wasm";

/** The ONNX Runtime that computes here. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Path of its CommonJS entry, by which another thread opens it too. */
  readonly path: string;
  /** Whether a run writes into the tensors given for its outputs. */
  readonly writesInPlace: boolean;
  readonly InferenceSession: Onnx.InferenceSessionFactory;
  readonly Tensor: Onnx.TensorConstructor;
}

const require = createRequire(import.meta.url);
/**
 * The folder of the carried runtime, which `npm run build` makes, as seen from src/tensor and from
 * dist/tensor.
 */
const carriedFolder = join(import.meta.dirname, "../../dist/runtime");
/** The minor version that this package carries and is tested with. */
const oldestMinor = 30;

/** Whether the CPU library in this package fits; it needs glibc 2.28, as Node.js itself does. */
export const carriesLibrary = (platform: string, arch: string, libc: string | null): boolean =>
  platform === "linux" && arch === "x64" && libc === "glibc";

function findInstalled(): string | undefined {
  try {
    const { version } = require("onnxruntime-node/package.json") as { version: string };
    const [major, minor = 0] = version.split(".").map(Number);
    return major === 1 && minor >= oldestMinor ? require.resolve("onnxruntime-node") : undefined;
  } catch {
    return undefined;
  }
}

function findCarried(file: string): string | undefined {
  const path = join(carriedFolder, "lib", file);
  return existsSync(path) ? path : undefined;
}

const finders: Readonly<Record<RuntimeName, () => string | undefined>> = {
  installed: findInstalled,
  carried: () =>
    carriesLibrary(process.platform, process.arch, familySync())
      ? findCarried("native.cjs")
      : undefined,
  wasm: () => findCarried("wasm.cjs"),
};

const remedies: Readonly<Record<RuntimeName, string>> = {
  installed: `needs onnxruntime-node 1.${oldestMinor} or newer; npm install onnxruntime-node`,
  carried: "needs Linux x64 with glibc; leave RECURVE_RUNTIME out",
  wasm: "is not in dist/runtime; npm run build puts it there",
};

const isName = (name: string): name is RuntimeName => Object.hasOwn(finders, name);

/**
 * @param wanted name of the runtime; default: the first available one
 * @throws RangeError for another name, and Error if it is not installed; the message has the remedy
 */
export function openRuntime(wanted?: string): Runtime {
  if (wanted !== undefined && !isName(wanted))
    throw new RangeError(`RECURVE_RUNTIME must be installed, carried or wasm, got '${wanted}'`);
  const names = wanted === undefined ? (Object.keys(finders) as RuntimeName[]) : [wanted];
  for (const name of names) {
    const path = finders[name]();
    if (path !== undefined) return loadRuntime(name, path);
  }
  const last = names.at(-1)!;
  throw new Error(`the ${last} ONNX Runtime ${remedies[last]}`);
}

function loadRuntime(name: RuntimeName, path: string): Runtime {
  // The library would report its sessions to Microsoft. It reads this once, when it is loaded.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const { env, InferenceSession, Tensor } = require(path) as typeof Onnx;
  // Lanes are the threads of a training; WebAssembly's own would be as many again.
  env.wasm.numThreads = 1;
  return { name, path, writesInPlace: name !== "wasm", InferenceSession, Tensor };
}

let opened: Runtime | undefined;

/** The runtime of this process: named by RECURVE_RUNTIME, or else the quickest available one. */
export function getRuntime(): Runtime {
  opened ??= openRuntime(process.env.RECURVE_RUNTIME);
  return opened;
}
