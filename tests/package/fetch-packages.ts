import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs packages of the npm registry into a new folder, without their scripts.
 *
 * @returns the folder that they are in; undefined where the registry does not have them
 */
export function fetchPackages(packages: readonly string[], folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}");
  // npm 12 and its Node.js come together, whatever Node.js this is.
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--force", "--loglevel", "error"];
  try {
    execFileSync("npm", ["install", ...flags, ...packages], { cwd: folder, stdio: "pipe" });
    return join(folder, "node_modules");
  } catch {
    return undefined;
  }
}
