/**
 * A newspaper with an ad beside its news: campaigns bid for clicks, orders or showings, and spend within their budgets. Which ad
 * earns most with whom is learnt in a process beside it. The report is at /report, the dashboard at /recurve/. Run it with `npx
 * tsx ads.ts`; PORT and DATABASE are optional.
 */
import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { createRecurve } from "recurve";

const ads = new Map([
  ["tulips", { title: "Tulip bulbs, now", campaign: "spring", topic: "garden" }],
  ["spade", { title: "A spade for life", campaign: "spring", topic: "garden" }],
  ["boots", { title: "Boots that last", campaign: "shoes", topic: "hills" }],
  ["own", { title: "Read us for a month", campaign: "house", topic: "news" }],
]);

const recurve = await createRecurve({
  database: process.env.DATABASE ?? "ads.db",
  configuration: {
    scenarios: [
      {
        name: "beside-news",
        slateSize: 1,
        excludeSeen: false,
        ads: { outcomes: ["click", "order"] },
        // The bid of a campaign is the reward of its outcome; weights say how much an event tells of a reader.
        reward: { weights: { click: 1, order: 1 }, windowSeconds: 1800, maximum: 5 },
      },
    ],
  },
  onCycle: ({ outcome, reason }) => console.log(`learnt: ${outcome}. ${reason}`),
});
await recurve.putCampaigns([
  // At most 20 a day for clicks at 0.40, as evenly as readers come.
  { campaignId: "spring", scenario: "beside-news", pays: "click", bid: 0.4, budget: { day: 20 } },
  // 500 in all, for orders at 4.
  { campaignId: "shoes", scenario: "beside-news", pays: "order", bid: 4, budget: { total: 500 } },
  // The paper's own ad fills what nobody else wants.
  { campaignId: "house", scenario: "beside-news", pays: "impression", bid: 0.01 },
]);
await recurve.putItems([...ads].map(([itemId, attributes]) => ({ itemId, attributes })));

/** Recurve needs an id that stays with a reader, not a name. */
function readerOf(context: Context) {
  const reader = getCookie(context, "reader") ?? crypto.randomUUID();
  setCookie(context, "reader", reader, { httpOnly: true, sameSite: "Lax" });
  return reader;
}

const paper = new Hono();

paper.get("/", async (context) => {
  const section = context.req.query("section") ?? "front";
  const { decision } = await recurve.recommend({
    userId: readerOf(context),
    context: { section },
  });
  const { slate, decisionId } = decision;
  const shown = slate.map(
    (id) =>
      `<aside>Ad: <a href="/ads/${id}?decision=${decisionId}">${ads.get(id)?.title}</a></aside>`,
  );
  return context.html(`<h1>News</h1>${shown.join("")}`);
});

/**
 * An event names its decision: the campaign pays for a showing once, and only for one that was. A link that was passed on names a
 * decision for somebody else: its event is refused, and the page is shown.
 */
async function record(context: Context, type: string, itemId: string) {
  const decisionId = context.req.query("decision");
  const event = { type, userId: readerOf(context), itemId, ...(decisionId && { decisionId }) };
  await recurve.record([event]).catch((error: Error) => console.error(error.message));
}

paper.get("/ads/:id", async (context) => {
  const id = context.req.param("id");
  const ad = ads.get(id);
  if (ad === undefined) return context.notFound();
  await record(context, "click", id);
  const { search } = new URL(context.req.url);
  return context.html(
    `<h1>${ad.title}</h1><form method="post" action="/ads/${id}${search}"><button>Order</button></form>`,
  );
});

paper.post("/ads/:id", async (context) => {
  const id = context.req.param("id");
  if (!ads.has(id)) return context.notFound();
  await record(context, "order", id);
  return context.html(`<h1>Thank you</h1><a href="/">Back</a>`);
});

paper.get("/report", async (context) => {
  const rows = (await recurve.reportCampaigns()).map(
    ({ campaignId, status, impressions, spend, reserved, pacing }) => {
      const lead = pacing === undefined ? "not paced" : `${(100 * pacing.lead).toFixed(1)} %`;
      const cells = [campaignId, status, impressions, spend.toFixed(2), reserved.toFixed(2), lead];
      return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
    },
  );
  const heads = ["campaign", "status", "showings", "spent", "reserved", "ahead of its plan"];
  const head = heads.map((text) => `<th>${text}</th>`).join("");
  return context.html(`<table><tr>${head}</tr>${rows.join("")}</table>`);
});

// The record has no API keys, so that everybody may see this and the report: put your own login in front of both.
paper.mount("/recurve", recurve.fetch);

const server = serve({ fetch: paper.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`paper at http://127.0.0.1:${port}`),
);

async function stop() {
  await new Promise((resolve) => server.close(resolve));
  await recurve.close();
}
process.once("SIGINT", stop).once("SIGTERM", stop);
