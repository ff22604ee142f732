import { join } from "node:path";
import { expect, test } from "vitest";
import { itemId, userId } from "../../src/domain/ids.ts";
import { writeFolder } from "../../src/exchange/onnx-export/write-folder.ts";
import { toAtomicFiles } from "../../src/exchange/recbole/atomic-files.ts";
import { installPeer } from "../support/python-peer.ts";
import { openShop } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

test.skipIf(process.env.RECURVE_LONG === undefined)(
  "RecBole's Dataset reads the atomic files as they were written (needs RECURVE_LONG, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("recbole");
    if (peer === undefined) return skip("recbole can't be installed");
    const { engine, store } = await openShop({ items: 40 });
    await engine.putItems([
      {
        itemId: itemId('a"b'),
        categories: ["science fiction"],
        available: true,
        attributes: { note: "tab\there", year: 1999.5 },
      },
    ]);
    await engine.putUsers([{ userId: userId("ann"), attributes: { city: "Graz" } }]);
    const ratings = Array.from({ length: 40 }, (_, k) => ({
      type: k % 2 === 0 ? "rating" : "click",
      value: k / 8,
      userId: userId(`u-${k % 7}`),
      itemId: itemId(k === 0 ? 'a"b' : `i-${k}`),
      occurredAt: Date.UTC(2026, 0, 1, 0, 0, k),
    }));
    await engine.record(ratings);
    const folder = join(createTestFolder(), "shop");
    await writeFolder(folder, toAtomicFiles(store, { folder, range: {} }));
    const { types, tokens, rows } = JSON.parse(peer.run("read_recbole.py", folder).toString());
    expect(types).toMatchObject({
      user_id: "token",
      categories: "token_seq",
      rating: "float",
      timestamp: "float",
      year: "float",
      note: "token",
      city: "token",
    });
    const found = rows.inter.user_id.map((user: number, row: number) => ({
      type: tokens.type[rows.inter.type[row]],
      value: rows.inter.rating[row],
      userId: tokens.user_id[user],
      itemId: tokens.item_id[rows.inter.item_id[row]],
      occurredAt: rows.inter.timestamp[row] * 1000,
    }));
    expect(found).toEqual(ratings);
    expect(tokens.categories).toContain("science_fiction");
    const years = rows.item.item_id.map((item: number, row: number) => [
      tokens.item_id[item],
      rows.item.year[row],
    ]);
    expect(Object.fromEntries(years)).toMatchObject({ 'a"b': 1999.5, "i-0": 0, "i-39": 39 });
    return undefined;
  },
);
