import { expect, test } from "vitest";
import { decisionId } from "../../src/domain/ids.ts";
import {
  sampleDecision,
  sampleEvent,
  sampleItem,
  samplePolicy,
  sampleReward,
  sampleUser,
} from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

export function testWrites(open: OpenStore): void {
  test("concurrent writers get unique event numbers without gaps, in the order of their calls", async () => {
    const store = await open();
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    await Promise.all(
      numbers.map((number) =>
        number % 2 === 0
          ? store.decisions.append(sampleDecision(String(number)))
          : store.events.record([{ event: sampleEvent({ value: number }) }]),
      ),
    );
    const events = await store.events.scan({ after: 0, limit: 100 });
    const decisions = await store.decisions.recent(100);
    expect(events.map(({ sequence }) => sequence)).toEqual(numbers.filter((n) => n % 2 === 1));
    expect(events.map(({ value }) => value)).toEqual(numbers.filter((n) => n % 2 === 1));
    expect(decisions.map(({ sequence }) => sequence).reverse()).toEqual(
      numbers.filter((n) => n % 2 === 0),
    );
    for (const { decision, sequence } of decisions) {
      expect(decision.decisionId).toBe(String(sequence));
    }
    expect(await store.sequence()).toBe(100);
    await store.close();
  });

  test("a failing write among concurrent ones fails alone and leaves no gap", async () => {
    const store = await open();
    const results = await Promise.allSettled([
      store.users.put([sampleUser("ann")]),
      store.decisions.append(sampleDecision("d")),
      store.decisions.append(sampleDecision("d")),
      store.events.record([{ event: sampleEvent() }, sampleReward("nowhere")]),
      store.policies.apply({ add: [samplePolicy({ parent: 9 })] }),
      store.items.put([sampleItem("a")]),
      store.events.record([sampleReward("d")]),
      store.policies.apply({ add: [samplePolicy()] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    expect(results[6]).toMatchObject({ value: ["stored"] });
    expect(results[7]).toMatchObject({ value: { added: [1] } });
    expect(await store.items.sequence()).toBe(3);
    expect(await store.events.scan({ after: 0, limit: 9 })).toMatchObject([{ sequence: 4 }]);
    expect(await store.decisions.find(decisionId("d"))).toMatchObject({
      sequence: 2,
      rewards: [1, undefined],
    });
    expect(await store.sequence()).toBe(4);
    await store.close();
  });

  test("concurrent writers of one event id: one stores it, the others are told", async () => {
    const store = await open();
    const row = { event: sampleEvent({ eventId: "same" }) };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store.events.record([row])),
    );
    expect(outcomes.flat().filter((outcome) => outcome === "stored")).toHaveLength(1);
    expect(await store.events.count()).toBe(1);
    await store.close();
  });
}
