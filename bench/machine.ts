import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";

/** What a figure has to be read with: a rate without its machine says nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  /** Version of Recurve and of what it depends on, pinned in package.json. */
  readonly packages: Readonly<Record<string, string>>;
}

export const repository: string = resolve(import.meta.dirname, "..");

function readPackages(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(resolve(repository, "package.json"), "utf8"));
  return { recurve: manifest.version, ...manifest.dependencies };
}

export function readMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    packages: readPackages(),
  };
}

export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryBytes, platform, node, packages } = machine;
  const memory = `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `machine   ${cpu}, ${cores} cores, ${memory}, ${platform}`,
    `node      ${node}`,
    `packages  ${versions.join(", ")}`,
  ].join("\n");
}

/** Commit of the sources, `-dirty` with changes since; `unknown` outside of a clone. */
export function readRevision(): string {
  try {
    const arguments_ = ["describe", "--always", "--dirty", "--exclude", "*"];
    return execFileSync("git", arguments_, { cwd: repository, encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}
