import { expect, test } from "vitest";
import type { ItemId } from "../../../domain/ids.ts";
import { createFeedWorld } from "./feed-world.ts";

/** Shows each visitor the newest posts, or the best ones. */
function play(world: ReturnType<typeof createFeedWorld>, visits: number, kind: "best" | "newest") {
  const posts: ItemId[] = world.items.map(({ itemId }) => itemId);
  const likes: number[] = [];
  let [expected, seconds] = [0, 0];
  for (let turn = 0; turn < visits; turn++) {
    posts.push(...(world.itemsBefore?.(turn) ?? []).map(({ itemId }) => itemId));
    const { at = 0 } = world.visit(turn);
    expect(at).toBeGreaterThanOrEqual(seconds);
    seconds = at;
    const slate = kind === "best" ? world.bestSlate(turn) : posts.slice(-world.slateSize);
    likes.push(world.react(turn, slate).filter(({ type }) => type === "like").length);
    expected += world.expectedReward(turn, slate);
  }
  return { likes, expected: expected / visits, seconds, posts: posts.length };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test("likes come as the truth says, and better slates bring readers back sooner", () => {
  const visits = 6000;
  const best = play(createFeedWorld({ seed: 1 }), visits, "best");
  const newest = play(createFeedWorld({ seed: 1 }), visits, "newest");
  // A visit's likes are between 0 and 3: five standard errors are below 5 · 1.5 / √6000.
  for (const { likes, expected } of [best, newest])
    expect(Math.abs(mean(likes) - expected)).toBeLessThan(0.1);
  expect(best.expected).toBeGreaterThan(2 * newest.expected);
  expect(best.seconds).toBeLessThan(newest.seconds);
  // 60 posts a day beside the first 60.
  expect(best.posts).toBe(60 + Math.floor(best.seconds / 1440));
});

test("the same seed and slates give the same visits; without friends only the loop is told less", () => {
  const first = play(createFeedWorld({ seed: 3 }), 300, "newest");
  expect(play(createFeedWorld({ seed: 3 }), 300, "newest")).toEqual(first);
  const alone = createFeedWorld({ seed: 3, friends: false });
  expect([alone.edges, alone.social]).toEqual([undefined, createFeedWorld({ seed: 3 }).social]);
  expect(play(alone, 300, "newest")).toEqual(first);
  expect(play(createFeedWorld({ seed: 4 }), 300, "newest")).not.toEqual(first);
});

test("visits come in order, and a seed is a whole number", () => {
  const world = createFeedWorld({ seed: 1 });
  expect(() => world.visit(1)).toThrow(RangeError);
  world.visit(0);
  expect(() => world.visit(1)).toThrow(/in order/);
  expect(() => createFeedWorld({ seed: 0.5 })).toThrow(/seed/);
});

test("everybody follows authors, and friends are of both sides' lists once", () => {
  const { edges = [], users } = createFeedWorld({ seed: 1 });
  const follows = edges.filter(({ type }) => type === "follow");
  expect(new Set(follows.map(({ userId }) => userId)).size).toBe(users.length);
  expect(follows.every(({ to }) => to.startsWith("author-"))).toBe(true);
  const friends = edges.filter(({ type }) => type === "friend");
  expect(friends.every(({ userId, to }) => userId !== to)).toBe(true);
  expect((2 * friends.length) / users.length).toBeGreaterThan(6);
});
