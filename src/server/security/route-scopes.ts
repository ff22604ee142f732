import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { routes } from "../../contract/routes.ts";
import type { Scope } from "../../domain/api-key.ts";

/** `open`: for everybody. It tells nothing of users, items or the loop. */
type RouteScope = Scope | "open";

/** Who may call a route: this table, as a whole. The Gorse and Personalizer routes are named below their bases. */
const routesByScope: Readonly<Record<RouteScope, readonly string[]>> = {
  open: [
    "GET /",
    `GET ${routes.ready}`,
    `GET ${routes.openApi}`,
    "GET /gorse/api/health/live",
    "GET /gorse/api/health/ready",
  ],
  serve: [
    `POST ${routes.recommend}`,
    `POST ${routes.recommendBatch}`,
    `POST ${routes.decisions}/:decisionId/activate`,
    `POST ${routes.events}`,
    "POST /gorse/api/feedback",
    "PUT /gorse/api/feedback",
    "GET /gorse/api/recommend/:user",
    "GET /gorse/api/recommend/:user/:category",
    "GET /gorse/api/popular",
    "GET /gorse/api/popular/:category",
    "GET /gorse/api/latest",
    "GET /gorse/api/latest/:category",
    "GET /gorse/api/non-personalized/:name",
    "GET /gorse/api/non-personalized/:name/:category",
    "GET /gorse/api/item/:item/neighbors",
    "GET /gorse/api/item/:item/neighbors/:category",
    "GET /gorse/api/user/:user/neighbors",
    "POST /gorse/api/session/recommend",
    "POST /gorse/api/session/recommend/:category",
    "POST /personalizer/rank",
    "POST /personalizer/multislot/rank",
    "POST /personalizer/events/:eventId/reward",
    "POST /personalizer/multislot/events/:eventId/reward",
    "POST /personalizer/events/:eventId/activate",
    "POST /personalizer/multislot/events/:eventId/activate",
    "POST /personalizer/logs/interactions",
    "POST /personalizer/logs/observations",
  ],
  write: [
    `POST ${routes.items}`,
    `PUT ${routes.items}/:itemId`,
    `DELETE ${routes.items}/:itemId`,
    `POST ${routes.users}`,
    `PUT ${routes.users}/:userId`,
    `DELETE ${routes.users}/:userId`,
    `POST ${routes.campaigns}`,
    `PUT ${routes.campaigns}/:campaignId`,
    `DELETE ${routes.campaigns}/:campaignId`,
    `POST ${routes.edges}`,
    `DELETE ${routes.edges}/:userId/:type/:to`,
    "POST /gorse/api/user",
    "POST /gorse/api/users",
    "PATCH /gorse/api/user/:user",
    "DELETE /gorse/api/user/:user",
    "POST /gorse/api/item",
    "POST /gorse/api/items",
    "PATCH /gorse/api/item/:item",
    "DELETE /gorse/api/item/:item",
    "PUT /gorse/api/item/:item/category/:named",
    "DELETE /gorse/api/item/:item/category/:named",
    "DELETE /gorse/api/feedback/:user/:item",
    "DELETE /gorse/api/feedback/:type/:user/:item",
  ],
  read: [
    `GET ${routes.items}`,
    `GET ${routes.items}/:itemId`,
    `GET ${routes.users}`,
    `GET ${routes.users}/:userId`,
    `GET ${routes.decisions}`,
    `GET ${routes.campaigns}`,
    `GET ${routes.campaigns}/:campaignId`,
    `GET ${routes.campaignReport}`,
    `GET ${routes.edges}/:userId`,
    `GET ${routes.decisions}/:decisionId`,
    `GET ${routes.decisions}/:decisionId/explanation`,
    `GET ${routes.policies}`,
    `GET ${routes.interventions}`,
    `GET ${routes.cycles}`,
    `GET ${routes.cycles}/:cycle`,
    `GET ${routes.rewardSeries}`,
    `GET ${routes.activity}`,
    `GET ${routes.scenarios}`,
    `GET ${routes.health}`,
    `GET ${routes.metrics}`,
    "GET /gorse/api/users",
    "GET /gorse/api/user/:user",
    "GET /gorse/api/items",
    "GET /gorse/api/item/:item",
    "GET /gorse/api/feedback",
    "GET /gorse/api/feedback/:type",
    "GET /gorse/api/feedback/:user/:item",
    "GET /gorse/api/feedback/:type/:user/:item",
    "GET /gorse/api/user/:user/feedback",
    "GET /gorse/api/user/:user/feedback/:type",
    "GET /gorse/api/item/:item/feedback",
    "GET /gorse/api/item/:item/feedback/:type",
    "GET /personalizer/configurations/service",
    "GET /personalizer/configurations/policy",
    "GET /personalizer/logs/properties",
    "GET /personalizer/model/properties",
    "GET /personalizer/evaluations",
    "GET /personalizer/evaluations/:evaluationId",
  ],
  admin: [
    `POST ${routes.rollBack}`,
    `POST ${routes.interventions}`,
    "PUT /personalizer/configurations/service",
    "PATCH /personalizer/configurations/service",
    "PUT /personalizer/configurations/policy",
    "PATCH /personalizer/configurations/policy",
    "DELETE /personalizer/configurations/policy",
    "POST /personalizer/configurations/applyFromEvaluation",
    "GET /personalizer/model",
    "PUT /personalizer/model",
    "DELETE /personalizer/model",
    "DELETE /personalizer/logs",
    "POST /personalizer/evaluations",
    "DELETE /personalizer/evaluations/:evaluationId",
  ],
};

const scopeByRoute: ReadonlyMap<string, RouteScope> = new Map(
  Object.entries(routesByScope).flatMap(([scope, all]) =>
    all.map((route) => [route, scope as RouteScope] as const),
  ),
);

/** Without Personalizer's version, and without the slash that Gorse's routes may end in. */
const nameRoute = (method: string, path: string) =>
  `${method} ${path.replace(/^\/personalizer\/v[^/]+/, "/personalizer").replace(/(.)\/$/, "$1")}`;

/** @param path pattern such as `/api/v1/items/:itemId`. Undefined if the table lacks the route. */
export const scopeOfRoute = (method: string, path: string): RouteScope | undefined =>
  scopeByRoute.get(nameRoute(method, path));

/** Each route is looked up once. */
const known = new WeakMap<object, RouteScope>();

/** Of the route that answers: a route without a scope is the administrators', files and unknown paths are open. */
export function scopeOf(context: Context): RouteScope {
  const route = matchedRoutes(context).find(({ method }) => method !== "ALL");
  if (route === undefined) return "open";
  const scope = known.get(route) ?? scopeOfRoute(route.method, route.path) ?? "admin";
  known.set(route, scope);
  return scope;
}
