import { expect, test } from "vitest";
import type { Consent } from "../../src/domain/consent.ts";
import { userId } from "../../src/domain/ids.ts";
import { sampleDecision, sampleEvent, sampleUser } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const ann = userId("ann");
const stating = (consent: Consent) => ({ ...sampleUser("ann"), consent });

export function testConsent(open: OpenStore): void {
  test("consent is of its moment, a flag stays until another is stated, and all outlive the user's attributes", async () => {
    const { users, consents, sequence, close } = await open();
    await users.put([stating({ train: false })]);
    const first = await sequence();
    expect(await users.put([stating({ personalise: false })])).toMatchObject({ updated: 1 });
    expect(await users.put([stating({ train: false })])).toMatchObject({ unchanged: 1 });
    expect(await users.put([sampleUser("ann")])).toMatchObject({ unchanged: 1 });
    const both = { train: false, personalise: false };
    expect((await users.find(ann))?.consent).toEqual(both);
    expect((await users.list({ limit: 9 })).rows[0]?.consent).toEqual(both);
    expect((await users.find(ann, first))?.consent).toEqual({ train: false });
    await users.delete(ann);
    expect(await consents.of(ann)).toEqual(both);
    expect(await consents.of(ann, 0)).toEqual({});
    expect(await consents.newest()).toBe((await sequence()) - 1);
    await close();
  });

  test("whoever learns reads nobody who refuses by now, and all others", async () => {
    const store = await open();
    const { users, events, decisions, learnable } = store;
    await events.record(
      ["ann", "bob", "cyd"].map((user) => ({ event: sampleEvent({ userId: userId(user) }) })),
    );
    await decisions.append(sampleDecision("d-1"));
    await decisions.append(sampleDecision("d-2", { userId: userId("bob") }));
    const read = async (byDefault: boolean) => {
      const some = learnable(byDefault);
      const scanned = await some.events.scan({ after: 0, limit: 9 });
      const span = { scenario: "shop", after: 0, closedBefore: 9999, limit: 9 };
      const fed = await some.decisions.feedback(span);
      expect((await some.decisions.closedSpan(span)).count).toBe(fed.length);
      expect(await some.decisions.count({ scenario: "shop" })).toBe(fed.length);
      return [...scanned, ...fed.map(({ decision }) => decision)].map((row) => row.userId);
    };
    expect(await read(true)).toEqual(["ann", "bob", "cyd", "ann", "bob"]);
    expect(await read(false)).toEqual([]);
    await users.put([
      stating({ train: false }),
      { ...sampleUser("bob"), consent: { train: true } },
      { ...sampleUser("cyd"), consent: { personalise: false } },
    ]);
    expect(await read(true)).toEqual(["bob", "cyd", "bob"]);
    expect(await read(false)).toEqual(["bob", "bob"]);
    expect(await decisions.count()).toBe(2);
    await store.close();
  });
}
