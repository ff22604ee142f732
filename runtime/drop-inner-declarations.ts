/** Leaves only the type declarations in dist that an entry of the package leads to. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import manifest from "../package.json" with { type: "json" };

const root = resolve(import.meta.dirname, "..");
const reached = new Set<string>();

/** Relative imports only: TypeScript writes them with the extension of the source. */
function reach(path: string): void {
  if (reached.has(path)) return;
  reached.add(path);
  for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/"(\.{1,2}\/[^"]+)\.ts"/g))
    reach(resolve(dirname(path), `${name}.d.ts`));
}

for (const { types } of Object.values(manifest.exports)) reach(join(root, types));
for (const name of readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" })) {
  const path = join(root, "dist", name);
  if (name.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
}
