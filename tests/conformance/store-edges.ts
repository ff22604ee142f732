import { expect, test } from "vitest";
import type { Edge, EdgeType } from "../../src/domain/edge.ts";
import { userId } from "../../src/domain/ids.ts";
import { sampleEvent, sampleUser } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const edge = (user: string, type: EdgeType, to: string): Edge => ({
  userId: userId(user),
  type,
  to,
});
const [ann, bob] = [userId("ann"), userId("bob")];

export function testEdges(open: OpenStore): void {
  test("edges are of their moment: made, ended and made again, each under an event number", async () => {
    const { edges, sequence, close } = await open();
    const follow = edge("ann", "follow", "eve");
    expect(await edges.put([follow])).toEqual({ created: 1, updated: 0, unchanged: 0 });
    expect(await edges.put([follow])).toEqual({ created: 0, updated: 0, unchanged: 1 });
    expect(await edges.delete(follow)).toBe(true);
    expect(await edges.delete(follow)).toBe(false);
    expect(await edges.put([follow])).toMatchObject({ created: 1 });
    expect(await sequence()).toBe(3);
    const numbersAt = async (asOf: number) =>
      (await edges.of(ann, { asOf, limit: 9 })).map((one) => one.sequence);
    expect(await Promise.all([0, 1, 2, 3].map(numbersAt))).toEqual([[], [1], [], [3]]);
    await close();
  });

  test("a friend holds both ways and ends both ways, a follow leads one way", async () => {
    const { edges, close } = await open();
    await edges.put([edge("ann", "friend", "bob"), edge("ann", "follow", "bob")]);
    expect(await edges.put([edge("bob", "friend", "ann")])).toMatchObject({ unchanged: 1 });
    expect(await edges.of(bob, { limit: 9 })).toEqual([
      { userId: "bob", type: "friend", to: "ann", sequence: 1 },
    ]);
    expect(await edges.delete(edge("bob", "friend", "ann"))).toBe(true);
    expect(await edges.of(ann, { limit: 9 })).toMatchObject([{ type: "follow", to: "bob" }]);
    await close();
  });

  test("the newest edges come first, as many as are asked for", async () => {
    const { edges, close } = await open();
    await edges.put(["x", "y", "z"].map((to) => edge("ann", "follow", to)));
    expect((await edges.of(ann, { limit: 2 })).map(({ to }) => to)).toEqual(["z", "y"]);
    await close();
  });

  test("edges that hold are listed in pages, friends once, and ended ones not", async () => {
    const { edges, close } = await open();
    await edges.put([edge("bob", "friend", "ann"), edge("ann", "follow", "bob")]);
    await edges.put([edge("bob", "follow", "eve"), edge("ann", "follow", "zoe")]);
    await edges.delete(edge("ann", "follow", "zoe"));
    const first = await edges.list({ limit: 2 });
    expect(first).toEqual([
      { userId: "ann", type: "follow", to: "bob", sequence: 2 },
      { userId: "ann", type: "friend", to: "bob", sequence: 1 },
    ]);
    const rest = await edges.list({ after: first[1]!, limit: 2 });
    expect(rest.map(({ userId: user, to }) => [user, to])).toEqual([["bob", "eve"]]);
    expect(await edges.count()).toBe(3);
    await close();
  });

  test("items are engaged with by people, in their newest events as of a moment", async () => {
    const { edges, events, close } = await open();
    const by = (user: string, item: string, rest: object = {}) => ({
      event: sampleEvent({ userId: userId(user), itemId: item as never, ...rest }),
    });
    await events.record([
      by("bob", "old"),
      by("bob", "a"),
      by("eve", "a"),
      by("eve", "a"),
      by("eve", "b", { type: "view" }),
      by("eve", "c", { occurredAt: 10 }),
      by("eve", "d"),
      by("cid", "e"),
    ]);
    const span = { asOf: 8, newest: 5, since: 100, types: ["click"] };
    const found = await edges.engaged(["bob", "eve"], span);
    expect(found).toEqual([
      { itemId: "a", people: 2 },
      { itemId: "d", people: 1 },
      { itemId: "old", people: 1 },
    ]);
    const newest = await edges.engaged(["bob", "eve"], { ...span, newest: 1 });
    expect(newest.map(({ itemId }) => itemId)).toEqual(["d", "a"]);
    expect(await edges.engaged(["bob", "eve"], { ...span, asOf: 1 })).toHaveLength(1);
    expect(await edges.engaged([], span)).toEqual([]);
    await close();
  });

  test("a user is known who was written, or has an event", async () => {
    const { users, events, close } = await open();
    await users.put([sampleUser("cid")]);
    await events.record([{ event: sampleEvent() }]);
    expect([...(await users.unknown([ann, bob, userId("cid")]))]).toEqual(["bob"]);
    await close();
  });
}
