import { join } from "node:path";
import Database from "libsql";
import { expect } from "vitest";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import {
  ann,
  assign,
  candidatesOf,
  openShop,
  type ShopOptions,
  shopConfiguration,
  shopSnapshot,
} from "./shop.ts";
import { createTestFolder } from "./store.ts";

/** A shop in a file, whose serving policy prefers some items, and a way into the file beside it. */
export async function openAuditedShop(options: ShopOptions = {}) {
  const path = join(createTestFolder(), "recurve.db");
  const shop = await openShop({ ...options, path });
  const [version] = await assign(shop.store, { serving: shopSnapshot() });
  const tamper = (sql: string, ...values: readonly (string | number | Uint8Array)[]) => {
    const database = new Database(path);
    expect(database.prepare(sql).run(...values).changes).toBe(1);
    database.close();
  };
  const run = (limit = 1000, range: { from?: number; to?: number } = {}) =>
    audit({
      store: shop.store,
      configuration: parseConfiguration(shopConfiguration(options)),
      limit,
      ...range,
    });
  return { ...shop, path, version, tamper, run };
}

/** The same with one decision, d-1. */
export async function openDecided() {
  const shop = await openAuditedShop();
  const { decision } = await shop.engine.recommend({
    userId: ann,
    candidates: candidatesOf("i-0", "i-1", "i-2"),
  });
  return { ...shop, decision };
}
