import { expect, test } from "vitest";
import { ApiError } from "../../src/sdk/client.ts";
import { troubleOf } from "./trouble.ts";

const failed = (code: string, status: number) => new ApiError(code, code, { status });

test.each([
  ["a refused connection", failed("unreachable", 0), "no answer"],
  ["an answer that never came", failed("timeout", 0), "no answer"],
  ["a defect of the server", failed("internal", 500), "error"],
  ["a server that starts", failed("not_ready", 503), "error"],
  ["a proxy's own answer", failed("invalid_response", 502), "error"],
  ["an answer that the page can't show", new Error("the server has no scenario"), "error"],
  ["a missing key", failed("unauthenticated", 401), "locked"],
  ["a key without the scope", failed("missing_scope", 403), "locked"],
])("%s is told as it is", (_, error, kind) => {
  expect(troubleOf(error, undefined, 1000)).toEqual({ kind, message: error.message, since: 1000 });
});

test("trouble of one kind keeps its beginning", () => {
  const silent = troubleOf(failed("unreachable", 0), undefined, 1000);
  expect(troubleOf(failed("timeout", 0), silent, 3000).since).toBe(1000);
  expect(troubleOf(failed("not_ready", 503), silent, 3000).since).toBe(3000);
});
