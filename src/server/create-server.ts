import { OpenAPIHono, z } from "@hono/zod-openapi";
import { cors } from "hono/cors";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { routes } from "../contract/routes.ts";
import { EngineError } from "../domain/errors.ts";
import type { Engine } from "../engine/engine.ts";
import { withoutChecks } from "../engine/input/check-engine.ts";
import { aFunction, checkOptions, madeBy, someText } from "../engine/input/check-options.ts";
import { integer, optional } from "../engine/input/fields.ts";
import type { Keyring } from "../engine/keys/keyring.ts";
import { wiresOf } from "../engine/wires.ts";
import type { App, LogAudited, LogError, LogWarning, ServerEnv } from "./app.ts";
import { addDashboard } from "./dashboard.ts";
import { answerError, createErrorHandler, toInvalidRequest } from "./errors.ts";
import { logSeldom } from "./failure-log.ts";
import { addGorse } from "./gorse/add-gorse.ts";
import { limitRequests } from "./limit-requests.ts";
import { createMetrics, type SharedMetrics } from "./metrics.ts";
import { addPersonalizer } from "./personalizer/add-personalizer.ts";
import { refuseQuery } from "./refuse-query.ts";
import { checkBody, limitBody, receiveBody } from "./request-body.ts";
import { addActivity } from "./routes/activity.ts";
import { addCampaigns } from "./routes/campaigns.ts";
import { addCycles } from "./routes/cycles.ts";
import { addDecisionPages } from "./routes/decision-pages.ts";
import { addDecisions } from "./routes/decisions.ts";
import { addEdges } from "./routes/edges.ts";
import { addEvents } from "./routes/events.ts";
import { addExplanations } from "./routes/explanations.ts";
import { addHealth } from "./routes/health.ts";
import { addInterventions } from "./routes/interventions.ts";
import { addItems } from "./routes/items.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addPolicies } from "./routes/policies.ts";
import { addReady } from "./routes/ready.ts";
import { addRecommend } from "./routes/recommend.ts";
import { addRewardSeries } from "./routes/reward-series.ts";
import { addScenarios } from "./routes/scenarios.ts";
import { addUsers } from "./routes/users.ts";
import { describeSecurity } from "./security/describe-security.ts";
import { addSecurityHeaders } from "./security/headers.ts";
import { refuseForeignHosts, refuseForeignOrigins } from "./security/hosts.ts";
import { logAuditedRequests } from "./security/log-audited.ts";
import { requireKey } from "./security/require-key.ts";
import { traceRequests } from "./trace-requests.ts";
import { closeAfterUnread } from "./unread-body.ts";

/** Engine, time and logs of a server. */
export interface ServerOptions {
  readonly engine: Engine;
  /** Of Recurve, for `/health` and the schema. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly logError: LogError;
  /** Default: warnings are dropped. */
  readonly logWarning?: LogWarning;
  /** Default: they are not logged. */
  readonly logAudited?: LogAudited;
  /** From when on `/ready` answers with 503. Default: never. */
  readonly isClosing?: () => boolean;
  /** Whether a `host` header names this server. Default: always, for a program that checks its own. */
  readonly isOwnHost?: (header: string) => boolean;
  /** Origins of other servers whose pages may call this one (CORS). Default: none. */
  readonly origins?: readonly string[];
  /** Default: nobody needs a key. */
  readonly keyring?: Keyring;
  /** Requests that are answered at a time; others are refused at once. Default: no limit. */
  readonly maxRequests?: number;
  /** Share of `maxRequests` that one key of the keyring may have at a time, in (0, 1]. Default: all. */
  readonly keyShare?: number;
  /** Of several servers at one port. Default: its own are all. */
  readonly sharedMetrics?: SharedMetrics;
  /** The built dashboard. Without it `/` explains how to build it. */
  readonly dashboardFolder?: string;
}

const placeByTarget: Readonly<Record<string, string>> = { json: "body", param: "path" };

function createApp(): App {
  return new OpenAPIHono<ServerEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const place = placeByTarget[result.target] ?? result.target;
      // The input is passed on beside the error, which the hook's type leaves out.
      throw toInvalidRequest(place, result.error, (result as { data?: unknown }).data);
    },
  });
}

