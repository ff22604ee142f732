import { z } from "@hono/zod-openapi";
import type { CandidateBody, JsonObject, ScenarioQuery, SlateEntry } from "../contract/api.ts";
import { type Arm, arms, type Decision } from "../domain/decision.ts";
import type { Engine } from "../engine/engine.ts";

type Frozen<T> = T extends (...parameters: never[]) => unknown
  ? T
  : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** Identical, optional fields included; `readonly` doesn't count, for zod's types are mutable. */
type Same<Left, Right> =
  (<T>() => T extends Frozen<Left> ? 1 : 2) extends <T>() => T extends Frozen<Right> ? 1 : 2
    ? true
    : false;

/** `wire<T>()(schema)` compiles only where the schema parses exactly the contract's type. */
export const wire =
  <T>() =>
  <Schema extends z.ZodType>(
    schema: Schema,
    ..._mismatch: Same<z.output<Schema>, T> extends true ? [] : ["not the contract's type"]
  ): z.ZodType<T> =>
    schema as unknown as z.ZodType<T>;

/**
 * A field that may be absent. The generator of OpenAPI takes a field for optional where its schema accepts `undefined`,
 * which JSON can't say; so the schema does, and the type stays exact.
 */
export const optional = <Schema extends z.ZodType>(schema: Schema): z.ZodExactOptional<Schema> =>
  schema.optional() as unknown as z.ZodExactOptional<Schema>;

// Control characters break logs. Lone surrogates don't survive UTF-8. "." and ".." vanish from URLs.
const isPlain = (text: string) => !/[\p{Cc}\p{Cs}]|^\.{1,2}$/u.test(text);

/** Ids and names: 1 to 256 characters. */
export const name: z.ZodString = z
  .string()
  .min(1)
  .max(256)
  .refine(isPlain, "expected no control character, no lone surrogate and neither '.' nor '..'");

/** Who did something by hand, and why. */
export const noteFields: {
  readonly by: z.ZodExactOptional<typeof name>;
  readonly reason: z.ZodExactOptional<z.ZodString>;
} = { by: optional(name), reason: optional(z.string().min(1).max(1000)) };

/** Arbitrary JSON; how deep and how large is checked before, for the body as a whole. */
export const jsonObject: z.ZodType<JsonObject> = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "expected an object",
  )
  .openapi({ type: "object", additionalProperties: true });

export const time: z.ZodType<string> = z.iso
  .datetime("expected a time in UTC such as 2026-03-01T12:00:00Z")
  .openapi({ example: "2026-03-01T12:00:00.000Z" });

export const count: z.ZodInt = z.int().min(0);

/** A number that the store gave out, as part of a path. */
export const pathNumber: z.ZodType<number> = z.coerce
  .number()
  .int()
  .min(1)
  .openapi({ type: "integer" });

export const arm: z.ZodType<Arm> = z.enum(arms);

export const limit: z.ZodType<number> = z.coerce
  .number()
  .int()
  .min(1)
  .max(1000)
  .openapi({ type: "integer", default: 100 });
export const defaultLimit = 100;

export const scenarioQuery: z.ZodObject<
  { scenario: z.ZodExactOptional<typeof name>; limit: z.ZodExactOptional<typeof limit> },
  z.core.$strict
> = z.strictObject({ scenario: optional(name), limit: optional(limit) });
wire<ScenarioQuery>()(scenarioQuery);

/** What a request means that names no scenario. A configuration has at least one. */
export const firstScenario = (engine: Engine): string => engine.scenarios[0]?.name ?? "";

export const candidate: z.ZodType<CandidateBody> = wire<CandidateBody>()(
  z.strictObject({ itemId: name, features: optional(jsonObject) }).openapi("Candidate"),
);

export const slateEntry: z.ZodType<SlateEntry> = wire<SlateEntry>()(
  z.strictObject({ itemId: name, position: count, propensity: z.number() }).openapi("SlateEntry"),
);

export const toTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

export const toSlate = ({ slate, positionPropensities }: Decision): SlateEntry[] =>
  slate.map((itemId, position) => ({
    itemId,
    position,
    propensity: positionPropensities[position] ?? 0,
  }));
