import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "../support/documents.ts";

interface Packed {
  readonly filename: string;
}

/** Packs dist/ as it is, which the tests' set-up has built. @returns the tarball's path */
export function packPackage(folder: string): string {
  const options = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const printed = execFileSync("npm", options, {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 16 * 2 ** 20,
  });
  const [packed] = JSON.parse(printed) as Packed[];
  return join(folder, packed!.filename);
}
