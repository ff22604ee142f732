import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { parseSync } from "vite";
import { readSources } from "../support/documents.ts";

/** Modules of the package's entries, by the name under which a program imports them. */
export const entries: Readonly<Record<string, string>> = {
  recurve: "src/index.ts",
  "recurve/sdk": "src/sdk/client.ts",
  "recurve/react": "src/react/use-recommendations.ts",
  "recurve/evaluation": "src/evaluation/index.ts",
  "recurve/tensor": "src/tensor/index.ts",
};

export interface PublicExport {
  readonly name: string;
  /** Path of the declaring module from the root of the repository. */
  readonly path: string;
  /** Its doc comment without stars; absent if there is none. */
  readonly comment?: string;
}

interface Place {
  readonly name: string;
  readonly path: string;
}

const root = join(import.meta.dirname, "../..");

function parse(path: string) {
  const text = readFileSync(join(root, path), "utf8");
  const { comments, module, program } = parseSync(path, text);
  const docs = comments.filter(({ value }) => value.startsWith("*"));
  return { text, docs, module, program };
}

const parsed = new Map<string, ReturnType<typeof parse>>();

/** A module, parsed once. */
function open(path: string): ReturnType<typeof parse> {
  const known = parsed.get(path) ?? parse(path);
  parsed.set(path, known);
  return known;
}

/** Text of a doc comment without its stars. */
const read = (comment: string): string => comment.replace(/^\s*\*+ ?/gm, "").trim();

/** The doc comment that ends directly before the declaration. */
function commentOf({ name, path }: Place): string | undefined {
  const { text, docs, program } = open(path);
  const declares = new RegExp(`^export (async )?\\w+\\*? ${name}\\b`);
  const statement = program.body.find(({ start }) => declares.test(text.slice(start)));
  if (statement === undefined) return undefined;
  const { start } = statement;
  const comment = docs.find(({ end }) => end < start && text.slice(end, start).trim() === "");
  return comment && read(comment.value);
}

/** Exports of a module at the places of their declarations; a star exports all of its module. */
function placesOf(path: string): Place[] {
  const { module } = open(path);
  return module.staticExports
    .flatMap(({ entries: found }) => found)
    .flatMap(({ moduleRequest, importName, exportName }) => {
      if (moduleRequest === null)
        return exportName.name === null ? [] : [{ name: exportName.name, path }];
      const from = normalize(join(dirname(path), moduleRequest.value));
      const places = placesOf(from);
      return importName.name === null
        ? places
        : places.filter(({ name }) => name === importName.name);
    });
}

/** Exports of an entry's module, each once, with their doc comments. */
export function publicExports(path: string): PublicExport[] {
  const places = new Map(placesOf(path).map((place) => [`${place.path} ${place.name}`, place]));
  return [...places.values()].map((place) => {
    const comment = commentOf(place);
    return { ...place, ...(comment && { comment }) };
  });
}

export interface Example {
  /** Module and number of the example in it. */
  readonly title: string;
  readonly code: string;
  /** Output that its comments promise: the text after `//` of each line that prints. */
  readonly output: string;
}

const importsPackage = /^import .* from "recurve/m;

function examplesIn(path: string): Example[] {
  const blocks = open(path).docs.flatMap(({ value }) =>
    read(value)
      .split(/^@example\n/m)
      .slice(1),
  );
  const programs = blocks.map((block) => block.split(/^@/m)[0] ?? "");
  return programs
    .filter((code) => importsPackage.test(code))
    .map((code, index) => ({
      title: `${path} ${index + 1}`,
      code,
      output: [...code.matchAll(/console\.log\(.* \/\/ (.*)$/gm)]
        .map(([, text]) => `${text}\n`)
        .join(""),
    }));
}

/** Examples of doc comments that import the package, in all modules: a public type may inherit its methods from an inner one. */
export const publicExamples = (): Example[] =>
  readSources().flatMap(({ path }) => examplesIn(path));
