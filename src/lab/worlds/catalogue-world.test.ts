import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "../../../tests/support/data-folder.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { InteractionData } from "../../analysis/ranking/interaction-data.ts";
import { readInteractions } from "../../analysis/ranking/read-interactions.ts";
import { type ItemId, itemId } from "../../domain/ids.ts";
import { createCatalogueWorld } from "./catalogue-world.ts";

const reading = { now: Date.parse("2026-01-01"), signal: new AbortController().signal };

function readText(name: string, text: string): Promise<InteractionData> {
  const path = join(createTestFolder(), name);
  writeFileSync(path, text);
  return readInteractions(path, reading);
}

/** Made by hand: four users, twelve items, a first half of three interactions each. */
const lines = ["1 1 2 3 4 5 6", "2 7 8 9 10 11 12", "3 1 3 5 7 9 11", "4 12 10 8 6 4 2 1"];
const sequences = new Map(
  lines.map((line) => line.split(" ")).map(([user, ...own]) => [user, own]),
);
const readLines = (own: readonly string[] = lines) => readText("made.txt", `${own.join("\n")}\n`);
const items = (...ids: readonly number[]): ItemId[] => ids.map((id) => itemId(String(id)));
const createWorld = async (turns = 13, seed = 1) =>
  createCatalogueWorld({ seed, turns, data: await readLines() });

/** Of events: user and item. */
const pairsOf = (events: readonly { userId: string; itemId: string }[] | undefined) =>
  events?.map((event) => [event.userId, event.itemId]);

test("first halves are history; then each visit is followed by its user's next item, until all are consumed", async () => {
  const { history, visit, eventsBefore } = await createWorld();
  for (const [user, own] of sequences) {
    const early = history.filter(({ userId }) => userId === user);
    expect(early.map((event) => event.itemId)).toEqual(own.slice(0, 3));
  }
  const left = new Map([...sequences].map(([user, own]) => [user, own.slice(3)]));
  expect(eventsBefore?.(0)).toEqual([]);
  for (let turn = 0; turn < 12; turn++) {
    const { userId } = visit(turn);
    const next = left.get(userId)!.shift()!;
    expect(eventsBefore?.(turn + 1)).toEqual([
      { userId, itemId: next, type: "consumption", value: 1 },
    ]);
  }
  const last = visit(12).userId;
  expect([...left].filter(([, own]) => own.length > 0)).toEqual([
    [last, [sequences.get(last)!.at(-1)]],
  ]);
});

test("users without times come in turns, none twice before the others", async () => {
  const data = await readLines([...lines.slice(0, 3), "4 12 10 8 6 4 2"]);
  const { visit } = createCatalogueWorld({ seed: 1, turns: 12, data });
  const users = Array.from({ length: 12 }, (_, turn) => visit(turn).userId);
  for (const start of [0, 4, 8]) expect(new Set(users.slice(start, start + 4)).size).toBe(4);
});

test("the true reward by hand: the next items pay by the examination of their positions", async () => {
  const { visit, expectedReward, bestSlate } = await createWorld();
  const turns = Array.from({ length: 13 }, (_, turn) => turn);
  const [first = 0, second = 0] = turns.filter((turn) => visit(turn).userId === "1");
  // User 1 has consumed 1, 2 and 3; 4, 5 and 6 come. Positions 0 and 3 are looked at with 1 and 1/√4.
  expect(expectedReward(first, items(4, 1, 2, 6))).toBe(1.5);
  // 4 is consumed after the first visit, and pays no longer.
  expect(expectedReward(second, items(4, 1, 2, 6))).toBe(0.5);
  expect(expectedReward(first, items(7, 8, 9, 10))).toBe(0);
  expect(bestSlate(first)).toEqual(items(4, 5, 6, 1, 2, 3, 7, 8, 9, 10));
  expect(expectedReward(first, bestSlate(first))).toBe(1 + 1 / Math.sqrt(2) + 1 / Math.sqrt(3));
});

test("of a long sequence the next 20 pay, the 21st does not", async () => {
  const long = Array.from({ length: 50 }, (_, index) => 100 + index);
  const data = await readLines([...lines.slice(0, 3), `5 ${long.join(" ")}`]);
  const { visit, expectedReward } = createCatalogueWorld({ seed: 1, turns: 34, data });
  const turn = Array.from({ length: 34 }, (_, index) => index).find(
    (index) => visit(index).userId === "5",
  )!;
  // 25 are behaviour: 125 is next, 144 the twentieth.
  expect(expectedReward(turn, items(125))).toBe(1);
  expect(expectedReward(turn, items(144))).toBe(1);
  expect(expectedReward(turn, items(145))).toBe(0);
});

test("clicks are those of looks at paying items, as often as the true reward says", async () => {
  const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
  const data = await readLines();
  const clicks = seeds.map((seed) => {
    const world = createCatalogueWorld({ seed, turns: 13, data });
    const turn = [0, 1, 2, 3].find((index) => world.visit(index).userId === "1")!;
    return world.react(turn, items(4, 1, 2, 6));
  });
  expect(clicks.every(([first]) => first?.itemId === "4" && first.type === "click")).toBe(true);
  const looked = clicks.filter(({ length }) => length === 2).length;
  // Position 3 is looked at with 1/2: within 4 standard errors.
  expect(Math.abs(looked - 1000)).toBeLessThan(4 * Math.sqrt(500));
});

