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

function askGit(arguments_: readonly string[], cwd = repository): string {
  try {
    // Changes may be larger than the usual bound of an answer.
    const options = { cwd, encoding: "utf8", maxBuffer: 2 ** 30 } as const;
    return execFileSync("git", arguments_, options).trim();
  } catch {
    return "unknown";
  }
}

/** Commit of the sources, `-dirty` with changes since; `unknown` outside of a clone. */
export const readRevision = (): string =>
  askGit(["describe", "--always", "--dirty", "--exclude", "*"]);

/** What plays in a world. */
const played = ["src", "bench/learning", "package-lock.json"];

/**
 * Hashes of all that a kept row depends on, and what has changed in it since the last commit. Documents and other benches are none of it,
 * so a bench of many hours goes on after a commit of them.
 */
export function readPlayedSources(clone = repository): string {
  const committed = askGit(["rev-parse", ...played.map((path) => `HEAD:${path}`)], clone);
  return `${committed}\n${askGit(["diff", "HEAD", "--", ...played], clone)}`;
}
