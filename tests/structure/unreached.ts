import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceModule } from "./source-modules.ts";

interface Package {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

/** Entries of the product: exports and commands of the package, programs that it forks (`modulePath("…")`), the dashboard's page. */
export function readEntries(modules: readonly SourceModule[]): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const { bin, exports } = JSON.parse(text) as Package;
  const built = [...Object.values(bin), ...Object.values(exports).map((one) => one.default)];
  const programs = modules.flatMap((one) => [...one.text.matchAll(/modulePath\("([^"]+)"\)/g)]);
  return [
    ...built.map((path) => path.replace(/^(\.\/)?dist\/(.+)\.js$/, "src/$2.ts")),
    ...programs.map(([, name]) => `src/${name}.ts`),
    "dashboard/src/main.tsx",
  ];
}

/** Modules that no entry imports, directly or through others, types included; and entries without a module. */
export function findUnreached(
  modules: readonly SourceModule[],
  entries: readonly string[],
): readonly string[] {
  const byPath = new Map(modules.map((one) => [one.path, one]));
  const reached = new Set(entries);
  // Iteration over a set includes the members added meanwhile.
  for (const path of reached)
    for (const imported of byPath.get(path)?.imports ?? []) reached.add(imported.path);
  const unreached = modules.map(({ path }) => path).filter((path) => !reached.has(path));
  return [...unreached, ...entries.filter((path) => !byPath.has(path))];
}
