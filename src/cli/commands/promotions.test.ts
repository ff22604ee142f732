import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { assign, openShop, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

/** A shop in a file, with version 3 serving in place of 1; `recurve` works on the same file. */
async function openCommand() {
  const folder = createTestFolder();
  const path = join(folder, "shop.db");
  const config = join(folder, "shop.json");
  writeFileSync(config, JSON.stringify(shopConfiguration()));
  const { engine, store } = await openShop({ path });
  await assign(store, { serving: shopSnapshot() });
  const recurve = (...words: readonly string[]) =>
    runCommand(...words, "--database", path, "--config", config);
  const operate = (...words: readonly string[]) => recurve(...words, "--scenario", "shop");
  return { engine, store, recurve, operate };
}

test("each mode is set by its word, with the user's name, and a running engine follows", async () => {
  const { engine, store, operate } = await openCommand();
  expect(await operate("promotions", "pause", "--reason", "sale")).toEqual({
    exitCode: 0,
    text: "promotions of scenario shop are paused\n",
  });
  const [intervention] = await engine.interventions({ limit: 1 });
  expect(intervention).toMatchObject({ kind: "pause", by: userInfo().username, reason: "sale" });
  expect((await engine.health()).promotions).toEqual({ shop: "paused" });
  expect((await operate("promotions", "ask")).text).toContain("ask first");
  expect((await store.policies.assignment("shop")).mode).toBe("ask");
  expect((await operate("promotions", "resume")).text).toContain("are automatic");
  expect(await store.policies.assignment("shop")).not.toHaveProperty("mode");
});

test("a version is pinned by its number, and shown with what was done", async () => {
  const { operate, recurve } = await openCommand();
  const pinned = await operate("promotions", "pin", "1", "--by", "ada", "--reason", "sale week");
  expect(pinned).toEqual({ exitCode: 0, text: "policy 1 serves in scenario shop\n" });
  const { text } = await recurve("promotions", "show");
  expect(text).toContain("promotions pinned\nserving    policy 1\n");
  const cells = text
    .split("\n")
    .find((line) => line.includes("sale week"))
    ?.match(/[\w-]+/g);
  expect(cells?.slice(-6)).toEqual(["pin", "1", "3", "ada", "sale", "week"]);
  const json = JSON.parse((await recurve("promotions", "show", "--json")).text);
  expect(json).toMatchObject([
    { scenario: "shop", mode: "pinned", interventions: [{ by: "ada" }] },
  ]);
});

test("the policy that waits is shown with its evidence, approved and rejected", async () => {
  const { store, operate } = await openCommand();
  const wait = async () => {
    const before = await store.policies.assignment("shop");
    const predicted = { relativeLift: 0.2, relativeInterval: [0.05, 0.35] } as const;
    const proposed = { reason: "Promoted: better.", holdbackShare: 0, predicted };
    const evidence = { proposed };
    const made = { kind: "network", status: "waiting", createdAt: 0, evidence } as const;
    const { added } = await store.policies.apply({
      add: [{ ...made, scenario: "shop", bytes: shopSnapshot() }],
      assign: ([waiting]) => ({ scenario: "shop", assignment: { ...before, waiting: waiting! } }),
    });
    return String(added[0]);
  };
  const first = await wait();
  expect((await operate("promotions", "show")).text).toContain(
    `waiting    policy ${first} of 1970-01-01T00:00, predicted lift +20 % (+5 % to +35 %)\n           Promoted: better.\nNobody has intervened yet.`,
  );
  expect((await operate("promotions", "approve", first)).text).toBe(
    `policy ${first} serves in scenario shop\n`,
  );
  expect((await store.policies.assignment("shop")).serving).toBe(Number(first));
  const second = await wait();
  expect(await operate("promotions", "approve", first)).toEqual({
    exitCode: 1,
    text: expect.stringContaining(`policy ${second} waits`),
  });
  expect((await operate("promotions", "reject", second)).exitCode).toBe(0);
  expect((await store.policies.find(Number(second)))?.status).toBe("retired");
});

test("a roll-back records who asked for it and why", async () => {
  const { engine, operate } = await openCommand();
  const done = await operate("roll-back", "--by", "ada", "--reason", "fewer purchases");
  expect(done).toEqual({ exitCode: 0, text: "scenario shop is served by policy 1 again\n" });
  expect(await engine.interventions({ limit: 9 })).toMatchObject([
    { kind: "roll-back", version: 1, replaced: 3, by: "ada", reason: "fewer purchases" },
  ]);
});

test("a roll-back of a policy that serves no longer is refused, so a retry goes back once", async () => {
  const { store, engine, operate } = await openCommand();
  const first = await operate("roll-back", "--serving", "3");
  expect(first.text).toBe("scenario shop is served by policy 1 again\n");
  expect(await operate("roll-back", "--serving", "3")).toEqual({
    exitCode: 1,
    text: expect.stringContaining("policy 3 of scenario shop serves no longer: policy 1 does"),
  });
  expect((await store.policies.assignment("shop")).serving).toBe(1);
  expect(await engine.interventions({ limit: 9 })).toHaveLength(1);
});

// Commander itself explains wrong usage.
test.each([
  [["promotions", "pin", "seven", "--scenario", "shop"], 2, /^$/],
  [["promotions", "pin", "--scenario", "shop"], 2, /^$/],
  [["promotions", "pause"], 2, /^$/],
  [["promotions", "pause", "--scenario", "feed"], 1, /no scenario 'feed'/],
  [["promotions", "pin", "9", "--scenario", "shop"], 1, /scenario shop has no policy 9/],
  [["promotions", "pause", "--scenario", "shop", "--by", ""], 1, /by is ""/],
])("%j is refused and changes nothing", async (words, exitCode, message) => {
  const { engine, recurve } = await openCommand();
  expect(await recurve(...words)).toEqual({ exitCode, text: expect.stringMatching(message) });
  expect(await engine.interventions({ limit: 9 })).toEqual([]);
});
