import { expect, test } from "vitest";
import { EngineError } from "../../domain/errors.ts";
import { type ItemId, itemId, type UserId } from "../../domain/ids.ts";
import type { World } from "../../domain/world.ts";
import type { SyntheticWorldOptions } from "./synthetic-options.ts";
import { createSyntheticWorld } from "./synthetic-world.ts";

const turnsUpTo = (end: number) => [...Array(end).keys()];

/** The first candidates of a visit: they come in random order. */
const shown = (world: World, turn: number): ItemId[] =>
  world
    .visit(turn)
    .candidates.slice(0, world.slateSize)
    .map((candidate) => candidate.itemId);

const played = (world: World, turns: readonly number[]) =>
  turns.map((turn) => ({
    visit: world.visit(turn),
    reactions: world.react(turn, shown(world, turn)),
    expected: world.expectedReward(turn, shown(world, turn)),
    best: world.bestSlate(turn),
  }));

const described = ({ name, items, users, history, slateSize, rewards }: World) => ({
  name,
  items,
  users,
  history,
  slateSize,
  rewards,
});

test("the same seed gives the same world and another seed another one", () => {
  const options = { slateSize: 3, drift: "abrupt", turns: 200 } as const;
  const [one, same, other] = [5, 5, 6].map((seed) => createSyntheticWorld({ seed, ...options }));
  expect(described(same!)).toEqual(described(one!));
  expect(played(same!, turnsUpTo(200))).toEqual(played(one!, turnsUpTo(200)));
  expect(other!.items).not.toEqual(one!.items);
  expect(other!.history).not.toEqual(one!.history);
  expect(played(other!, turnsUpTo(5))).not.toEqual(played(one!, turnsUpTo(5)));
});

test("visits and answers don't depend on what was asked before", () => {
  const world = createSyntheticWorld({ seed: 5, slateSize: 2 });
  const forwards = played(world, turnsUpTo(100));
  expect(played(world, turnsUpTo(100).reverse()).reverse()).toEqual(forwards);
});

test("an item gets the same answer whatever else the slate shows", () => {
  const world = createSyntheticWorld({ seed: 5, slateSize: 3 });
  let clicks = 0;
  for (const turn of turnsUpTo(500)) {
    const [a, b, c, d, e] = world.visit(turn).candidates.map((candidate) => candidate.itemId);
    const answer = (slate: ItemId[]) => world.react(turn, slate).some((r) => r.itemId === b);
    expect(answer([c!, b!, d!])).toBe(answer([a!, b!, e!]));
    clicks += answer([a!, b!]) ? 1 : 0;
  }
  expect(clicks).toBeGreaterThan(20);
});

test("a visit offers 20 different items of the catalogue without features", () => {
  const world = createSyntheticWorld({ seed: 5, items: 30 });
  const ids = new Set(world.items.map((item) => item.itemId));
  for (const turn of turnsUpTo(50)) {
    const { candidates, userId } = world.visit(turn);
    expect(new Set(candidates.map((candidate) => candidate.itemId)).size).toBe(20);
    for (const candidate of candidates) {
      expect(Object.keys(candidate)).toEqual(["itemId"]);
      expect(ids).toContain(candidate.itemId);
    }
    expect(world.users.map((user) => user.userId)).toContain(userId);
  }
});

test("every user comes and every item is offered equally often", () => {
  const world = createSyntheticWorld({ seed: 5, users: 10, items: 25 });
  const turns = 20_000;
  const counts = new Map<string, number>();
  const count = (id: string) => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const turn of turnsUpTo(turns)) {
    const { userId, candidates } = world.visit(turn);
    count(userId);
    for (const candidate of candidates) count(candidate.itemId);
  }
  expect(counts.size).toBe(10 + 25);
  for (const [id, observed] of counts) {
    const share = id.startsWith("user") ? 1 / 10 : 20 / 25;
    const standardError = Math.sqrt(turns * share * (1 - share));
    expect(Math.abs(observed - turns * share)).toBeLessThan(4 * standardError);
  }
});

test("click frequencies agree with the expected reward at every position", () => {
  const world = createSyntheticWorld({ seed: 5, slateSize: 3 });
  const sums = turnsUpTo(3).map(() => ({ residual: 0, variance: 0 }));
  const both = { residual: 0, variance: 0 };
  for (const turn of turnsUpTo(20_000)) {
    const slate = shown(world, turn);
    const clicked = new Set(world.react(turn, slate).map((reaction) => reaction.itemId));
    const rows = slate.map((id, k) => {
      const before = world.expectedReward(turn, slate.slice(0, k));
      const probability = world.expectedReward(turn, slate.slice(0, k + 1)) - before;
      const variance = probability * (1 - probability);
      return { residual: (clicked.has(id) ? 1 : 0) - probability, variance };
    });
    for (const [k, row] of rows.entries()) {
      sums[k]!.residual += row.residual;
      sums[k]!.variance += row.variance;
    }
    // Clicks at two positions are independent given the truth.
    both.residual += rows[0]!.residual * rows[1]!.residual;
    both.variance += rows[0]!.variance * rows[1]!.variance;
  }
  for (const { residual, variance } of [...sums, both]) {
    expect(Math.abs(residual)).toBeLessThan(4 * Math.sqrt(variance));
  }
});

test("a position is looked at with probability (1 + k)^-½", () => {
  const world = createSyntheticWorld({ seed: 5, slateSize: 5 });
  const slate = shown(world, 0);
  const alone = slate.map((id) => world.expectedReward(0, [id]));
  for (let k = 0; k < 5; k++) {
    const before = world.expectedReward(0, slate.slice(0, k));
    const gain = world.expectedReward(0, slate.slice(0, k + 1)) - before;
    expect(gain).toBeCloseTo(alone[k]! / Math.sqrt(1 + k), 12);
  }
});

