import type { Context } from "hono";
import { name } from "../../engine/input/fields.ts";
import type { Reactions } from "../../engine/reactions/create-reactions.ts";
import type { App, RouteParts, ServerEnv } from "../app.ts";
import { parseField } from "./gorse-fields.ts";

/** Parts of the routes of Gorse's wire. */
export interface GorseParts extends RouteParts {
  readonly reactions: Reactions;
}

/** A request as its handler reads it. */
export interface GorseRequest {
  readonly context: Context<ServerEnv>;
  /** An id or a category of the path. @throws invalid_request */
  readonly id: (parameter: string) => string;
  /** The path's category, if it has one, and those of the query. */
  readonly categories: readonly string[];
}

const base = "/gorse/api";

function readRequest(context: Context<ServerEnv>): GorseRequest {
  const parameters: Readonly<Record<string, string>> = context.req.param();
  const id = (parameter: string) => parseField(name, parameters[parameter] ?? "", parameter);
  const asked = [parameters.category ?? "", ...(context.req.queries("category") ?? [])];
  return {
    context,
    id,
    categories: asked
      .filter((category) => category !== "")
      .map((category) => parseField(name, category, "category")),
  };
}

/** Answers with JSON. A slash at the end is Gorse's form of an absent last part. */
export type AddGorseRoute = (
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  paths: string | readonly string[],
  answer: (request: GorseRequest) => Promise<unknown>,
) => void;

export const gorseRoutes =
  (app: App): AddGorseRoute =>
  (method, paths, answer) => {
    const all = [paths].flat().flatMap((path) => [`${base}${path}`, `${base}${path}/`]);
    app.on(method, all, async (context) =>
      context.json((await answer(readRequest(context))) as object),
    );
  };

/** The same with a category at the end. */
export const withCategory = (path: string): readonly string[] => [path, `${path}/:category`];
