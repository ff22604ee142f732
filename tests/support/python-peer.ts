import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

/** To remove the hundreds of megabytes that some packages take. */
const removalMs = 300_000;
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
  const folder = mkdtempSync(join(tmpdir(), "recurve-peer-"));
  onTestFinished(() => rmSync(folder, { recursive: true }), removalMs);
  const requirements = resolve(peers, `requirements-${name}.txt`);
  const pip = ["-m", "pip", "install", "-q", ...options, "-r", requirements];
  execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
  execFileSync(resolve(folder, "bin/python"), pip, { stdio: "pipe" });
  return folder;
}

/**
 * @param name of a requirements file of bench/peers
 * @param options of `pip install`, as the file asks for them
 * @returns undefined where it can't be installed
 */
export function installPeer(name: string, ...options: readonly string[]): PythonPeer | undefined {
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
