import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { deserialize, serialize } from "node:v8";
import { repository } from "./machine.ts";

/** Where a bench that takes hours keeps what it has, so that it can be broken off between epochs. */
export interface RunFolder {
  /** From the repository. */
  readonly path: string;
  /** Undefined where there is none yet. */
  load<T>(name: string): T | undefined;
  save(name: string, value: unknown): void;
  remove(name: string): void;
}

const results = join(repository, "bench/results");

/** @param key all that the contents depend on: another key is another folder */
export function openRunFolder(name: string, key: unknown, root = results): RunFolder {
  const hash = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 8);
  const folder = join(root, `${name}-${hash}`);
  mkdirSync(folder, { recursive: true });
  const pathOf = (file: string) => join(folder, file);
  const isJson = (file: string) => file.endsWith(".json");
  return {
    path: relative(repository, folder),
    load: (file) => {
      if (!existsSync(pathOf(file))) return undefined;
      const bytes = readFileSync(pathOf(file));
      return isJson(file) ? JSON.parse(bytes.toString("utf8")) : deserialize(bytes);
    },
    save: (file, value) => {
      // A kill while writing leaves the file that was there.
      const draft = pathOf(`${file}.draft`);
      writeFileSync(draft, isJson(file) ? JSON.stringify(value) : serialize(value));
      renameSync(draft, pathOf(file));
    },
    remove: (file) => rmSync(pathOf(file), { force: true }),
  };
}
