import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { formatFailure } from "./errors.ts";

test("the log of a failure has the request, the details and what caused it", () => {
  const cause = new TypeError("database or disk is full");
  const error = new EngineError("storage_unavailable", "free some space", {
    details: { reason: cause.message },
    cause,
  });
  const text = formatFailure(error, { requestId: "r-1", method: "POST", path: "/api/v1/events" });
  expect(text).toMatch(/^POST \/api\/v1\/events failed \(request r-1\): EngineError: free some /);
  expect(text).toContain("errors.test.ts");
  expect(text).toContain("reason: 'database or disk is full'");
  expect(text).toContain("[cause]: TypeError: database or disk is full");
  expect(text.endsWith("}\n")).toBe(true);
});
