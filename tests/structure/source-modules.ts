import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "vite";
import { childrenOf, identifier, type SyntaxNode } from "./syntax.ts";

export interface ImportedModule {
  /** Path from the root of the repository. */
  readonly path: string;
  /** Nothing of it is left at run time. */
  readonly isType: boolean;
  /** Local names of what is imported, with their names over there. */
  readonly names: ReadonlyMap<string, string>;
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
  readonly program: SyntaxNode;
}

const root = join(import.meta.dirname, "../..");

const functionTypes = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];

function nameOf(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  const named = [node.id, parent?.id, parent?.key].map(identifier);
  return named.find((name) => name !== undefined) ?? "(anonymous)";
}

function findFunctions(program: SyntaxNode, text: string): SourceFunction[] {
  const found: SourceFunction[] = [];
  const visit = (node: SyntaxNode, parent: SyntaxNode | undefined) => {
    if (functionTypes.includes(node.type) && node.body) {
      const lines = text.slice(node.start, node.end).split("\n").length;
      found.push({ name: nameOf(node, parent), lines });
    }
    for (const child of childrenOf(node)) visit(child, node);
  };
  visit(program, undefined);
  return found;
}

/** @param path from the root of the repository, in which the imports are relative */
export function parseModule(path: string, text: string): SourceModule {
  const { program, module } = parseSync(path, text);
  const resolve = (specifier: string) => normalize(join(dirname(path), specifier));
  const imports = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({
      specifier: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
      names: entries.map(
        ({ localName, importName }) => [localName.value, importName.name] as const,
      ),
    })),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, isType }) =>
        moduleRequest ? { specifier: moduleRequest.value, isType, names: [] } : [],
      ),
    ),
  ].filter(({ specifier }) => specifier.startsWith("."));
  return {
    path,
    text,
    imports: imports.map(({ specifier, isType, names }) => ({
      path: resolve(specifier),
      isType,
      names: new Map(names.map(([local, name]) => [local, name ?? "default"])),
    })),
    exports: module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, exportName }) =>
        moduleRequest === null && exportName.name !== null ? exportName.name : [],
      ),
    ),
    functions: findFunctions(program as unknown as SyntaxNode, text),
    program: program as unknown as SyntaxNode,
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
    .map((path) => parseModule(path, readFileSync(join(root, path), "utf8")));
