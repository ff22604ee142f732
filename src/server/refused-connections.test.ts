import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openListeningServer } from "../../tests/support/listening-server.ts";
import { shopConfiguration } from "../../tests/support/shop.ts";
import { createKeyring } from "../engine/keys/keyring.ts";

/** Everything that a server answers on one connection to these bytes, until it or the client ends. */
async function exchange(url: string, ...parts: readonly string[]) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
  const closed = once(socket, "close");
  await once(socket, "connect");
  for (const part of parts) socket.write(part);
  socket.end();
  await closed;
  return Buffer.concat(chunks).toString("utf8");
}

const post = (headers: string, body: string) =>
  `POST /api/v1/recommend HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n${headers}\r\n\r\n${body}`;
const health = "GET /ready HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";
const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);

test("a request that is refused before its body was read ends its connection, and says so", async () => {
  const { url } = await openListeningServer(shopConfiguration(), ({ store, clock }) => ({
    keyring: createKeyring(store, { clock, isClosed: true }),
  }));
  const answer = await exchange(url, post("content-type: application/json", "x".repeat(200_000)));
  expect(statuses(answer)).toEqual(["401"]);
  expect(answer).toMatch(/^connection: close\r$/im);
  expect(answer).toContain("unauthenticated");
});

test("so does a body that is larger than the limit", async () => {
  const { url } = await openListeningServer(shopConfiguration());
  const answer = await exchange(
    url,
    post("content-type: application/json", " ".repeat(2 ** 20 + 1)),
  );
  expect(statuses(answer)).toEqual(["413"]);
  expect(answer).toMatch(/^connection: close\r$/im);
});

test("after a body that was read and refused the connection takes the next request", async () => {
  const { url } = await openListeningServer(shopConfiguration());
  const answer = await exchange(url, post("content-type: application/json", "[]"), health);
  expect(statuses(answer)).toEqual(["400", "200"]);
  expect(answer).not.toMatch(/^connection: close\r$/im);
});

/** The problem details of an answer that is the connection's last. */
function readProblem(answer: string) {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toMatch(/^content-type: application\/problem\+json$/im);
  expect(head).toMatch(/^connection: close$/im);
  return JSON.parse(body);
}

const unreadable = (reason: string) => ({
  title: "Invalid request",
  status: 400,
  detail: `request can't be read as HTTP: ${reason}; send it again`,
  error: { code: "invalid_request" },
});

test.each([
  ["of an unknown version", "GET / HTTP/9.9\r\n\r\n", "Parse Error: Invalid HTTP version"],
  ["without a host", "GET /ready HTTP/1.1\r\n\r\n", "Missing host header"],
  ["of HTTP/1.0 without a host", "GET /ready HTTP/1.0\r\n\r\n", "Missing host header"],
  ["of a host that is no name", "GET /ready HTTP/1.1\r\nhost: a b\r\n\r\n", "Invalid URL"],
  ["of another protocol", "GET ftp://host/ready HTTP/1.1\r\nhost: host\r\n\r\n", "Invalid URL"],
])("a request %s is answered with problem details", async (_, bytes, reason) => {
  const { url } = await openListeningServer(shopConfiguration());
  const answer = await exchange(url, bytes);
  expect(statuses(answer)).toEqual(["400"]);
  expect(readProblem(answer)).toMatchObject(unreadable(reason));
});

test("headers beyond the limit are answered with the limit", async () => {
  const { url } = await openListeningServer(shopConfiguration());
  const answer = await exchange(
    url,
    `GET /ready HTTP/1.1\r\nhost: h\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
  );
  expect(statuses(answer)).toEqual(["413"]);
  expect(readProblem(answer).error).toMatchObject({
    code: "payload_too_large",
    details: { limit: 16_384 },
  });
});
