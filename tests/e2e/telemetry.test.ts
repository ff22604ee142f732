import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import { expect, onTestFinished, test } from "vitest";
import { startTelemetry } from "../../src/host/start-telemetry.ts";
import { builtCommand } from "../support/built-command.ts";
import { createTestFolder } from "../support/store.ts";
import { connect, eventually, fastDemo, startNode } from "./recurve.ts";

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string };
}
interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}
interface Metric {
  readonly name: string;
}
interface Resource {
  readonly resource: { readonly attributes: readonly Attribute[] };
}
interface Received {
  readonly resourceSpans?: readonly (Resource & {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  })[];
  readonly resourceMetrics?: readonly (Resource & {
    readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[];
  })[];
}

const textOf = (attributes: readonly Attribute[], name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value;
  return String(value?.stringValue ?? value?.intValue);
};

/** Takes OTLP over HTTP in JSON, as a collector does. */
async function openReceiver() {
  const bodies: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Received);
    response.setHeader("content-type", "application/json").end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const spans = () =>
    bodies.flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ resource, scopeSpans }) =>
        scopeSpans
          .flatMap((scope) => scope.spans)
          .map((span) => ({ ...span, service: textOf(resource.attributes, "service.name") })),
      ),
    );
  const metrics = () =>
    bodies.flatMap(({ resourceMetrics = [] }) =>
      resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)),
    );
  return { url: `http://127.0.0.1:${port}`, spans, metrics, text: () => JSON.stringify(bodies) };
}

test("a server and its learner send spans of requests and cycles, and metrics, to a receiver of OTLP; none names a user", {
  timeout: 120_000,
}, async () => {
  const receiver = await openReceiver();
  const folder = createTestFolder();
  writeFileSync(join(folder, "recurve.config.json"), JSON.stringify(fastDemo(50)));
  const serving = startNode([builtCommand(), "serve", "--port", "0"], {
    cwd: folder,
    env: {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "200",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_METRIC_EXPORT_TIMEOUT: "1000",
    },
  });
  const client = await connect(serving);
  const candidates = ["a", "b"].map((itemId) => ({ itemId, features: {} }));
  for (let visit = 0; visit < 60; visit++)
    await client.recommend({ userId: "secret-ada", candidates });
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await fetch(`${client.url}/api/v1/users/secret-ada`, { headers: { traceparent } });

  const cycle = await eventually(() => receiver.spans().find(({ name }) => name === "cycle"));
  expect(cycle.service).toBe("recurve-learner");
  expect(textOf(cycle.attributes, "recurve.scenario")).toBe("demo");
  // Of the server's own counters, of those that a request's meter brings, and of the record's.
  const counted = [
    "recurve_decisions_total",
    "recurve_core_wait_seconds_total",
    "recurve_learner_up",
  ];
  await eventually(() => {
    const sent = new Set(receiver.metrics().map(({ name }) => name));
    return counted.every((name) => sent.has(name)) ? true : undefined;
  });
  const spans = receiver.spans();
  const request = spans.find(({ name }) => name === "POST /api/v1/recommend")!;
  expect(request.service).toBe("recurve");
  expect(textOf(request.attributes, "http.response.status_code")).toBe("200");
  const parts = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
  expect(parts.map(({ name }) => name)).toEqual(["read", "retrieve", "score", "draw", "write"]);
  const stages = spans.filter(({ parentSpanId }) => parentSpanId === cycle.spanId);
  expect(stages.length).toBeGreaterThan(0);
  const continued = spans.find(({ traceId }) => traceId === "a".repeat(32));
  expect(continued).toMatchObject({
    name: "GET /api/v1/users/:userId",
    parentSpanId: "b".repeat(16),
  });
  const names = receiver.metrics().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["http.server.request.duration"]));
  expect(receiver.text()).not.toContain("secret-ada");
  serving.child.kill("SIGTERM");
  expect((await serving.ended()).code).toBe(0);
});

test("without the variables nothing is loaded, nor if they are switched off", async () => {
  const off = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_SDK_DISABLED: "true" };
  for (const environment of [{}, off]) {
    const stop = await startTelemetry("recurve", environment);
    await stop();
    expect(trace.getTracer("test").startSpan("none").isRecording()).toBe(false);
  }
});

test("if a variable asks for traces and the package is missing, the message names both", () => {
  const folder = createTestFolder();
  // Away from all packages.
  for (const file of ["host/start-telemetry.js", "domain/errors.js"])
    cpSync(join(builtCommand(), "../..", file), join(folder, file));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const program = `
    import { startTelemetry } from "./host/start-telemetry.js";
    await startTelemetry("recurve").catch(({ code, message }) => console.log(code, message));`;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: folder,
    env: { OTEL_TRACES_EXPORTER: "otlp" },
    encoding: "utf8",
  });
  expect(output).toBe(
    "invalid_configuration OTEL_TRACES_EXPORTER is set, and @opentelemetry/sdk-node can't be loaded: install it beside recurve with npm install @opentelemetry/sdk-node, or unset the variable\n",
  );
});