test("no slate of two candidates is better than the best one", () => {
  const world = createSyntheticWorld({ seed: 5, slateSize: 2 });
  for (const turn of turnsUpTo(20)) {
    const ids = world.visit(turn).candidates.map((candidate) => candidate.itemId);
    const pairs = ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => [a, b]));
    const highest = Math.max(...pairs.map((pair) => world.expectedReward(turn, pair)));
    expect(world.expectedReward(turn, world.bestSlate(turn))).toBe(highest);
  }
});

function bestItem(world: World, turn: number): ItemId {
  const rewards = world.items.map((item) => world.expectedReward(turn, [item.itemId]));
  return world.items[rewards.indexOf(Math.max(...rewards))]!.itemId;
}

/** The best item of the catalogue for each user, which must not change within the turns. */
function bestItems(world: World, turns: readonly number[]): Map<UserId, ItemId> {
  const best = new Map<UserId, ItemId>();
  for (const turn of turns) {
    const { userId } = world.visit(turn);
    const item = bestItem(world, turn);
    expect(best.get(userId) ?? item).toBe(item);
    best.set(userId, item);
  }
  return best;
}

test.each([600, 601])("of %i turns drift changes the best item exactly at half-way", (turns) => {
  const world = createSyntheticWorld({ seed: 5, users: 30, drift: "abrupt", turns });
  const half = Math.ceil(turns / 2);
  const before = bestItems(world, turnsUpTo(half));
  const after = bestItems(
    world,
    turnsUpTo(turns).filter((turn) => turn >= half),
  );
  expect(before.size).toBe(30);
  const changed = [...before].filter(([userId, item]) => after.get(userId) !== item);
  expect(changed.length).toBeGreaterThanOrEqual(27);
});

test("with drift the visits and the first half are those of the world without", () => {
  const still = createSyntheticWorld({ seed: 5 });
  const drifting = createSyntheticWorld({ seed: 5, drift: "abrupt", turns: 100 });
  expect(drifting.items).toEqual(still.items);
  expect(drifting.history).toEqual(still.history);
  expect(played(drifting, turnsUpTo(50))).toEqual(played(still, turnsUpTo(50)));
  for (const turn of turnsUpTo(200).slice(50)) {
    expect(drifting.visit(turn)).toEqual(still.visit(turn));
    const slate = shown(still, turn);
    expect(drifting.expectedReward(turn, slate)).not.toBe(still.expectedReward(turn, slate));
  }
});

test("a user has 5 to 8 past clicks, each on another item", () => {
  const world = createSyntheticWorld({ seed: 5 });
  const counts = world.users.map(({ userId }) => {
    const own = world.history.filter((event) => event.userId === userId);
    expect(new Set(own.map((event) => event.itemId)).size).toBe(own.length);
    return own.length;
  });
  expect(new Set(counts)).toEqual(new Set([5, 6, 7, 8]));
  expect(new Set(world.history.map((event) => `${event.type}=${event.value}`))).toEqual(
    new Set(["click=1"]),
  );
});

test("past clicks come in proportion to the user's own click probabilities", () => {
  const world = createSyntheticWorld({ seed: 5 });
  const first = new Map(world.history.toReversed().map((event) => [event.userId, event.itemId]));
  let [residual, variance] = [0, 0];
  for (const turn of turnsUpTo(3000)) {
    const { userId } = world.visit(turn);
    const clicked = first.get(userId);
    if (clicked === undefined) continue;
    first.delete(userId);
    // The first click is on item i with probability pᵢ / Σp, so its expected appeal is Σp² / Σp.
    const appeals = world.items.map((item) => world.expectedReward(turn, [item.itemId]));
    const moment = (power: number) => appeals.reduce((sum, p) => sum + p ** power, 0);
    const expected = moment(2) / moment(1);
    residual += world.expectedReward(turn, [clicked]) - expected;
    variance += moment(3) / moment(1) - expected ** 2;
  }
  expect(first.size).toBe(0);
  expect(Math.abs(residual)).toBeLessThan(4 * Math.sqrt(variance));
});

const refused: [field: string, options: object][] = [
  ["seed", { seed: -1 }],
  ["seed", { seed: 1.5 }],
  ["seed", { seed: 2 ** 32 }],
  ["items", { items: 19 }],
  ["items", { items: 10_001 }],
  ["users", { users: 0 }],
  ["users", { users: Number.NaN }],
  ["slateSize", { slateSize: 6 }],
  ["turns", { drift: "abrupt" }],
  ["turns", { drift: "abrupt", turns: 1 }],
  ["drift", { drift: "slow" }],
];

test.each(refused)("a bad %s in %o is refused by name", (field, options) => {
  const attempt = () => createSyntheticWorld({ seed: 1, ...options } as SyntheticWorldOptions);
  expect(attempt).toThrow(EngineError);
  expect(attempt).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      message: expect.stringMatching(`^${field} must be .*got .*; correct .*'${field}'$`),
      details: expect.objectContaining({ field }),
    }),
  );
});

test("a turn, an item or a slate that can't be is a programmer's error", () => {
  const world = createSyntheticWorld({ seed: 1 });
  for (const turn of [-1, 0.5, Number.NaN]) {
    expect(() => world.visit(turn)).toThrow(RangeError);
    expect(() => world.react(turn, [])).toThrow(RangeError);
    expect(() => world.bestSlate(turn)).toThrow(RangeError);
  }
  expect(() => world.react(0, [itemId("item-201")])).toThrow("this world has no item 'item-201'");
  expect(() => world.expectedReward(0, [itemId("item-1"), itemId("item-2")])).toThrow(
    "a slate has at most 1 items, got 2",
  );
});
