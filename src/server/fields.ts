import { z } from "@hono/zod-openapi";
import type { ScenarioQuery } from "../contract/page.ts";
import type { CandidateBody, SlateEntry } from "../contract/recommend.ts";
import { type Arm, arms, type Decision } from "../domain/decision.ts";
import type { Engine } from "../engine/engine.ts";
import { exactly } from "../engine/input/exactly.ts";
import { defaultLimit, limit, name, optional, storeNumber } from "../engine/input/fields.ts";
import { candidateInput } from "../engine/input/schemas/recommend.ts";

/** `wire<T>()(schema)` compiles only where the schema parses exactly the contract's type. */
export const wire: typeof exactly = exactly;

export const count: z.ZodInt = z.int().min(0);

/** A number in a path or a query, in which everything is text. */
export const numberText = (schema: z.ZodInt): z.ZodType<number> =>
  z.preprocess((text) => Number(text), schema);

/** A number that the store gave out, as part of a path. */
export const pathNumber: z.ZodType<number> = numberText(storeNumber);

export const arm: z.ZodType<Arm> = z.enum(arms);

export const limitText: z.ZodType<number> = numberText(limit.meta({ default: defaultLimit }));

export const scenarioQuery: z.ZodObject<
  { scenario: z.ZodExactOptional<typeof name>; limit: z.ZodExactOptional<typeof limitText> },
  z.core.$strict
> = z.strictObject({ scenario: optional(name), limit: optional(limitText) });
wire<ScenarioQuery>()(scenarioQuery);

/** The scenario of a request that names none. A configuration has at least one. */
export const firstScenario = (engine: Engine): string => engine.scenarios[0]?.name ?? "";

export const candidate: z.ZodType<CandidateBody> = wire<CandidateBody>()(candidateInput);

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
