import { expect, test } from "vitest";
import type { OpenStore } from "../support/store.ts";

const under = (...keys: readonly string[]) => keys.map((key) => ({ key, hash: `${key}/ann` }));

export function testPseudonyms(open: OpenStore): void {
  test("a caller's id has one id for good, whatever key it is under", async () => {
    const { pseudonyms, close } = await open();
    await pseudonyms.addKey("a", 1);
    const [ann] = await pseudonyms.assign([under("a")]);
    expect(ann).toMatch(/^u_[\w-]{22}$/);
    expect(await pseudonyms.assign([under("a"), [{ key: "a", hash: "bob" }]])).toEqual([
      ann,
      expect.not.stringContaining(ann!),
    ]);
    await pseudonyms.addKey("b", 2);
    const cyd = ["b", "a"].map((key) => ({ key, hash: "cyd" }));
    expect(await pseudonyms.find(cyd)).toBeUndefined();
    expect(await pseudonyms.find(under("b", "a"))).toBe(ann);
    expect(await pseudonyms.assign([under("b", "a")])).toEqual([ann]);
    expect(await pseudonyms.find(under("b"))).toBe(ann);
    expect(await pseudonyms.keys()).toEqual([
      { key: "a", createdAt: 1, users: 1 },
      { key: "b", createdAt: 2, users: 1 },
    ]);
    expect(await pseudonyms.retire("a")).toBe(1);
    await expect(pseudonyms.retire("a")).rejects.toMatchObject({ code: "not_found" });
    expect(await pseudonyms.assign([under("b")])).toEqual([ann]);
    await close();
  });

  test("a process that does not know a key of the record makes no second id for its users", async () => {
    const { pseudonyms, close } = await open();
    await pseudonyms.addKey("a", 1);
    await pseudonyms.addKey("b", 2);
    const [ann] = await pseudonyms.assign([under("a")]);
    expect(await pseudonyms.assign([under("b", "a")])).toEqual([ann]);
    await expect(pseudonyms.assign([under("a")])).rejects.toMatchObject({ code: "not_ready" });
    await expect(pseudonyms.find(under("a"))).rejects.toMatchObject({ code: "not_ready" });
    await close();
  });
}
