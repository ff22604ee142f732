import { randomUUID } from "node:crypto";
import { maxHeaderSize, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { EngineError } from "../domain/errors.ts";
import { statusByCode, toErrorBody } from "./errors.ts";

function toRefusal({ code, message }: NodeJS.ErrnoException): EngineError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new EngineError(
      "payload_too_large",
      `headers are larger than ${maxHeaderSize} bytes; send fewer or shorter ones`,
      { details: { limit: maxHeaderSize } },
    );
  const reason = code === "ERR_HTTP_REQUEST_TIMEOUT" ? "it took too long to arrive" : message;
  return new EngineError(
    "invalid_request",
    `request can't be read as HTTP: ${reason}; send it again`,
  );
}

/** Answers bytes that are no request, with an error in JSON as every other refusal. Node.js has no request to hand on. */
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
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}
