import { randomUUID } from "node:crypto";
import { maxHeaderSize, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { RequestError } from "@hono/node-server";
import { EngineError } from "../domain/errors.ts";
import { problemType, statusByCode, toEngineError, toErrorBody } from "./errors.ts";

const unreadable = (reason: string) =>
  new EngineError("invalid_request", `request can't be read as HTTP: ${reason}; send it again`);

function toRefusal({ code, message }: NodeJS.ErrnoException): EngineError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new EngineError(
      "payload_too_large",
      `headers are larger than ${maxHeaderSize} bytes; send fewer or shorter ones`,
      { details: { limit: maxHeaderSize } },
    );
  return unreadable(code === "ERR_HTTP_REQUEST_TIMEOUT" ? "it took too long to arrive" : message);
}

/** Answers bytes that are no request with problem details, as every other refusal. Node.js has no request to hand on. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = toRefusal(error);
  const status = statusByCode[refusal.code];
  const body = JSON.stringify(toErrorBody(refusal, randomUUID()));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Answers a request that Node.js reads but that has no URL, such as one without a host, and ends its connection. */
export function answerRequestError(error: unknown): Response {
  const isUnreadable = error instanceof RequestError;
  const refusal = isUnreadable ? unreadable(error.message) : toEngineError(error as Error);
  return Response.json(toErrorBody(refusal, randomUUID()), {
    status: statusByCode[refusal.code],
    headers: { "content-type": problemType, connection: "close" },
  });
}