test("fewer visits than interactions: those between two visits happen between them, in order of time", async () => {
  const event = (user: number, item: number, day: number) =>
    JSON.stringify({
      type: "view",
      userId: `u${user}`,
      itemId: `i${item}`,
      occurredAt: new Date(Date.UTC(2025, 0, day)).toISOString(),
    });
  const rows = [1, 2, 3, 4].flatMap((user) =>
    Array.from({ length: 6 }, (_, k) => event(user, 10 * user + k, 4 * k + user)),
  );
  const data = await readText("shop.jsonl", rows.toReversed().join("\n"));
  const { history, visit, eventsBefore } = createCatalogueWorld({ seed: 2, turns: 4, data });
  expect(pairsOf(history)).toEqual(
    [0, 1, 2].flatMap((k) => [1, 2, 3, 4].map((user) => [`u${user}`, `i${10 * user + k}`])),
  );
  const inTime = [3, 4, 5].flatMap((k) =>
    [1, 2, 3, 4].map((user) => [`u${user}`, `i${10 * user + k}`]),
  );
  const happened = [0, 1, 2, 3].flatMap((turn) => pairsOf(eventsBefore?.(turn)) ?? []);
  expect(happened).toEqual(inTime.slice(0, happened.length));
  // The next visit comes before the next interaction, one of each three.
  let before = 0;
  for (let turn = 0; turn < 4; turn++) {
    before += eventsBefore!(turn).length;
    expect(Math.floor(before / 3)).toBe(turn);
    expect(visit(turn).userId).toBe(inTime[before]![0]);
  }
});

test("the same seed gives the same visits, another seed others, on the same behaviour", async () => {
  const visits = async (seed: number) => {
    const world = await createWorld(6, seed);
    const turns = Array.from({ length: 6 }, (_, turn) => turn);
    return turns.map((turn) => [world.visit(turn).userId, world.eventsBefore?.(turn)]);
  };
  expect(await visits(1)).toEqual(await visits(1));
  const others = await Promise.all([2, 3, 4].map(visits));
  expect(others.some((other) => JSON.stringify(other) !== JSON.stringify(others[0]))).toBe(true);
  expect((await createWorld(6, 1)).history).toEqual((await createWorld(13, 2)).history);
});

test.each<[string, string[], string]>([
  [
    "users are too short",
    ["1 1 2 3 4 5 6 7 8 9 10 11 12", "2 1 2 3 4 5"],
    "made.txt: 1 of 2 users have at least 6 interactions, and 4 must: half of them is the behaviour to train on; use a larger data set",
  ],
  ["nothing is there", [], "made.txt: 0 of 0 users have at least 6 interactions"],
  [
    "a slate would be the whole catalogue",
    [1, 2, 3, 4].map((user) => `${user} 1 2 3 4 5 6 7 8`),
    "made.txt: it has 8 items, and a slate has 10; use a larger data set",
  ],
])("data are refused if %s", async (_, own, message) => {
  const data = await readLines(own);
  expect(() => createCatalogueWorld({ seed: 1, turns: 1, data })).toThrow(message);
});

test("a refusal says how many rows could not be read", async () => {
  const data = await readText("shop.jsonl", "{\n[]\n");
  expect(() => createCatalogueWorld({ seed: 1, turns: 1, data })).toThrow(
    "the behaviour to train on (2 rows were refused; recurve import shows the reasons); use a larger",
  );
});

test("more visits than there are interactions, and turns beyond them, are refused", async () => {
  const data = await readLines();
  expect(() => createCatalogueWorld({ seed: 1, turns: 14, data })).toThrow(
    "turns is 14: made.txt has 13 interactions that a visit can come before; ask for fewer cycles or decisions",
  );
  expect(() => createCatalogueWorld({ seed: -1, turns: 1, data })).toThrow("seed must be");
  expect(() => createCatalogueWorld({ seed: 1, turns: 0, data })).toThrow("turns must be");
  const world = createCatalogueWorld({ seed: 1, turns: 13, data });
  expect(() => world.visit(13)).toThrow("the world has 13 visits, got turn 13");
});

const films = join(dataFolder, "ml-100k");

// The row in docs/methods/worlds.md.
test.skipIf(!existsSync(films))(
  "ML-100K has the documented rewards (needs RECURVE_DATA)",
  async () => {
    const turns = 50_240;
    const data = await readInteractions(films, reading);
    const world = createCatalogueWorld({ seed: 1, turns, data });
    const sizes = [world.users, world.items, world.history].map(({ length }) => length);
    expect(sizes).toEqual([943, 1682, 49_760]);
    let personal = 0;
    for (let turn = 0; turn < turns; turn++)
      personal += world.expectedReward(turn, world.bestSlate(turn)) / turns;
    expect(Math.round(100 * personal) / 100).toBe(4.69);
    expect(() => createCatalogueWorld({ seed: 1, turns: turns + 1, data })).toThrow("has 50240");
  },
);
