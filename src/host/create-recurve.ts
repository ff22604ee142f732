import { resolve } from "node:path";
import { z } from "zod";
import { EngineError } from "../domain/errors.ts";
import { type Configuration, parseConfiguration } from "../engine/configuration/configuration.ts";
import { describeProblems } from "../engine/input/schema-problems.ts";
import { openServingStore } from "../engine/open-store.ts";
import type { Recurve, RecurveOptions } from "./recurve.ts";
import { serveStore } from "./serve-store.ts";

const aFunction = z.custom((value) => typeof value === "function", "must be a function");
const withMethods = (...names: readonly string[]) =>
  z.custom(
    (value) =>
      names.every((name) => typeof (value as Record<string, unknown>)?.[name] === "function"),
    `must have the methods ${names.join(", ")}`,
  );

const optionsSchema = z.strictObject({
  database: z
    .string("must be the path of an SQLite file")
    .min(1, "must be the path of an SQLite file"),
  configuration: z.unknown().optional(),
  learner: z.boolean().optional(),
  clock: aFunction.optional(),
  random: withMethods("integer", "split").optional(),
  createId: aFunction.optional(),
  log: withMethods("warn", "error").optional(),
  onCycle: aFunction.optional(),
});

function checkOptions(options: RecurveOptions): void {
  const parsed = optionsSchema.safeParse(options);
  if (parsed.success) return;
  const [first] = describeProblems(parsed.error, options);
  throw refuse(`${first?.field} ${first?.problem}`, { field: first?.field });
}

const refuse = (problem: string, details: { readonly field: string | undefined }) =>
  new EngineError(
    "invalid_configuration",
    `createRecurve got a wrong option: ${problem}; see docs/guides/embedding.md`,
    { details },
  );

/** The learner opens the record too, so that it has to be a file. */
function checkLearner({ database, learner = true }: RecurveOptions): void {
  if (!learner || database !== ":memory:") return;
  throw refuse(
    'database is ":memory:", which the learner, a process of its own, can\'t open; name a file, or add learner: false',
    { field: "database" },
  );
}

/** The learner and later starts must find the same model, so that its path is made absolute. */
function readConfiguration(input: unknown): Configuration {
  const { text, ...rest } = parseConfiguration(input);
  if (text?.model === undefined) return text === undefined ? rest : { ...rest, text };
  return { ...rest, text: { ...text, model: resolve(text.model) } };
}

/**
 * Opens the record, makes its engine and starts its learner: the whole loop in one call. Requests
 * are answered in this process; cycles run in one of their own, at lower priority, which is started
 * again if it fails.
 *
 * @throws invalid_configuration, storage_unavailable, unsupported_database_version
 *
 * @example
 * import { createRecurve } from "recurve";
 *
 * const recurve = await createRecurve({ database: "shop.db" });
 * await recurve.putItems([{ itemId: "tea", categories: ["drink"] }]);
 * const { decision } = await recurve.recommend({ userId: "ada" });
 * console.log(decision.slate); // [ 'tea' ]
 * await recurve.close();
 */
export async function createRecurve(options: RecurveOptions): Promise<Recurve> {
  checkOptions(options);
  checkLearner(options);
  const configuration = readConfiguration(options.configuration);
  const store = await openServingStore(options.database);
  try {
    return await serveStore(store, { ...options, configuration });
  } catch (error) {
    await store.close();
    throw error;
  }
}
