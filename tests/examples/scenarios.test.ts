import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient } from "../../src/sdk/client.ts";
import { startExample } from "../e2e/recurve.ts";
import { createTestFolder } from "../support/store.ts";
import { decisionOf, enter, linksOf } from "./visitor.ts";

async function start(name: string) {
  const running = startExample(`${name}/${name}.ts`, {
    DATABASE: join(createTestFolder(), `${name}.db`),
    PORT: "0",
  });
  return { running, ...(await enter(running)) };
}

const campaigns: Readonly<Record<string, string>> = {
  tulips: "spring",
  spade: "spring",
  boots: "shoes",
  own: "house",
};
const prices: Readonly<Record<string, number>> = { spring: 0.4, shoes: 4, house: 0.01 };

test("the paper shows ads, charges each showing once by its campaign's rule, and reports it", {
  timeout: 120_000,
}, async () => {
  const { running, url, read, press } = await start("ads");
  const shown: string[] = [];
  for (let visit = 0; visit < 6; visit++) {
    const [link = ""] = linksOf(await read("/?section=garden"));
    expect(await read(link)).toMatch(/<h1>\w/);
    expect(await press(link)).toMatch(/Thank you/);
    // A second order of the same showing costs nothing.
    await press(link);
    // Nor does that of somebody whom the link was passed on to.
    const friend = await enter(running);
    expect(await friend.read(link)).toMatch(/<h1>\w/);
    expect(await friend.press(link)).toMatch(/Thank you/);
    shown.push(campaigns[/ads\/(\w+)/.exec(link)?.[1] ?? ""] ?? link);
  }
  const report = await read("/report");
  const rows = [...report.matchAll(/<td>(\w+)<\/td><td>running<\/td>([\s\S]*?)<\/tr>/g)].map(
    ([, campaign = "", rest = ""]) => [campaign, rest.replaceAll(/<\/?td>/g, " ").trim()],
  );
  expect(rows.map(([campaign]) => campaign)).toEqual(["house", "shoes", "spring"]);
  for (const [campaign = "", rest = ""] of rows) {
    const showings = shown.filter((name) => name === campaign).length;
    const spent = (showings * prices[campaign]!).toFixed(2);
    expect([campaign, rest.split(/\s+/).slice(0, 3)]).toEqual([
      campaign,
      [String(showings), spent, "0.00"],
    ]);
    expect(rest).toMatch(campaign === "spring" ? /-?[\d.]+ %$/ : /not paced$/);
  }
  const health = await createClient({ baseUrl: `${url}/recurve` }).getHealth();
  expect(health).toMatchObject({ status: "ok" });
  running.child.kill("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
});

interface Post {
  readonly id: string;
  readonly author: string;
  readonly decision: string;
  /** Paths of its buttons by label. */
  readonly buttons: Readonly<Record<string, string>>;
}

const postsOf = (page: string): readonly Post[] =>
  [...page.matchAll(/<article id="(\w+)">[\s\S]*?by (\w+)<form[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, id = "", author = "", form = ""]) => {
      const found = [...form.matchAll(/formaction="([^"]+)">([^<]+)</g)];
      const buttons = Object.fromEntries(found.map(([, path = "", label = ""]) => [label, path]));
      return { id, author, decision: decisionOf(buttons.Like ?? ""), buttons };
    },
  );

test("the feed shows an author once, and obeys like, less, hide, hide author and follow from the next page on", {
  timeout: 120_000,
}, async () => {
  const { running, url, read, press } = await start("feed");
  const recurve = createClient({ baseUrl: `${url}/recurve` });
  const first = postsOf(await read("/?member=ada"));
  expect(new Set(first.map(({ author }) => author)).size).toBe(3);
  const [liked, unwanted, left] = first as [Post, Post, Post];
  await press(liked.buttons.Like!);
  await press(unwanted.buttons["Hide author"]!);
  await press(left.buttons["Less of this"]!);
  const next = postsOf(await press(left.buttons.Hide!));
  const authors = next.map(({ author }) => author);
  expect(next.length).toBeGreaterThan(0);
  expect(next.map(({ id }) => id)).not.toContain(liked.id);
  expect(next.map(({ id }) => id)).not.toContain(left.id);
  expect(authors).not.toContain(unwanted.author);
  expect(new Set(authors).size).toBe(authors.length);
  const { rewards } = await recurve.getDecision(liked.decision);
  expect(rewards.slice(0, 2)).toEqual([1, -2]);

  const followed = left.author;
  await press(left.buttons[`Follow ${followed}`]!);
  const { edges } = await recurve.listEdges("ada");
  expect(edges.map(({ type, to }) => [type, to])).toContainEqual(["follow", followed]);
  expect(await press(left.buttons[`Follow ${followed}`]!.replace(followed, "nobody"))).toMatch(
    /404/,
  );
  running.child.kill("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
});
