import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { userId } from "../../src/domain/ids.ts";
import { eraseUser } from "../../src/engine/privacy/erase-user.ts";
import { verifyReceipt } from "../../src/engine/privacy/verify-receipt.ts";
import { filesWith, manyEvents, openPeopledShop, others, person } from "../support/erased-shop.ts";
import { shopConfiguration } from "../support/shop.ts";

const writer = join(import.meta.dirname, "erase-writer.ts");
const events = 250;

/** @returns how the process ended */
async function eraseUntil(path: string, calls: number) {
  const configuration = JSON.stringify(shopConfiguration({ scenario: { social: {} } }));
  const words = ["--import", "tsx", writer, path, configuration, person, String(calls)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = await once(child, "close");
  return signal ?? code;
}

// 1 looks for a receipt, 2 begins, 3 to 9 remove pages, 11 ends, 12 delivers.
test.skipIf(process.env.RECURVE_FULL === undefined).each([2, 3, 5, 11, 12])(
  "an erasure that was killed after %i steps while others are served is completed, and nothing is left (needs RECURVE_FULL)",
  { timeout: 60_000 },
  async (calls) => {
    const { store, path, visit, configuration, clock, run } = await openPeopledShop();
    await visit(1);
    await store.events.record(manyEvents(person, events));
    const [ending] = await Promise.all([eraseUntil(path, calls), visit(4, others)]);
    expect(ending).toBe("SIGKILL");
    const receipt = await eraseUser({ store, configuration, clock }, userId(person));
    expect(filesWith(path, person)).toEqual([]);
    const list = readFileSync(`${path}-erasures.jsonl`, "utf8").trim().split("\n");
    const rows = list.map((line) => JSON.parse(line).rows.events);
    // A receipt that was delivered just before the kill stays the proof, and the next one is of no rows.
    expect(rows).toEqual(calls === 12 ? [events + 1, 0] : [events + 1]);
    expect(await verifyReceipt(store, receipt)).toMatchObject({ isOnRecord: true, rowsBefore: 0 });
    expect((await run()).findings).toEqual([]);
  },
);
