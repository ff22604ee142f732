import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { startNode } from "../e2e/recurve.ts";
import { builtCommand, builtPackage } from "./built-command.ts";
import { readDocument, repository } from "./documents.ts";
import type { PythonPeer } from "./python-peer.ts";
import { createTestFolder } from "./store.ts";

/** A project with the package installed and the notebooks beside it. */
export function createProject(): string {
  const folder = createTestFolder();
  const installed = join(folder, "node_modules");
  mkdirSync(join(installed, ".bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  symlinkSync(builtPackage(), join(installed, "recurve"));
  symlinkSync(join(repository, "node_modules/tsx"), join(installed, "tsx"));
  symlinkSync(builtCommand(), join(installed, ".bin/recurve"));
  // As the build does with the command that ships.
  chmodSync(builtCommand(), 0o755);
  cpSync(join(repository, "examples/notebooks"), folder, { recursive: true });
  return folder;
}

/** The lines of the notebooks' guide that make the files which all notebooks read. */
function makingLines(): readonly string[] {
  const { text } = readDocument("docs/guides/notebooks.md");
  const [block = ""] = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .map(([, code = ""]) => code)
    .filter((code) => code.includes("magazine.ts"));
  return block.trimEnd().split("\n").slice(-5);
}

/** Does what the guide says. @returns the folder with notebooks, record, tables and policy */
export async function makeMagazine(): Promise<string> {
  const folder = createProject();
  for (const line of makingLines()) {
    const [, program, ...words] = line.split(" ");
    const start = program === "tsx" ? ["--import", "tsx"] : [builtCommand()];
    const { code, output } = await startNode([...start, ...words], { cwd: folder }).ended();
    expect([line, code, output]).toEqual([line, 0, output]);
  }
  return folder;
}

interface ExecutedNotebook {
  /** Standard output of its cells. */
  readonly text: string;
  readonly figures: number;
}

/** @throws with a notebook's own error, if one of its cells fails */
export const executeNotebooks = (
  peer: PythonPeer,
  folder: string,
  ...names: readonly string[]
): Readonly<Record<string, ExecutedNotebook>> =>
  JSON.parse(
    peer.run("run_notebooks.py", folder, ...names.map((name) => `${name}.ipynb`)).toString(),
  );
