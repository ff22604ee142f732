import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { EngineError } from "../domain/errors.ts";
import { aFunction, checkOptions, madeBy, someText } from "../engine/input/check-options.ts";
import { integer, optional } from "../engine/input/fields.ts";
import type { LogWarning } from "./app.ts";
import { answerClientError, answerRequestError } from "./client-error.ts";

/** Answers a request. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Time for requests under way when the server closes. */
const drainMs = 10_000;

/** Headers and bodies that come slower are answered as refused, and their connections end. */
const timeouts: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
  // Longer than the minute for which proxies keep connections: one that closes first loses a request.
  keepAliveTimeout: 75_000,
};

/** Pause between two warnings that there are too many connections. */
const warningMs = 60_000;

/** A server with the address that it listens on. `port` is in 0…65535. */
export interface ListenOptions {
  readonly app: { readonly fetch: FetchHandler };
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Connections that are open at a time, 1…1,000,000; others are closed at once. Default: no limit. */
  readonly maxConnections?: number;
  /** Default: warnings are dropped. */
  readonly logWarning?: LogWarning;
}

/** A listening server with its URL. */
export interface Listening {
  readonly url: string;
  /** Takes no new requests, answers those under way, then resolves. */
  close(): Promise<void>;
}

function toListenError(cause: Error, host: string, port: number): EngineError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") {
    const message = `port ${port} on ${host} is in use; stop the process that uses it, or choose another with --port`;
    return new EngineError("port_in_use", message, { details: { host, port }, cause });
  }
  const message = `can't listen on ${host}, port ${port}: ${cause.message}; choose another with --host and --port`;
  return new EngineError("invalid_configuration", message, { details: { host, port }, cause });
}

async function drain(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}

const listenerOptions = { overrideGlobalObjects: false, errorHandler: answerRequestError };

const refuseReadBody = getRequestListener(() => {
  const message =
    "the body was read before the request came here; mount the listener before body parsers such as express.json()";
  throw new EngineError("invalid_request", message);
}, listenerOptions);

const announcesBody = ({ headers }: IncomingMessage) =>
  Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;

/** For a server that is another's: its program keeps the `Request` and `Response` of Node.js. */
export function createListener(fetch: FetchHandler): RequestListener {
  const listener = getRequestListener(fetch, listenerOptions);
  return (request, response) => {
    const wasRead = request.readableEnded && announcesBody(request);
    return (wasRead ? refuseReadBody : listener)(request, response);
  };
}

const optionChecks = {
  app: madeBy("createServer", "fetch"),
  host: someText,
  port: integer(0, 65_535),
  maxConnections: optional(integer(1, 1_000_000)),
  logWarning: optional(aFunction),
};

/** A connection beyond the limit is lost, but the next one finds a place: those that wait for no answer end. */
function limitConnections(server: Server, maxConnections: number, logWarning: LogWarning): void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  server.maxConnections = maxConnections;
  server.on("drop", () => {
    server.closeIdleConnections();
    if (performance.now() - warnedAt < warningMs) return;
    warnedAt = performance.now();
    logWarning(
      `${maxConnections} connections are open, the limit, and others are closed: find out who opens them, or raise server.maxConnections of the configuration`,
    );
  });
}

/** @throws port_in_use, invalid_configuration, invalid_request */
export async function listen(options: ListenOptions): Promise<Listening> {
  checkOptions(options, optionChecks);
  const { app, host, port, maxConnections, logWarning = () => {} } = options;
  let closing: Promise<void> | undefined;
  const answer: FetchHandler = async (request) => {
    const response = await app.fetch(request);
    // A connection that stays open for more requests would hold up the close.
    if (closing !== undefined) response.headers.set("connection", "close");
    return response;
  };
  const server = createServer(
    // Node.js would refuse a request without a host by itself, with an empty body.
    { ...timeouts, requireHostHeader: false },
    getRequestListener(answer, { errorHandler: answerRequestError }),
  );
  if (maxConnections !== undefined) limitConnections(server, maxConnections, logWarning);
  server.on("clientError", answerClientError);
  server.listen(port, host);
  await once(server, "listening").catch((cause: Error) => {
    throw toListenError(cause, host, port);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    close: () => {
      closing ??= drain(server);
      return closing;
    },
  };
}
