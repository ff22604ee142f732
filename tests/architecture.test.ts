import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { readDocument, readTables } from "./support/documents.ts";

// Who may import whom. ARCHITECTURE.md shows the same table to people.
const layers: Record<string, { folders: string[]; packages: string[] }> = {
  domain: { folders: [], packages: [] },
  numeric: { folders: [], packages: ["pure-rand"] },
  contract: { folders: ["domain"], packages: [] },
  tensor: {
    folders: ["numeric"],
    packages: ["onnxruntime-common", "detect-libc", "protobufjs", "node:*"],
  },
  policy: { folders: ["domain", "numeric", "tensor"], packages: ["node:crypto"] },
  evaluation: { folders: ["domain", "numeric"], packages: [] },
  mpo: { folders: ["domain", "numeric", "evaluation"], packages: [] },
  learning: { folders: ["domain", "numeric", "tensor", "policy", "mpo"], packages: [] },
  storage: {
    folders: ["domain"],
    packages: [
      "zod",
      "libsql",
      "node:crypto",
      "node:fs",
      "node:module",
      "node:path",
      "node:worker_threads",
      "node:zlib",
    ],
  },
  engine: {
    folders: [
      "domain",
      "contract",
      "numeric",
      "tensor",
      "policy",
      "mpo",
      "learning",
      "evaluation",
      "storage",
    ],
    packages: [
      "zod",
      "@huggingface/tokenizers",
      "@opentelemetry/api",
      "jiti",
      "fastest-levenshtein",
      "node:*",
    ],
  },
  exchange: {
    folders: ["domain", "policy", "storage", "engine"],
    packages: [
      "zod",
      "csv-parse",
      "protobufjs",
      "d3-array",
      "hyparquet",
      "hyparquet-compressors",
      "hyparquet-writer",
      "node:*",
    ],
  },
  analysis: {
    folders: [
      "domain",
      "numeric",
      "tensor",
      "policy",
      "learning",
      "evaluation",
      "storage",
      "engine",
      "exchange",
    ],
    packages: ["node:*"],
  },
  lab: {
    folders: [
      "domain",
      "contract",
      "numeric",
      "policy",
      "mpo",
      "learning",
      "evaluation",
      "storage",
      "engine",
      "analysis",
    ],
    packages: ["node:*"],
  },
  server: {
    folders: ["domain", "contract", "engine"],
    packages: [
      "hono",
      "@hono/node-server",
      "@hono/zod-openapi",
      "@opentelemetry/api",
      "prom-client",
      "node:*",
    ],
  },
  host: {
    folders: ["domain", "numeric", "engine", "exchange", "server"],
    packages: ["zod", "@opentelemetry/sdk-node", "node:*"],
  },
  react: { folders: ["contract", "sdk"], packages: ["react"] },
  sdk: { folders: ["contract"], packages: [] },
  cli: {
    folders: [
      "domain",
      "contract",
      "numeric",
      "evaluation",
      "engine",
      "exchange",
      "analysis",
      "lab",
      "server",
      "host",
      "sdk",
    ],
    packages: ["commander", "pino", "ora", "cli-table3", "node:*"],
  },
};

const source = resolve(import.meta.dirname, "../src");
const folderOf = (path: string) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "");

function importsOf(file: string): string[] {
  // Lines of doc comments begin with a star: examples import the package.
  const text = readFileSync(join(source, file), "utf8").replaceAll(/^\s*\*.*$/gm, "");
  return [...text.matchAll(/\bfrom "([^"]+)"|\bimport\(\s*"([^"]+)"/g)].map(
    (m) => m[1] ?? m[2] ?? "",
  );
}

function allowsPackage(packages: string[], specifier: string): boolean {
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return packages.includes(name) || (name.startsWith("node:") && packages.includes("node:*"));
}

function breach(file: string, specifier: string): string | undefined {
  const layer = layers[folderOf(file)];
  if (!layer) return `${file}: its folder is missing from the table`;
  if (!specifier.startsWith(".")) {
    return allowsPackage(layer.packages, specifier)
      ? undefined
      : `${file} must not import ${specifier}`;
  }
  const target = relative(source, resolve(source, dirname(file), specifier));
  const folder = folderOf(target);
  const allowed = folder === folderOf(file) || layer.folders.includes(folder);
  return allowed ? undefined : `${file} must not import ${target}`;
}

test("every import follows the table of layers", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && folderOf(path) !== "",
  );
  expect(files.length).toBeGreaterThan(20);
  expect(
    files.flatMap((file) => importsOf(file).map((s) => breach(file, s))).filter(Boolean),
  ).toEqual([]);
});

test("a forbidden import is caught", () => {
  expect(breach("evaluation/x.ts", "../policy/network.ts")).toMatch(/must not import policy/);
  expect(breach("numeric/x.ts", "zod")).toMatch(/must not import zod/);
});

test("ARCHITECTURE.md shows the same table", () => {
  const list = (cell = "") => (cell === "–" ? [] : cell.split(", "));
  const { text } = readDocument("ARCHITECTURE.md");
  const section = text.slice(text.indexOf("## Who may import whom"), text.indexOf("## Invariants"));
  const shown = readTables(section).map(([folder = "", folders, packages]) => [
    folder.replaceAll("`", ""),
    { folders: list(folders), packages: list(packages) },
  ]);
  expect(Object.fromEntries(shown)).toEqual(layers);
});
