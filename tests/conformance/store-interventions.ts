import { expect, test } from "vitest";
import type { Intervention } from "../../src/domain/intervention.ts";
import { samplePolicy } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const pause: Omit<Intervention, "intervention"> = { scenario: "shop", kind: "pause", madeAt: 7 };

export function testInterventions(open: OpenStore): void {
  test("interventions are numbered from 1 and listed newest first, of all scenarios or of one", async () => {
    const store = await open();
    await store.policies.apply({ add: [samplePolicy(), samplePolicy()] });
    const about = { by: "ada", reason: "fewer purchases", key: "ops", version: 1, replaced: 2 };
    const rolledBack = { ...pause, ...about, kind: "roll-back", madeAt: 8 } as const;
    expect(await store.policies.apply({ intervention: pause })).toEqual({
      added: [],
      intervention: 1,
    });
    await store.policies.apply({ intervention: { ...pause, scenario: "feed" } });
    await store.policies.apply({ intervention: rolledBack });
    expect(await store.interventions.list({ scenario: "shop", limit: 9 })).toEqual([
      { ...rolledBack, intervention: 3 },
      { ...pause, intervention: 1 },
    ]);
    const newest = await store.interventions.list({ limit: 2 });
    expect(newest.map(({ intervention }) => intervention)).toEqual([3, 2]);
    expect(await store.interventions.list({ scenario: "none", limit: 9 })).toEqual([]);
    await store.close();
  });

  test("an intervention is there with what it did, or not at all", async () => {
    const store = await open();
    await store.policies.apply({ add: [samplePolicy(), samplePolicy()] });
    const assignment = { serving: 1, canaryShare: 0, mode: "paused", waiting: 2 } as const;
    const assign = () => ({ scenario: "shop", assignment, replaces: { canaryShare: 0 } });
    await store.policies.apply({ assign, intervention: pause });
    expect(await store.policies.assignment("shop")).toEqual(assignment);
    await expect(store.policies.apply({ assign, intervention: pause })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("version 1 serves, promotions are paused"),
    });
    await expect(
      store.policies.apply({ intervention: { ...pause, kind: "pin", version: 9 } }),
    ).rejects.toThrow();
    expect(await store.interventions.list({ limit: 9 })).toHaveLength(1);
    await store.close();
  });

  test("a change of mode or of what waits is a change of the assignment", async () => {
    const store = await open();
    await store.policies.apply({ add: [samplePolicy(), samplePolicy()] });
    const begun = { serving: 1, canaryShare: 0 };
    const assign = (replaces: object, assignment: object) =>
      store.policies.apply({
        assign: () => ({
          scenario: "shop",
          assignment: { ...begun, ...assignment },
          replaces: { ...begun, ...replaces },
        }),
      });
    await store.policies.apply({ assign: () => ({ scenario: "shop", assignment: begun }) });
    await assign({}, { mode: "ask" });
    await expect(assign({}, {})).rejects.toMatchObject({ code: "conflict" });
    await assign({ mode: "ask" }, { mode: "ask", waiting: 2 });
    await expect(assign({ mode: "ask" }, {})).rejects.toMatchObject({ code: "conflict" });
    await assign({ mode: "ask", waiting: 2 }, {});
    expect(await store.policies.assignment("shop")).toEqual(begun);
    await store.close();
  });
}
