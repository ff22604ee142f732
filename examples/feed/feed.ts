/**
 * A social feed: who follows whom, likes, and the buttons "less of this", "hide" and "hide author", which hold from the next page
 * on. It learns in a process beside it. `/?member=ada` is the feed of Ada, the dashboard is at /recurve/. Run it with `npx tsx
 * feed.ts`; PORT and DATABASE are optional.
 */
import { serve } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { createRecurve, EngineError } from "recurve";

const members = ["ada", "bob", "eve", "fay", "gus"];
const posts = new Map(
  [
    ["p1", "sea", "eve", "A swim before work"],
    ["p2", "sea", "eve", "Tides for beginners"],
    ["p3", "hills", "fay", "The long way up"],
    ["p4", "hills", "fay", "Boots that last"],
    ["p5", "town", "gus", "A night at the market"],
    ["p6", "town", "bob", "The last tram home"],
  ].map(([id = "", topic = "", author = "", title = ""]) => [id, { topic, author, title }]),
);

const recurve = await createRecurve({
  database: process.env.DATABASE ?? "feed.db",
  configuration: {
    scenarios: [
      {
        name: "feed",
        slateSize: 3,
        excludeSeen: [{ types: ["like"] }],
        social: { author: "author" },
        rules: {
          caps: [{ by: "author", most: 1 }],
          repetition: [{ showings: 10, hours: 24, by: "author" }],
          aversions: [
            { types: ["hide"], by: "itemId" },
            { types: ["hide_author"], by: "author" },
            { types: ["less"], by: "topic", add: -2, days: 30 },
          ],
        },
        reward: {
          weights: { like: 1, less: -0.5, hide: -1, hide_author: -2 },
          windowSeconds: 1800,
          minimum: -2,
          maximum: 1,
        },
      },
    ],
  },
  onCycle: ({ outcome, reason }) => console.log(`learnt: ${outcome}. ${reason}`),
});
await recurve.putUsers(members.map((userId) => ({ userId })));
await recurve.putItems([...posts].map(([itemId, attributes]) => ({ itemId, attributes })));
await recurve.putEdges([
  { userId: "ada", type: "follow", to: "eve" },
  { userId: "ada", type: "friend", to: "bob" },
]);

const buttons = { like: "Like", less: "Less of this", hide: "Hide", hide_author: "Hide author" };

/** Your own login would know who asks. */
const memberOf = (context: Context) => {
  const member = context.req.query("member") ?? "ada";
  return members.includes(member) ? member : "ada";
};

const site = new Hono();

function showPost(id: string, asked: string) {
  const { title, author } = posts.get(id)!;
  const button = (path: string, label: string) =>
    `<button formaction="${path}?${asked}">${label}</button>`;
  const rest = Object.entries(buttons).map(([type, label]) =>
    button(`/posts/${id}/${type}`, label),
  );
  const follow = button(`/follow/${author}`, `Follow ${author}`);
  return `<article id="${id}"><h2>${title}</h2>by ${author}<form method="post">${rest.join("")}${follow}</form></article>`;
}

site.get("/", async (context) => {
  const userId = memberOf(context);
  try {
    const { decision } = await recurve.recommend({ userId });
    const asked = `member=${userId}&decision=${decision.decisionId}`;
    const shown = decision.slate.map((id) => showPost(id, asked));
    return context.html(`<h1>For ${userId}</h1>${shown.join("")}`);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "no_candidates")) throw error;
    return context.html(`<h1>For ${userId}</h1>You have seen everything.`);
  }
});

site.post("/posts/:id/:type", async (context) => {
  const { id: itemId, type } = context.req.param();
  if (!posts.has(itemId) || !Object.hasOwn(buttons, type)) return context.notFound();
  const userId = memberOf(context);
  const decisionId = context.req.query("decision");
  await recurve.record([{ type, userId, itemId, ...(decisionId && { decisionId }) }]);
  return context.redirect(`/?member=${userId}`);
});

site.post("/follow/:author", async (context) => {
  const userId = memberOf(context);
  const to = context.req.param("author");
  if (!members.includes(to) || to === userId) return context.notFound();
  await recurve.putEdges([{ userId, type: "follow", to }]);
  return context.redirect(`/?member=${userId}`);
});

// The record has no API keys, so that everybody may see this: put your own login in front of it, or make a key.
site.mount("/recurve", recurve.fetch);

const server = serve({ fetch: site.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`feed at http://127.0.0.1:${port}`),
);

async function stop() {
  await new Promise((resolve) => server.close(resolve));
  await recurve.close();
}
process.once("SIGINT", stop).once("SIGTERM", stop);
