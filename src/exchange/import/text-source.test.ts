import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { neverAborted } from "../../../tests/support/import-rows.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openFile } from "./text-source.ts";

test("a file is read from beginning to end and says how far it is", async () => {
  const path = join(createTestFolder(), "rows.jsonl");
  writeFileSync(path, "x".repeat(200_000));
  const source = await openFile(path, neverAborted);
  const shares = [source.share()];
  for await (const _ of source.stream) shares.push(source.share());
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a = 0, b = 0) => a - b));
  source.close();
});

test("a file of no bytes has no share to tell", async () => {
  const path = join(createTestFolder(), "empty.jsonl");
  writeFileSync(path, "");
  const source = await openFile(path, neverAborted);
  expect(source.share()).toBeUndefined();
  source.close();
});

test.each([
  ["missing.csv", /missing\.csv can't be read: .*ENOENT/],
  [".", /is a folder; name a file$/],
])("the path %s is refused with invalid_file", async (name, message) => {
  await expect(openFile(join(createTestFolder(), name), neverAborted)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringMatching(message),
  });
});
