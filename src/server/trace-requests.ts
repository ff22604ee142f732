import {
  context as current,
  metrics,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Context, MiddlewareHandler } from "hono";
import type { ServerEnv } from "./app.ts";
import { routeOf } from "./route-of.ts";

const name = "recurve";

/** Patterns of routes and no paths, which have ids of users. */
const attributesOf = (context: Context<ServerEnv>) => ({
  "http.request.method": context.req.method,
  "http.route": routeOf(context),
  "http.response.status_code": context.res.status,
});

function endSpan(span: Span, context: Context<ServerEnv>): void {
  const attributes = attributesOf(context);
  span.updateName(`${attributes["http.request.method"]} ${attributes["http.route"]}`);
  span.setAttributes({ ...attributes, "recurve.request_id": context.get("requestId") });
  if (context.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** A caller's trace continues, of this program or by the header `traceparent`. */
function parentOf({ req }: Context) {
  const active = current.active();
  return trace.getSpan(active) ? active : propagation.extract(active, req.header());
}

/** A span for each request and its duration, in the names of OpenTelemetry's conventions. Nothing without an SDK. */
export function traceRequests(): MiddlewareHandler<ServerEnv> {
  const tracer = trace.getTracer(name);
  const durations = metrics.getMeter(name).createHistogram("http.server.request.duration", {
    description: "Time from the request's head to the answer's head.",
    unit: "s",
  });
  return (context, next) => {
    const startedAt = performance.now();
    const options = { kind: SpanKind.SERVER };
    return tracer.startActiveSpan("request", options, parentOf(context), async (span) => {
      try {
        await next();
      } finally {
        durations.record((performance.now() - startedAt) / 1000, attributesOf(context));
        endSpan(span, context);
      }
    });
  };
}
