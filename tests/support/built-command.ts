import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");
/** TypeScript, a program of Node.js. */
export const compiler: string = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);
/** What `npm run build` does to `src`, without checking types again. */
const compile = ["--noCheck", "--isolatedDeclarations", "false", "--declaration", "false"];

let built: string | undefined;

/**
 * Folder of the package as it ships, compiled once in each worker: a start from the sources takes three times the processor
 * time, and tests start many. A program below it imports "recurve" as its users do.
 */
export function builtPackage(): string {
  built ??= build();
  return built;
}

/** Path of the command `recurve` as it ships. */
export const builtCommand = (): string => join(builtPackage(), "dist/cli/main.js");

function build(): string {
  const { RECURVE_TEST_FOLDER: runFolder = tmpdir() } = process.env;
  const folder = mkdtempSync(join(runFolder, "built-"));
  const output = join(folder, "dist");
  const project = ["-p", join(repository, "tsconfig.build.json"), "--outDir", output];
  execFileSync(process.execPath, [compiler, ...project, ...compile]);
  cpSync(join(repository, "package.json"), join(folder, "package.json"));
  for (const shared of ["node_modules", "dist/dashboard", "dist/runtime"])
    symlinkSync(join(repository, shared), join(folder, shared));
  cpSync(join(repository, "examples"), join(folder, "examples"), { recursive: true });
  return folder;
}
