import { createRoute, z } from "@hono/zod-openapi";
import type { EdgeBody, EdgesQuery, EdgesRequest, EdgesResponse } from "../../contract/edges.ts";
import { routes } from "../../contract/routes.ts";
import { edgeTypes } from "../../domain/edge.ts";
import { EngineError } from "../../domain/errors.ts";
import { name, optional } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { edgeInput } from "../../engine/input/schemas/edges.ts";
import type { App, RouteParts } from "../app.ts";
import { limitText, wire } from "../fields.ts";
import { answer, body, failures } from "../operation.ts";
import { putAnswer } from "./catalogue.ts";

const edgeBody = wire<EdgeBody>()(edgeInput);
const edgesRequest = wire<EdgesRequest>()(
  z.strictObject({ edges: batch(edgeBody).min(1, "must not be empty") }).openapi("EdgesRequest"),
);
const edgesResponse = wire<EdgesResponse>()(
  z.strictObject({ edges: z.array(edgeBody) }).openapi("EdgesResponse"),
);
const edgesQuery = z.strictObject({ limit: optional(limitText) });
wire<EdgesQuery>()(edgesQuery);

const example = { edges: [{ userId: "ada", type: "follow" as const, to: "eve" }] };
const common = { tags: ["edges"] };

const putRoute = createRoute({
  ...common,
  method: "post",
  path: routes.edges,
  operationId: "putEdges",
  summary: "Connect users",
  description:
    "All or none, at most 1000, durable before the answer leaves. A friend holds both ways; a follow leads to a user or to an author as items name theirs. An edge that holds already is unchanged. Only direct edges count, so cycles change nothing.",
  request: { body: body(edgesRequest, example) },
  responses: { 200: putAnswer, ...failures("unknown_user") },
});

const listRoute = createRoute({
  ...common,
  method: "get",
  path: `${routes.edges}/{userId}`,
  operationId: "listEdges",
  summary: "List a user's edges",
  description: "Newest first. A user without edges, known or not, has an empty list.",
  request: { params: z.strictObject({ userId: name }), query: edgesQuery },
  responses: { 200: answer("The user's edges", edgesResponse, example), ...failures() },
});

const deleteRoute = createRoute({
  ...common,
  method: "delete",
  path: `${routes.edges}/{userId}/{type}/{to}`,
  operationId: "deleteEdge",
  summary: "End an edge",
  description: "From the next request on; earlier decisions keep it. Friends end both ways.",
  request: { params: z.strictObject({ userId: name, type: z.enum(edgeTypes), to: name }) },
  responses: { 204: { description: "Ended" }, ...failures("not_found") },
});

export function addEdges(app: App, { engine }: RouteParts): void {
  app.openapi(putRoute, async (context) =>
    context.json(await engine.putEdges(context.req.valid("json").edges), 200),
  );
  app.openapi(listRoute, async (context) => {
    const found = await engine.listEdges(
      context.req.valid("param").userId,
      context.req.valid("query"),
    );
    const edges = found.map(({ userId, type, to }) => ({ userId, type, to }));
    return context.json({ edges }, 200);
  });
  app.openapi(deleteRoute, async (context) => {
    const edge = context.req.valid("param");
    if (await engine.deleteEdge(edge)) return context.body(null, 204);
    const message = `no ${edge.type} of '${edge.userId}' leads to '${edge.to}'; GET ${routes.edges}/${encodeURIComponent(edge.userId)} lists those that hold`;
    throw new EngineError("not_found", message, { details: { ...edge } });
  });
}
