/**
 * Puts the runtimes that the package carries into dist/runtime: ONNX Runtime's CPU library for Linux x64 with its JavaScript, and
 * its WebAssembly. Each entry is bundled with an onnxruntime-common of its own: the registry of backends in there would
 * otherwise be the one that an application's own ONNX Runtime uses.
 */
import { execSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";
import manifest from "./package.json" with { type: "json" };

const folder = import.meta.dirname;
const output = resolve(folder, "../dist/runtime");
const native = join(folder, "node_modules/onnxruntime-node");
const web = resolve(folder, "../node_modules/onnxruntime-web/dist");
const library = "bin/napi-v6/linux/x64";

function isInstalled(): boolean {
  const path = join(native, "package.json");
  if (!existsSync(path)) return false;
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version === manifest.dependencies["onnxruntime-node"];
}

const bundle = (entry: string, name: string) =>
  build({
    configFile: false,
    logLevel: "warn",
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: join(output, "lib"),
      emptyOutDir: false,
      copyPublicDir: false,
      minify: false,
      rollupOptions: { output: { format: "cjs", entryFileNames: name } },
    },
  });

// This folder's .npmrc keeps install scripts from running.
if (!isInstalled()) execSync("npm ci --no-audit --no-fund", { cwd: folder, stdio: "inherit" });
await bundle(join(native, "dist/index.js"), "native.cjs");
await bundle(join(web, "ort.node.min.js"), "wasm.cjs");
for (const file of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
  cpSync(join(web, file), join(output, "lib", file));
cpSync(join(native, library), join(output, library), { recursive: true });
cpSync(join(folder, "licences"), output, { recursive: true });
