import { expect, test } from "vitest";
import type { Verdict } from "./cycle-outcome.ts";
import { type Ending, endingOf, explainEnding, leavesServing, type Standing } from "./ending.ts";
import type { Assignment } from "./policy-snapshot.ts";

const gateOf = (verdict: Verdict) => ({ verdict, reason: "because", rows: 100, guards: [] });
const alone: Assignment = { serving: 1, canaryShare: 0 };
const tested: Assignment = { ...alone, canary: 3, canaryShare: 0.1 };
const onlyLive = "policy 9 was rolled back";
const noCanary = "popularity serves first";

test.each<[string, Verdict, Standing, Ending]>([
  ["alone", "promote", { assignment: alone }, "promote"],
  ["beside a canary, which it outdoes", "promote", { assignment: tested }, "promote"],
  ["where only live rewards may promote", "promote", { assignment: alone, onlyLive }, "canary"],
  ["so, beside a canary", "promote", { assignment: tested, onlyLive }, "hold"],
  ["alone", "canary", { assignment: alone }, "canary"],
  ["beside a canary", "canary", { assignment: tested }, "hold"],
  ["asking first", "promote", { assignment: { ...alone, mode: "ask" } }, "waiting"],
  [
    "asking first, only live",
    "promote",
    { assignment: { ...alone, mode: "ask" }, onlyLive },
    "canary",
  ],
  ["where nothing may become a canary", "canary", { assignment: alone, noCanary }, "hold"],
  ["where nothing may become a canary", "promote", { assignment: alone, noCanary }, "promote"],
  ["after a collapse", "promote", { assignment: alone, collapsed: "tastes" }, "hold"],
  ["after a collapse", "canary", { assignment: alone, collapsed: "tastes" }, "hold"],
  ["paused", "promote", { assignment: { ...alone, mode: "paused" } }, "hold"],
  ["where only live rewards may promote", "hold", { assignment: alone, onlyLive }, "hold"],
  ["beside a canary", "not-enough-data", { assignment: tested }, "not-enough-data"],
])("a candidate %s: the verdict %s of %o ends as %s", (_, verdict, standing, ending) => {
  expect(endingOf(gateOf(verdict), standing)).toBe(ending);
});

test("a verdict that does not stand is explained, one that does speaks for itself", () => {
  const explain = (verdict: Verdict, standing: Standing) =>
    explainEnding(gateOf(verdict), standing);
  const said = "; the gate said: because";
  expect(explain("promote", { assignment: alone })).toBe("because");
  expect(explain("canary", { assignment: alone, onlyLive })).toBe("because");
  expect(explain("promote", { assignment: alone, onlyLive })).toBe(
    `A canary first, because ${onlyLive}${said}`,
  );
  expect(explain("canary", { assignment: alone, noCanary })).toBe(
    `Held, because ${noCanary}${said}`,
  );
  expect(explain("canary", { assignment: tested })).toBe(
    `Held, because canary 3 is not decided yet${said}`,
  );
  expect(explain("promote", { assignment: tested, collapsed: "tastes" })).toBe(
    `Held, because the loop starts again${said}`,
  );
});

test("a serving policy that the baseline beats is left, beside a canary too, unless the candidate takes over", () => {
  const beaten = "worse";
  expect(leavesServing(gateOf("canary"), { assignment: alone, beaten, noCanary })).toBe(true);
  expect(leavesServing(gateOf("hold"), { assignment: tested, beaten })).toBe(true);
  expect(leavesServing(gateOf("promote"), { assignment: alone, beaten })).toBe(false);
});

test("a policy that a change of tastes made worthless is left, beside any candidate, unless an operator keeps it", () => {
  const collapsed = "tastes";
  expect(leavesServing(gateOf("promote"), { assignment: tested, collapsed })).toBe(true);
  expect(leavesServing(gateOf("hold"), { assignment: alone, collapsed })).toBe(true);
  const waiting: Assignment = { ...alone, waiting: 4, mode: "ask" };
  expect(leavesServing(gateOf("hold"), { assignment: waiting, collapsed })).toBe(true);
  const kept = { assignment: { ...alone, mode: "paused" }, collapsed } as const;
  expect(leavesServing(gateOf("promote"), kept)).toBe(false);
});

test.each<[string, Verdict, Partial<Assignment>, boolean]>([
  ["a candidate is held", "hold", {}, true],
  ["there is too little to judge on", "not-enough-data", {}, true],
  ["a candidate takes over", "promote", {}, false],
  ["a candidate becomes a canary beside it", "canary", {}, false],
  ["a canary is compared with it", "hold", { canary: 3, canaryShare: 0.1 }, false],
  ["a policy waits to take its place", "hold", { waiting: 3, mode: "ask" }, false],
  ["promotions are paused", "hold", { mode: "paused" }, false],
  ["it is pinned", "hold", { mode: "pinned" }, false],
])("whether the serving policy is left alone if %s", (_, verdict, changes, isLeft) => {
  expect(leavesServing(gateOf(verdict), { assignment: { ...alone, ...changes } })).toBe(isLeft);
});
