import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Programs that use the package as an application does: every .mjs and .cjs of the folder is run, every .ts compiled. */
const consumersFolder = join(import.meta.dirname, "consumers");

export const consumersOf = (extension: string): readonly string[] =>
  readdirSync(consumersFolder).filter((name) => name.endsWith(extension));

/** A fresh project with the consumers in it. @param files beside its package.json, by name */
export function createProject(folder: string, files: Readonly<Record<string, string>> = {}): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "name": "shop", "private": true }\n');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  for (const name of readdirSync(consumersFolder))
    copyFileSync(join(consumersFolder, name), join(folder, name));
}

/** Files under a folder, links left out, since what they lead to is counted where it is. */
export const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Bytes that they take on disk, in whole blocks. */
export const sizeOnDisk = (files: readonly string[]): number =>
  files.reduce((sum, file) => sum + lstatSync(file).blocks * 512, 0);

const installHooks = ["preinstall", "install", "postinstall"];

/** Installed packages that would run a script. A binding.gyp makes npm compile even where no script says so. */
export const scriptsAmong = (files: readonly string[]): readonly string[] =>
  files.filter((file) => {
    if (file.endsWith("/binding.gyp")) return true;
    if (!file.endsWith("/package.json")) return false;
    const { scripts = {} } = JSON.parse(readFileSync(file, "utf8")) as { scripts?: object };
    return installHooks.some((hook) => hook in scripts);
  });
