import { onTestFinished } from "vitest";
import type { ServerOptions } from "../../src/server/create-server.ts";
import { type Listening, listen } from "../../src/server/listen.ts";
import type { TestEngine } from "./engine.ts";
import { openTestServer, type TestServer } from "./server.ts";

/** A server on a socket, for clients that make their own requests. */
export async function openListeningServer(
  configuration: unknown,
  guard?: (opened: TestEngine) => Pick<ServerOptions, "keyring">,
): Promise<TestServer & Pick<Listening, "url">> {
  const server = await openTestServer({ configuration, ...(guard && { guard }) });
  const { url, close } = await listen({ app: server.app, host: "127.0.0.1", port: 0 });
  onTestFinished(close);
  return { ...server, url };
}
