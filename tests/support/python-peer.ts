import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { createTestFolder } from "./store.ts";

const peers = resolve(import.meta.dirname, "../../bench/peers");

/** Python with a peer's packages in a folder of its own. */
export interface PythonPeer {
  /** Path of a command that its packages bring. */
  command(name: string): string;
  /** Output of a program of bench/peers. */
  run(program: string, ...words: readonly string[]): Buffer;
}

/** The folder that the peer's requirements file names, if somebody has installed it there, or a new one. */
function installInto(name: string, options: readonly string[]): string {
  const own = resolve(peers, `.venv-${name}`);
  if (existsSync(own)) return own;
  const folder = createTestFolder();
  const file = resolve(peers, `requirements-${name}.txt`);
  const pip = ["-m", "pip", "install", "-q", ...options, "-r", file];
  execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
  execFileSync(resolve(folder, "bin/python"), pip, { stdio: "pipe" });
  return folder;
}

/**
 * @param name of a requirements file of bench/peers
 * @param options of pip
 * @returns undefined where it can't be installed
 */
export function installPeer(name: string, options: readonly string[] = []): PythonPeer | undefined {
  let folder: string;
  try {
    folder = installInto(name, options);
  } catch {
    return undefined;
  }
  const python = resolve(folder, "bin/python");
  return {
    command: (name) => resolve(folder, "bin", name),
    run: (program, ...words) =>
      execFileSync(python, [resolve(peers, program), ...words], {
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 1 << 28,
      }),
  };
}
