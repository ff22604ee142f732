/**
 * A shop with Recurve inside: one program on one database. It shows three products, counts clicks
 * as reward, learns in a process of its own, and has the dashboard at /recurve/. Run it with `npx
 * tsx shop.ts`; PORT and DATABASE are optional.
 */
import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { createRecurve } from "recurve";

const products = new Map([
  ["tea", { title: "Assam tea", categories: ["drink"], price: 4 }],
  ["coffee", { title: "Espresso beans", categories: ["drink"], price: 9 }],
  ["mug", { title: "Blue mug", categories: ["kitchen"], price: 12 }],
  ["pot", { title: "Cast iron pot", categories: ["kitchen"], price: 45 }],
  ["scale", { title: "Coffee scale", categories: ["kitchen"], price: 30 }],
]);

const recurve = await createRecurve({
  database: process.env.DATABASE ?? "shop.db",
  configuration: {
    scenarios: [
      {
        name: "front-page",
        slateSize: 3,
        excludeSeen: false,
        reward: { weights: { click: 1 }, windowSeconds: 1800, maximum: 1 },
      },
    ],
  },
  onCycle: ({ outcome, reason }) => console.log(`learnt: ${outcome}. ${reason}`),
});
// Unchanged items cost nothing, so that each start may send all of them.
await recurve.putItems(
  [...products].map(([itemId, { categories, ...attributes }]) => ({
    itemId,
    categories,
    attributes,
  })),
);

/** Recurve needs an id that stays with a visitor, not a name. */
function visitorOf(context: Context) {
  const visitor = getCookie(context, "visitor") ?? crypto.randomUUID();
  setCookie(context, "visitor", visitor, { httpOnly: true, sameSite: "Lax" });
  return visitor;
}

const shop = new Hono();

shop.get("/", async (context) => {
  const { decision } = await recurve.recommend({ userId: visitorOf(context) });
  // In the order of the slate: its propensities are those of what is shown.
  const entries = decision.slate.map(
    (id) =>
      `<li><a href="/products/${id}?decision=${decision.decisionId}">${products.get(id)?.title}</a></li>`,
  );
  return context.html(`<h1>For you</h1><ul>${entries.join("")}</ul>`);
});

shop.get("/products/:id", async (context) => {
  const id = context.req.param("id");
  const product = products.get(id);
  if (product === undefined) return context.notFound();
  const shownBy = context.req.query("decision");
  const event = {
    type: "click",
    userId: visitorOf(context),
    itemId: id,
    ...(shownBy !== undefined && { decisionId: shownBy }),
  };
  // A link that was passed on names a decision for somebody else: the click is refused, and the page is shown.
  await recurve.record([event]).catch((error: Error) => console.error(error.message));
  return context.html(`<h1>${product.title}</h1><p>${product.price} €</p><a href="/">Back</a>`);
});

// The record has no API keys, so that everybody may see this: put your own login in front of it, or make a key.
shop.mount("/recurve", recurve.fetch);

const server = serve({ fetch: shop.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`shop at http://127.0.0.1:${port}`),
);

async function stop() {
  await new Promise((resolve) => server.close(resolve));
  await recurve.close();
}
process.once("SIGINT", stop).once("SIGTERM", stop);