/** Answers a path that exists for other methods; OPTIONS asks for just those. */
const refuseMethods = (app: App) =>
  methodNotAllowed<ServerEnv>({
    app,
    onMethodNotAllowed: (context, methods) => {
      const allow = methods.join(", ");
      context.header("allow", allow);
      if (context.req.method === "OPTIONS") return context.body(null, 204);
      const { method, path } = context.req;
      const message = `${path} does not take ${method}; use ${allow}`;
      return answerError(
        context,
        new EngineError("method_not_allowed", message, { details: { method, allow: methods } }),
      );
    },
  });

/** Who may send requests, before anything is read of them; then how many are taken, which a slow body does not hold up. */
function guard(app: App, options: ServerOptions): void {
  const { isOwnHost, origins = [], keyring, logAudited, maxRequests, keyShare = 1 } = options;
  if (isOwnHost) app.use(refuseForeignHosts(isOwnHost));
  if (origins.length > 0) app.use(cors({ origin: [...origins], maxAge: 600 }));
  app.use(refuseForeignOrigins(origins));
  if (keyring) app.use(requireKey(keyring, options.clock));
  if (logAudited) app.use(logAuditedRequests(logAudited));
  app.use(limitBody, receiveBody);
  if (maxRequests !== undefined) app.use(limitRequests({ maxRequests, keyShare }, options.clock));
}

const optionChecks = {
  engine: madeBy("createEngine", "recommend", "health"),
  version: someText,
  clock: aFunction,
  logError: aFunction,
  logWarning: optional(aFunction),
  logAudited: optional(aFunction),
  isClosing: optional(aFunction),
  isOwnHost: optional(aFunction),
  keyring: optional(madeBy("createKeyring", "authenticate")),
  maxRequests: optional(integer(1, 100_000)),
  keyShare: optional(z.number().positive().max(1)),
  sharedMetrics: optional(madeBy("shareMetrics", "share", "readAll")),
  dashboardFolder: optional(someText),
};

/** Made once: it takes the processor for 20 ms, and anybody may ask for it. */
function addSchema(app: App, version: string): void {
  const info = { openapi: "3.1.0", info: { title: "Recurve", version } };
  let schema: string | undefined;
  app.get(routes.openApi, (context) => {
    schema ??= JSON.stringify(describeSecurity(app.getOpenAPI31Document(info)));
    return context.body(schema, 200, { "content-type": "application/json" });
  });
}

/**
 * Everything that Recurve answers over HTTP, without a socket; `listen` gives it one.
 * @throws invalid_request if an option is unknown, of the wrong type or out of range
 */
export function createServer(options: ServerOptions): App {
  checkOptions(options, optionChecks);
  const { engine, version, clock } = options;
  const logError = logSeldom(options.logError, clock);
  const { logWarning = () => {}, isClosing = () => false } = options;
  const app = createApp();
  const metrics = createMetrics(engine, options.sharedMetrics);
  app.onError(createErrorHandler(logError));
  app.notFound((context) => {
    const { method, path } = context.req;
    const message = `no route for ${method} ${path}; the routes are listed at ${routes.openApi}`;
    return answerError(context, new EngineError("not_found", message, { details: { path } }));
  });
  app.use(
    requestId(),
    closeAfterUnread,
    addSecurityHeaders(),
    traceRequests(),
    metrics.measureRequests,
    refuseMethods(app),
  );
  guard(app, options);
  // Other systems' bodies are read by their own routes.
  app.use("/api/*", refuseQuery(app), checkBody);

  // The routes parse with the schemas that the engine would check with again.
  const parts = { engine: withoutChecks(engine), metrics, version, clock, logWarning, isClosing };
  addRecommend(app, parts);
  addEvents(app, parts);
  addItems(app, parts);
  addUsers(app, parts);
  addDecisionPages(app, parts);
  addCampaigns(app, parts);
  addEdges(app, parts);
  addActivity(app, parts);
  addDecisions(app, parts);
  addExplanations(app, parts);
  addPolicies(app, parts);
  addInterventions(app, parts);
  addCycles(app, parts);
  addRewardSeries(app, parts);
  addScenarios(app, parts);
  addHealth(app, parts);
  addReady(app, parts);
  addMetrics(app, parts);
  const { gorse, personalizer } = wiresOf(engine);
  if (gorse) addGorse(app, { ...parts, reactions: gorse });
  if (personalizer) addPersonalizer(app, { ...parts, ranks: personalizer, logError });
  addSchema(app, version);
  addDashboard(app, options.dashboardFolder);
  return app;
}
