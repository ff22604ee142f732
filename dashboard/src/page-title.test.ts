import { expect, test } from "vitest";
import { pageTitle } from "./page-title.ts";

test("the title tells the serving version, and trouble before it", () => {
  const state = { serving: 7, isDegraded: false, trouble: undefined };
  expect(pageTitle(state)).toBe("policy 7 · Recurve");
  expect(pageTitle({ ...state, isDegraded: true })).toBe("degraded · policy 7 · Recurve");
  expect(pageTitle({ ...state, isDegraded: true, trouble: "no answer" })).toBe(
    "no answer · policy 7 · Recurve",
  );
  expect(pageTitle({ ...state, trouble: "error" })).toBe("error · policy 7 · Recurve");
  expect(pageTitle({ ...state, serving: undefined })).toBe("Recurve");
});
