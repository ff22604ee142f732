import { expect, test } from "vitest";
import type { Deed } from "../../src/domain/trail.ts";
import type { OpenStore } from "../support/store.ts";

export function testTrail(createRecord: () => OpenStore): void {
  test("deeds are listed newest first, up to a limit, by each who opens the record", async () => {
    const open = createRecord();
    const [one, other] = [await open(), await open()];
    const deeds: readonly Deed[] = [
      { kind: "erase", madeAt: 8, key: "shop" },
      { kind: "export", madeAt: 7, subject: "events.jsonl", by: "ada" },
    ];
    for (const deed of deeds) await one.trail.add(deed);
    expect(await other.trail.list(9)).toEqual(deeds.toReversed());
    expect(await other.trail.list(1)).toEqual([deeds[1]]);
    expect(await one.sequence()).toBe(0);
    await one.close();
    await other.close();
  });
}
