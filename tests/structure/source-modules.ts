import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "vite";

export interface ImportedModule {
  /** Path from the root of the repository. */
  readonly path: string;
  /** Nothing of it is left at run time. */
  readonly isType: boolean;
}

export interface SourceFunction {
  readonly name: string;
  readonly lines: number;
}

export interface SourceModule {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly ImportedModule[];
  /** Names that it declares and exports; a name passed on from another module is not its own. */
  readonly exports: readonly string[];
  readonly functions: readonly SourceFunction[];
}

const root = join(import.meta.dirname, "../..");

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

function* childrenOf(node: SyntaxNode): Generator<[string, SyntaxNode]> {
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) yield [key, child];
  }
}

const functionTypes = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

function nameOf(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  for (const named of [node.id, parent?.id, parent?.key]) {
    if (isNode(named) && typeof named.name === "string") return named.name;
  }
  return "(anonymous)";
}

function findFunctions(program: SyntaxNode, text: string): SourceFunction[] {
  const found: SourceFunction[] = [];
  const visit = (node: SyntaxNode, parent: SyntaxNode | undefined) => {
    if (functionTypes.includes(node.type) && node.body) {
      const lines = text.slice(node.start, node.end).split("\n").length;
      found.push({ name: nameOf(node, parent), lines });
    }
    for (const [, child] of childrenOf(node)) visit(child, node);
  };
  visit(program, undefined);
  return found;
}

function readModule(path: string): SourceModule {
  const text = readFileSync(join(root, path), "utf8");
  const { program, module } = parseSync(path, text);
  const resolve = (specifier: string) => normalize(join(dirname(path), specifier));
  const imports = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? { specifier: moduleRequest.value, isType } : [],
      ),
    ),
  ].filter(({ specifier }) => specifier.startsWith("."));
  return {
    path,
    text,
    imports: imports.map(({ specifier, isType }) => ({ path: resolve(specifier), isType })),
    exports: module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, exportName }) =>
        moduleRequest === null && exportName.name !== null ? exportName.name : [],
      ),
    ),
    functions: findFunctions(program as unknown as SyntaxNode, text),
  };
}

const isSource = (path: string) => /\.tsx?$/.test(path) && !/\.test\.|\.d\.ts$/.test(path);

/** TypeScript modules below folders of the repository, without tests, in order of path. @example readModules("src") */
export const readModules = (...folders: readonly string[]): readonly SourceModule[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
        join(folder, path),
      ),
    )
    .filter(isSource)
    .sort()
    .map(readModule);
