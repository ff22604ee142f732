/**
 * A shop beside Recurve: the shop calls a server started with `npx recurve serve`. If Recurve is
 * away, the page shows its own choice and nobody notices. Run it with `npx tsx shop.ts`; PORT,
 * RECURVE_URL and RECURVE_TIMEOUT_MS are optional.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, createClient } from "recurve/sdk";

const products = new Map([
  ["tea", { title: "Assam tea", price: 4 }],
  ["coffee", { title: "Espresso beans", price: 9 }],
  ["mug", { title: "Blue mug", price: 12 }],
  ["pot", { title: "Cast iron pot", price: 45 }],
]);
const slateSize = 3;

const recurve = createClient({
  baseUrl: process.env.RECURVE_URL ?? "http://127.0.0.1:7400",
  // How long a visitor may wait before the page shows the shop's own choice.
  timeoutMs: Number(process.env.RECURVE_TIMEOUT_MS ?? 500),
});
await recurve.putItems([...products].map(([itemId, attributes]) => ({ itemId, attributes })));

interface Shown {
  readonly ids: readonly string[];
  /** Absent where Recurve did not choose: there is no decision then that a click could reward. */
  readonly decisionId?: string;
}

async function choose(userId: string): Promise<Shown> {
  try {
    const { decisionId, slate } = await recurve.recommend({ userId, slateSize });
    return { decisionId, ids: slate.map(({ itemId }) => itemId) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // No items left to show, a full disk, no connection: the shop stays open.
    console.error(error.message);
    return { ids: [...products.keys()].slice(0, slateSize) };
  }
}

async function showFrontPage(userId: string): Promise<string> {
  const { ids, decisionId } = await choose(userId);
  const query = decisionId === undefined ? "" : `?decision=${decisionId}`;
  const entries = ids.map(
    (id) => `<li><a href="/products/${id}${query}">${products.get(id)?.title}</a></li>`,
  );
  return `<h1>For you</h1><ul>${entries.join("")}</ul>`;
}

async function showProduct(userId: string, url: URL): Promise<string> {
  const itemId = url.pathname.slice("/products/".length);
  const decisionId = url.searchParams.get("decision");
  const event = { type: "click", userId, itemId, ...(decisionId !== null && { decisionId }) };
  // The visitor does not wait for it.
  recurve.sendEvents([event]).catch((error: Error) => console.error(error.message));
  return `<h1>${products.get(itemId)?.title ?? "No such product"}</h1><a href="/">Back</a>`;
}

/** Recurve needs an id that stays with a visitor, not a name. */
const visitorOf = ({ headers }: IncomingMessage) =>
  /visitor=([\w-]+)/.exec(headers.cookie ?? "")?.[1] ?? crypto.randomUUID();

const shop = createServer(async (request, response) => {
  const visitor = visitorOf(request);
  const url = new URL(request.url ?? "/", "http://shop");
  const isProduct = url.pathname.startsWith("/products/");
  const page = await (isProduct ? showProduct(visitor, url) : showFrontPage(visitor));
  response.setHeader("set-cookie", `visitor=${visitor}; HttpOnly; SameSite=Lax; Path=/`);
  response.setHeader("content-type", "text/html; charset=utf-8").end(page);
});
shop.listen(Number(process.env.PORT ?? 3000), () =>
  console.log(`shop at http://127.0.0.1:${(shop.address() as AddressInfo).port}`),
);
process.once("SIGINT", () => shop.close()).once("SIGTERM", () => shop.close());
