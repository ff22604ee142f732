import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import { sampleUser } from "../support/sample.ts";
import { createTestFolder } from "../support/store.ts";
import { testStore } from "./store.ts";

describe("SQLite store", () => {
  testStore(() => {
    const path = join(createTestFolder(), "recurve.db");
    return () => openSqliteStore(path);
  });

  test("each ':memory:' is a record of its own", async () => {
    const [one, two] = [await openSqliteStore(":memory:"), await openSqliteStore(":memory:")];
    await one.users.put([sampleUser("ann")]);
    expect(await one.users.count()).toBe(1);
    expect(await two.users.count()).toBe(0);
    await one.close();
    await two.close();
  });
});
