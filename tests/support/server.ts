import { expect, onTestFinished, test } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import type { App, AuditedRequest } from "../../src/server/app.ts";
import { createServer, type ServerOptions } from "../../src/server/create-server.ts";
import { expectDocumented } from "./documented-codes.ts";
import { openTestEngine, type TestEngine } from "./engine.ts";

export interface TestServer extends TestEngine {
  readonly app: App;
  /** Messages of what was logged. */
  readonly logged: string[];
  /** Requests that were logged because they erase, export or steer. */
  readonly audited: AuditedRequest[];
  /** Sends JSON, or a string as it is. Fails if /openapi.json lacks the code of the answer. */
  send(method: string, url: string, body?: unknown): Promise<Response>;
}

/** A server without a socket over a real engine, which lasts as long as the test. */
export async function openTestServer(
  options: {
    readonly configuration?: unknown;
    readonly dashboardFolder?: string;
    readonly isClosing?: () => boolean;
    /** Which requests are taken. Default: all. */
    readonly guard?: (
      opened: TestEngine,
    ) => Pick<ServerOptions, "isOwnHost" | "origins" | "keyring" | "maxRequests" | "keyShare">;
    /** Puts faults into the engine. */
    readonly change?: (engine: Engine) => Engine;
  } = {},
): Promise<TestServer> {
  const opened = await openTestEngine(options.configuration);
  onTestFinished(opened.close);
  const { dashboardFolder, isClosing, guard, change = (engine) => engine } = options;
  const logged: string[] = [];
  const audited: AuditedRequest[] = [];
  const app = createServer({
    engine: change(opened.engine),
    version: "1.2.3",
    clock: opened.clock,
    logError: (error, { method, route }) => logged.push(`${method} ${route}: ${error.message}`),
    logWarning: (message) => logged.push(message),
    logAudited: (request) => audited.push(request),
    ...(dashboardFolder !== undefined && { dashboardFolder }),
    ...(isClosing && { isClosing }),
    ...guard?.(opened),
  });
  const send = async (method: string, url: string, body?: unknown) => {
    const response = await app.request(url, {
      method,
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const { status } = response;
    await expectDocumented(app, { method, url, status }, await response.clone().text());
    return response;
  };
  return { ...opened, app, logged, audited, send };
}

export interface ApiCase {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly status: number;
  /** Parts of the answer's body. */
  readonly contains?: readonly string[];
  readonly lacks?: readonly string[];
  /** What the request has done, or left alone. */
  readonly after?: (server: TestServer) => Promise<void>;
}

/** One test a case, each on a server of its own in the state that `arrange` makes. */
export function testApi(
  cases: readonly ApiCase[],
  arrange: (server: TestServer) => Promise<void> = async () => {},
  options: Parameters<typeof openTestServer>[0] = {},
): void {
  test.each(cases)("$name", async ({ method, url, body, status, ...expected }) => {
    const server = await openTestServer(options);
    await arrange(server);
    const response = await server.send(method, url, body);
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.any(String)]);
    for (const part of expected.contains ?? []) expect(text).toContain(part);
    for (const part of expected.lacks ?? []) expect(text).not.toContain(part);
    await expected.after?.(server);
  });
}
