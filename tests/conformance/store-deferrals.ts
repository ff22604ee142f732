import { describe, expect, test } from "vitest";
import { decisionId } from "../../src/domain/ids.ts";
import { mostKeptEvents } from "../../src/storage/deferral-store.ts";
import { sampleDecision, sampleEvent } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const id = decisionId("d");
const deferralOf = (name: string, changes: Parameters<typeof sampleDecision>[1] = {}) => ({
  id: decisionId(name),
  decisions: [sampleDecision(name, changes)],
});
const kept = (eventId: string) => ({ event: sampleEvent({ eventId }), deferral: id });

/** Decisions that wait beside the record. */
export function testDeferrals(open: OpenStore): void {
  describe("a deferral", () => {
    test("is no decision until it is settled, and is found until it expires", async () => {
      const store = await open();
      await store.deferrals.add([deferralOf("d")], [sampleDecision("e")]);
      expect([await store.decisions.count(), await store.sequence()]).toEqual([1, 1]);
      expect(await store.deferrals.find(id, 1999)).toEqual({ ...deferralOf("d"), events: [] });
      expect(await store.deferrals.find(id, 2000)).toBeUndefined();
      const found = (await store.deferrals.find(id, 1999))!;
      const decisions = [sampleDecision("d", { decidedAt: 1500, drawnAt: 1000 })];
      await store.deferrals.settle(found, { decisions, events: [], asOf: 1 });
      expect((await store.decisions.find(id))?.decision).toEqual(decisions[0]);
      expect(await store.deferrals.find(id, 1999)).toBeUndefined();
      await store.close();
    });

    test("keeps events by their ids, and is settled only as it was read", async () => {
      const store = await open();
      await store.deferrals.add([deferralOf("d")]);
      const before = (await store.deferrals.find(id, 1500))!;
      expect(await store.events.record([kept("1"), kept("2"), kept("1")])).toEqual([
        ...["stored", "stored", "duplicate"],
      ]);
      const options = { decisions: before.decisions, events: [], asOf: 0 };
      await expect(store.deferrals.settle(before, options)).rejects.toThrow(/changed meanwhile/);
      const after = (await store.deferrals.find(id, 1500))!;
      expect(after.events).toEqual([kept("1").event, kept("2").event]);
      expect([await store.events.count(), await store.decisions.count()]).toEqual([0, 0]);
      await store.deferrals.settle(after, options);
      await expect(store.events.record([kept("3")])).rejects.toMatchObject({ code: "conflict" });
      await store.close();
    });

    test("keeps so many events and no more, all of a call or none", async () => {
      const store = await open();
      await store.deferrals.add([deferralOf("d")]);
      const numbers = Array.from({ length: mostKeptEvents - 1 }, (_, number) => kept(`${number}`));
      await store.events.record(numbers);
      await expect(store.events.record([kept("a"), kept("b")])).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("activate it before it gets more"),
      });
      expect((await store.deferrals.find(id, 1500))?.events).toHaveLength(mostKeptEvents - 1);
      await store.close();
    });

    test("has an id of its own, which is free again once it has expired", async () => {
      const store = await open();
      await store.deferrals.add([deferralOf("d")]);
      await store.decisions.append(sampleDecision("e"));
      for (const write of [
        () => store.deferrals.add([deferralOf("d")]),
        () => store.deferrals.add([deferralOf("f"), deferralOf("e")]),
        () => store.decisions.append(sampleDecision("d")),
      ])
        await expect(write()).rejects.toMatchObject({ code: "conflict" });
      expect(await store.deferrals.find(decisionId("f"), 1500)).toBeUndefined();
      await store.deferrals.add([deferralOf("d", { decidedAt: 2000, expiresAt: 3000 })]);
      expect((await store.deferrals.find(id, 2500))?.decisions[0]?.decidedAt).toBe(2000);
      await store.close();
    });
  });
}
