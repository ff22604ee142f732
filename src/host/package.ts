import { readFileSync } from "node:fs";
import { extname, join } from "node:path";

/** The package's own folder: two above this one in src/ and in dist/ alike. */
const root = join(import.meta.dirname, "../..");

export const version: string = (
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }
).version;

/** Folder of the built dashboard. */
export const dashboardFolder: string = join(root, "dist/dashboard");

/** Path of a module below src/, as it runs: a .ts file in development, a .js file when built. */
export const modulePath = (name: string): string =>
  join(import.meta.dirname, "..", `${name}${extname(import.meta.filename)}`);
