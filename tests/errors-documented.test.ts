import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../src/domain/errors.ts";
import { statusByCode } from "../src/server/errors.ts";

const text = readFileSync(resolve(import.meta.dirname, "../docs/errors.md"), "utf8");
const documented = [...text.matchAll(/^### `(\w+)`\n\nStatus (\d+)\. /gm)].map(
  ([, code, status]) => [code, Number(status)] as const,
);

test("docs/errors.md explains every code once, with its status, and no other code", () => {
  expect(Object.fromEntries(documented)).toEqual(statusByCode);
  expect(documented).toHaveLength(errorCodes.length);
});
