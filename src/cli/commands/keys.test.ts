import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { hashKey } from "../../engine/keys/manage-keys.ts";
import { openStore } from "../../engine/open-store.ts";

function openCommand() {
  const database = join(createTestFolder(), "shop.db");
  const keys = (...words: readonly string[]) =>
    runCommand("keys", ...words, "--database", database);
  const create = (name: string, scope: string) => keys("create", "--name", name, "--scope", scope);
  const list = async () => {
    const store = await openStore(database);
    const all = await store.keys.list();
    await store.close();
    return all;
  };
  return { keys, create, list };
}

test("a key is printed once and alone, and begins a record", async () => {
  const { create, list, keys } = openCommand();
  const { exitCode, text } = await create("shop", "serve, write,serve");
  expect([exitCode, text]).toEqual([0, expect.stringMatching(/^rk_[\w-]{43}\n$/)]);
  expect(await list()).toMatchObject([
    { name: "shop", scopes: ["serve", "write"], hash: hashKey(text.trim()) },
  ]);
  const shown = (await keys("list")).text;
  expect(shown).toMatch(/shop │ serve, write │ without limit │ \d{4}-.* │ in use/);
  expect(shown).not.toContain(text.slice(3, 20));
});

test("a rotated key overlaps by a day, or as long as it is told", async () => {
  const { create, list, keys } = openCommand();
  const first = (await create("shop", "read")).text;
  const before = Date.now();
  const second = (await keys("rotate", "shop")).text;
  expect(second).toMatch(/^rk_/);
  expect(second).not.toBe(first);
  const [old] = await list();
  expect((old?.endsAt ?? 0) - before).toBeGreaterThanOrEqual(24 * 3_600_000);
  expect((await keys("list")).text).toMatch(/shop │ read .* ends \d{4}-/);
  await keys("rotate", "shop", "--overlap-hours", "0");
  const ended = (await list()).filter(
    ({ endsAt = Number.POSITIVE_INFINITY }) => endsAt <= Date.now(),
  );
  expect(ended).toHaveLength(2);
});

test("a key has its rate from the beginning, and another by command", async () => {
  const { keys, list } = openCommand();
  await keys("create", "--name", "shop", "--scope", "serve", "--rate", "200");
  expect((await keys("list")).text).toMatch(/shop │ serve +│ 200 a second │/);
  expect(await keys("limit", "shop", "--rate", "50")).toEqual({
    exitCode: 0,
    text: "key 'shop' may send 50 a second\n",
  });
  await keys("rotate", "shop");
  expect((await list()).map(({ rate }) => rate)).toEqual([50, 50]);
  expect((await keys("limit", "shop")).text).toBe("key 'shop' may send without limit\n");
  expect((await list()).map(({ rate }) => rate)).toEqual([undefined, undefined]);
  expect((await keys("limit", "feed", "--rate", "5")).text).toContain("no key 'feed' is in use");
  expect((await keys("limit", "shop", "--rate", "0")).exitCode).toBe(2);
});

test("a revoked key stays listed, and its name is free again", async () => {
  const { create, keys } = openCommand();
  await create("shop", "admin");
  expect(await keys("revoke", "shop")).toEqual({ exitCode: 0, text: "key 'shop' has ended\n" });
  expect((await keys("list")).text).toMatch(/shop │ admin .* ended \d{4}-/);
  expect((await create("shop", "admin")).exitCode).toBe(0);
});

test("what can't be done is refused with the reason, and changes nothing", async () => {
  const { create, keys, list } = openCommand();
  expect(await keys("list")).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/there is no database .* \(not_found\)/),
  });
  await create("shop", "serve");
  const all = await list();
  expect(await create("shop", "admin")).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining("key 'shop' is in use"),
  });
  expect((await keys("revoke", "feed")).text).toContain("no key 'feed' is in use");
  expect((await keys("rotate", "feed")).text).toContain("no key 'feed' is in use");
  expect((await create("feed", "serve,root")).exitCode).toBe(2);
  expect((await create("", "serve")).exitCode).toBe(2);
  expect(await list()).toEqual(all);
});
