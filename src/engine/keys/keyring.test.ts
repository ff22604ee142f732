import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../open-store.ts";
import { createKeyring, keysFreshMs } from "./keyring.ts";
import { createKey, hashKey, rotateKey } from "./manage-keys.ts";

async function open({ isClosed = false } = {}) {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  let now = 1_000_000;
  const keyring = createKeyring(store, { clock: () => now, isClosed });
  const advance = (milliseconds: number) => {
    now += milliseconds;
  };
  const create = (name = "shop") => createKey(store, { name, scopes: ["serve"], now });
  return { store, keyring, advance, create, now: () => now };
}

const refused = (message: RegExp) => ({
  code: "unauthenticated",
  message: expect.stringMatching(message),
});

test("a key is 256 random bits, and the record has its hash alone", async () => {
  const { store, create } = await open();
  const [one, two] = [await create(), await create("feed")];
  expect(one).toMatch(/^rk_[\w-]{43}$/);
  expect(two).not.toBe(one);
  const [, kept] = await store.keys.list();
  expect(kept?.hash).toBe(hashKey(one));
  expect(JSON.stringify(await store.keys.list())).not.toContain(one.slice(3));
});

test("nobody needs a key before the first one is made, and everybody after it", async () => {
  const { keyring, create, advance, store, now } = await open();
  expect(await keyring.authenticate(undefined)).toBeUndefined();
  expect(await keyring.authenticate("rk_any")).toBeUndefined();
  const key = await create();
  advance(keysFreshMs);
  expect(await keyring.authenticate(key)).toMatchObject({ name: "shop", scopes: ["serve"] });
  await expect(keyring.authenticate(undefined)).rejects.toMatchObject(refused(/has no key/));
  await expect(keyring.authenticate(`${key}x`)).rejects.toMatchObject(refused(/is unknown/));
  await store.keys.end("shop", now());
  advance(keysFreshMs);
  await expect(keyring.authenticate(undefined)).rejects.toMatchObject(refused(/has no key/));
});

test("a server that is closed by configuration needs keys before there is one", async () => {
  const { keyring } = await open({ isClosed: true });
  await expect(keyring.authenticate(undefined)).rejects.toMatchObject(refused(/has no key/));
});

test("a revoked key is refused within a second, and no message has a key", async () => {
  const { store, keyring, create, advance, now } = await open();
  const key = await create();
  await keyring.authenticate(key);
  await store.keys.end("shop", now());
  advance(keysFreshMs - 1);
  expect(await keyring.authenticate(key)).toMatchObject({ name: "shop" });
  advance(1);
  const refusal = await keyring.authenticate(key).catch((error: Error) => error.message);
  expect(refusal).toMatch(/key 'shop' has ended/);
  expect(refusal).not.toContain(key);
});

test("of a rotated key both texts are taken until the overlap ends, without another look", async () => {
  const { store, keyring, create, advance, now } = await open();
  const key = await create();
  const next = await rotateKey(store, { name: "shop", now: now(), overlapMs: 500 });
  expect(await keyring.authenticate(key)).toMatchObject({ name: "shop" });
  advance(500);
  await expect(keyring.authenticate(key)).rejects.toMatchObject(refused(/has ended/));
  expect(await keyring.authenticate(next)).toMatchObject({ scopes: ["serve"] });
});

test("nobody is let in while the keys can't be read, and the next request looks again", async () => {
  const { store, create } = await open();
  const key = await create();
  let isBroken = true;
  const list = () => (isBroken ? Promise.reject(new Error("disk")) : store.keys.list());
  const keyring = createKeyring(
    { keys: { ...store.keys, list } },
    { clock: () => 7, isClosed: false },
  );
  await expect(keyring.authenticate(key)).rejects.toThrow("disk");
  await expect(keyring.authenticate(undefined)).rejects.toThrow("disk");
  isBroken = false;
  expect(await keyring.authenticate(key)).toMatchObject({ name: "shop" });
});
