import type { SourceModule } from "./source-modules.ts";

/** Groups of modules that import each other, directly or in turn, types included; each in order of path. */
export function findImportCycles(modules: readonly SourceModule[]): string[][] {
  const imports = new Map(
    modules.map(({ path, imports }) => [path, imports.map((one) => one.path)]),
  );
  const reach = new Map<string, Set<string>>();
  for (const start of imports.keys()) {
    const seen = new Set<string>();
    const open = [...(imports.get(start) ?? [])];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path) || !imports.has(path)) continue;
      seen.add(path);
      open.push(...(imports.get(path) ?? []));
    }
    reach.set(start, seen);
  }
  const inCycle = [...reach].filter(([path, reached]) => reached.has(path)).map(([path]) => path);
  const groupOf = (path: string) =>
    inCycle.filter((other) => reach.get(path)?.has(other) && reach.get(other)?.has(path));
  return [...new Map(inCycle.map((path) => [groupOf(path).join(), groupOf(path)])).values()];
}
