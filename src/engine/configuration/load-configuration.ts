import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EngineError } from "../../domain/errors.ts";
import { type Configuration, checkConfiguration, parseConfiguration } from "./configuration.ts";
import { defineConfig } from "./define-config.ts";

const extensions = ["ts", "mts", "cts", "js", "mjs", "cjs", "json"];

/**
 * The `recurve.config.*` of a folder, not of its parents.
 * @throws invalid_configuration if there are several
 */
export function findConfigurationFile(folder: string = process.cwd()): string | undefined {
  const paths = extensions.map((extension) => join(folder, `recurve.config.${extension}`));
  const found = paths.filter((path) => existsSync(path));
  if (found.length <= 1) return found[0];
  throw new EngineError(
    "invalid_configuration",
    `there are several configuration files: ${found.join(", ")}; keep one, or name one with --config`,
    { details: { paths: found } },
  );
}

/** Default export of an ES module, exports of a CommonJS module. */
function unwrap(module: object): unknown {
  if ("default" in module) return module.default;
  const isEsModule = Object.hasOwn(module, "__esModule") || Symbol.toStringTag in module;
  if (!isEsModule) return module;
  throw new Error("it has no default export; write export default defineConfig({ … })");
}

/** The running package answers `recurve`: the project may lack it, and jiti would compile all of it. No cache is written. */
async function importModule(path: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(path, { fsCache: false, virtualModules: { recurve: { defineConfig } } });
  return unwrap(await jiti.import<object>(path));
}

/** Line where JSON or a module broke, if the message or the stack has it. */
function findLine({ message, stack }: Error, path: string, text: string): number | undefined {
  const position = / in JSON at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return text.slice(0, Number(position)).split("\n").length;
  const line = Number.parseInt(stack?.split(`${path}:`)[1] ?? "", 10);
  return Number.isNaN(line) ? undefined : line;
}

function refuseFile(path: string, text: string, cause: unknown): EngineError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const line = findLine(error, path, text);
  const place = line === undefined ? path : `${path}:${line}`;
  // Further lines of a message name the requiring module, or repeat the place.
  const reason = error.message.split("\n", 1)[0]?.trim();
  return new EngineError(
    "invalid_configuration",
    `configuration file ${place} can't be read: ${reason}; see docs/guides/configuration.md`,
    { details: { path, ...(line !== undefined && { line }) }, cause },
  );
}

async function readFile(path: string): Promise<unknown> {
  let text = "";
  try {
    // Some editors begin a file with a mark of its encoding, which is no JSON.
    text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    return path.endsWith(".json") ? JSON.parse(text) : await importModule(path);
  } catch (cause) {
    throw refuseFile(path, text, cause);
  }
}

/**
 * Reads a configuration: JSON, or a module in TypeScript or JavaScript whose default export it is.
 *
 * @param path default: the `recurve.config.*` of the current folder, or the default configuration
 * if there is none
 * @throws invalid_configuration naming the file, and the line or the fields
 * @example const configuration = await loadConfiguration("shop.config.ts");
 */
export async function loadConfiguration(
  path: string | undefined = findConfigurationFile(),
): Promise<Configuration> {
  if (path === undefined) return parseConfiguration();
  const file = resolve(path);
  const { text, ...rest } = checkConfiguration(await readFile(file), file);
  if (text?.model === undefined) return text === undefined ? rest : { ...rest, text };
  return { ...rest, text: { ...text, model: resolve(dirname(file), text.model) } };
}
