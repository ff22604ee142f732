import { expect, test } from "vitest";
import type { OpenStore } from "../support/store.ts";
import { testActivity } from "./store-activity.ts";
import { testConsent } from "./store-consent.ts";
import { testDecisions } from "./store-decisions.ts";
import { testDeferrals } from "./store-deferrals.ts";
import { testEdges } from "./store-edges.ts";
import { testEvents } from "./store-events.ts";
import { testInterventions } from "./store-interventions.ts";
import { testItemChanges } from "./store-items.ts";
import { testKeys } from "./store-keys.ts";
import { testLifetime } from "./store-lifetime.ts";
import { testPolicies } from "./store-policies.ts";
import { testPseudonyms } from "./store-pseudonyms.ts";
import { testRevisions } from "./store-revisions.ts";
import { testRewards } from "./store-rewards.ts";
import { testTrail } from "./store-trail.ts";
import { testWrites } from "./store-writes.ts";

/** What every implementation of `Store` must do. `createRecord` makes an empty record and says how to open it. */
export function testStore(createRecord: () => OpenStore): void {
  const open = () => createRecord()();

  test("an empty store has event number 0 and counts nothing", async () => {
    const store = await open();
    expect(await store.sequence()).toBe(0);
    expect(await store.users.count()).toBe(0);
    expect(await store.events.count()).toBe(0);
    expect(await store.decisions.count()).toBe(0);
    await store.close();
  });

  testRevisions(open);
  testItemChanges(open);
  testActivity(open);
  testEdges(open);
  testEvents(open);
  testDecisions(open);
  testDeferrals(open);
  testRewards(open);
  testPolicies(open);
  testInterventions(open);
  testKeys(createRecord);
  testTrail(createRecord);
  testConsent(open);
  testPseudonyms(open);
  testWrites(open);
  testLifetime(createRecord);
}
