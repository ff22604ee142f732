import { expect, test } from "vitest";
import { itemId, userId } from "../../src/domain/ids.ts";
import type { Store } from "../../src/storage/store.ts";
import {
  sampleDecision,
  sampleEvent,
  sampleItem,
  samplePolicy,
  sampleReward,
  sampleUser,
} from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

async function readEverything(store: Store) {
  return {
    sequence: await store.sequence(),
    users: await store.users.list({ limit: 9 }),
    firstUser: await store.users.find(userId("ann"), 1),
    items: await store.items.changes({ after: 0, asOf: 99 }),
    events: await store.events.scan({ after: 0, limit: 9 }),
    decisions: await store.decisions.recent(9),
    policies: await store.policies.list({ limit: 9 }),
    assignment: await store.policies.assignment("shop"),
    bytes: await store.policies.bytes(1),
    cycles: await store.cycles.list({ limit: 9 }),
    interventions: await store.interventions.list({ limit: 9 }),
    checkpoint: await store.checkpoints.load("shop"),
  };
}

async function writeEverything(store: Store): Promise<void> {
  await store.users.put([sampleUser("ann", { a: 1 })]);
  await store.users.put([sampleUser("ann", { a: 2 })]);
  await store.items.put([sampleItem("a"), sampleItem("b")]);
  await store.items.delete(itemId("b"));
  await store.decisions.append(sampleDecision("d"));
  await store.events.record([sampleReward("d", { value: 0.1 })]);
  await store.policies.apply({
    add: [samplePolicy()],
    assign: ([serving = 0]) => ({ scenario: "shop", assignment: { serving, canaryShare: 0 } }),
    checkpoints: [{ name: "shop", bytes: new Uint8Array([9]) }],
    intervention: { scenario: "shop", kind: "pause", madeAt: 7, by: "ada" },
    cycle: () => ({
      scenario: "shop",
      outcome: "initial",
      reason: "start",
      startedAt: 1,
      finishedAt: 2,
      throughSequence: 0,
      record: {},
    }),
  });
}

export function testLifetime(createRecord: () => OpenStore): void {
  test("the secret is made once, the same for all who open the record, and another in another record", async () => {
    const open = createRecord();
    const [one, other] = [await open(), await open()];
    const made = await Promise.all([one.secret(), other.secret()]);
    expect(made[0]).toHaveLength(32);
    expect(made[1]).toEqual(made[0]);
    await one.close();
    expect(await (await open()).secret()).toEqual(made[0]);
    expect(await (await createRecord()()).secret()).not.toEqual(made[0]);
  });

  test("the newest heartbeat is kept and takes no event number, and the record has a size", async () => {
    const store = await createRecord()();
    expect(await store.heartbeats.last()).toBeUndefined();
    await store.heartbeats.beat(1000);
    await store.heartbeats.beat(31_000);
    expect([await store.heartbeats.last(), await store.sequence()]).toEqual([31_000, 0]);
    const before = await store.sizeBytes();
    expect(before).toBeGreaterThan(0);
    await store.items.put([sampleItem("a", { attributes: { text: "x".repeat(200_000) } })]);
    expect((await store.sizeBytes()) - before).toBeGreaterThan(100_000);
    await store.close();
  });

  test("a store that is opened again holds everything and counts on", async () => {
    const reopen = createRecord();
    const store = await reopen();
    await writeEverything(store);
    const before = await readEverything(store);
    expect(before).toMatchObject({ sequence: 8, firstUser: { attributes: { a: 1 } } });
    await store.close();
    const again = await reopen();
    expect(await readEverything(again)).toEqual(before);
    await again.events.record([{ event: sampleEvent() }]);
    expect(await again.sequence()).toBe(9);
    expect(await again.policies.apply({ add: [samplePolicy()] })).toEqual({ added: [2] });
    await again.close();
  });

  test("who learns on a record does so alone, until the work is done or has failed", async () => {
    const reopen = createRecord();
    const [store, other] = [await reopen(), await reopen()];
    const busy = {
      code: "learner_busy",
      message: expect.stringMatching(/wait until .+ or stop it/),
    };
    const failed = new Error("the work failed");
    await store.learnAlone(async () => {
      await expect(other.learnAlone(async () => 1)).rejects.toMatchObject(busy);
      expect(await other.events.record([{ event: sampleEvent() }])).toEqual(["stored"]);
    });
    await expect(other.learnAlone(() => Promise.reject(failed))).rejects.toBe(failed);
    expect(await store.learnAlone(async () => 2)).toBe(2);
    await Promise.all([store.close(), other.close()]);
  });

  test("who tracks a record does so alone, beside one who learns", async () => {
    const reopen = createRecord();
    const [store, other] = [await reopen(), await reopen()];
    const answer = await store.trackAlone(async () => {
      await expect(other.trackAlone(async () => 1)).rejects.toMatchObject({ code: "conflict" });
      return other.learnAlone(async () => 3);
    });
    expect([answer, await other.trackAlone(async () => 2)]).toEqual([3, 2]);
    await Promise.all([store.close(), other.close()]);
  });

  test("closing waits for the writes that were under way", async () => {
    const reopen = createRecord();
    const store = await reopen();
    const write = store.events.record([{ event: sampleEvent() }]);
    await store.close();
    expect(await write).toEqual(["stored"]);
    const again = await reopen();
    expect(await again.events.count()).toBe(1);
    await again.close();
  });

  test("a closed store refuses reads and writes and may be closed again", async () => {
    const store = await createRecord()();
    await store.close();
    await store.close();
    const closed = { code: "storage_unavailable", message: "the store is closed" };
    await expect(store.sequence()).rejects.toMatchObject(closed);
    await expect(store.users.find(userId("ann"))).rejects.toMatchObject(closed);
    await expect(store.events.record([{ event: sampleEvent() }])).rejects.toMatchObject(closed);
  });
}
