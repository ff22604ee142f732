import { expect, test } from "vitest";
import { sampleGate } from "../../tests/support/record.ts";
import { gateLift, liveLines, reviewedVersion, settingRows } from "./cycle-record.ts";

test("the gate's interval is turned into shares of the serving policy's value", () => {
  const lift = gateLift({
    gate: sampleGate({ difference: 0.02, relativeLift: 0.05, interval: [0.004, 0.036] }),
  });
  expect(lift?.unit).toBe("share");
  expect(lift?.value).toBe(0.05);
  expect(lift?.interval?.[0]).toBeCloseTo(0.01, 12);
  expect(lift?.interval?.[1]).toBeCloseTo(0.09, 12);
});

test("where the review changed who serves, its lift and its version are what counts", () => {
  const review = {
    ...({ kind: "canary", action: "promote", version: 3 } as const),
    gate: sampleGate({ difference: 0.1 }),
  };
  const record = { review, gate: sampleGate({ difference: -0.2 }) };
  expect([gateLift(record)?.value, reviewedVersion(record)]).toEqual([0.1, 3]);
  const kept = { ...record, review: { ...review, action: "keep" } } as const;
  expect([gateLift(kept)?.value, reviewedVersion(kept)]).toEqual([-0.2, undefined]);
  const promoted = { ...record, gate: sampleGate({ verdict: "promote", difference: 0.3 }) };
  expect([gateLift(promoted)?.value, reviewedVersion(promoted)]).toEqual([0.3, undefined]);
});

test("live comparisons are told in a sentence each, and a canary's names the version that took over", () => {
  const arm = { users: 40, rows: 100 };
  const canary = {
    ...({ version: 9, since: 0, deadline: 1, action: "promote" } as const),
    reason: "Canary 9 live: better.",
    canary: arm,
    serving: arm,
  };
  const anchor = { version: 2, since: 0, serving: arm, anchor: arm, relativeLift: 0.3 };
  expect(liveLines({ canary, anchor }, {})).toEqual([
    "Canary 9 live: better.",
    "All promotions together: +30.0\u00a0% against anchor 2, on live traffic.",
  ]);
  const { relativeLift: _, ...early } = anchor;
  expect(liveLines({ anchor: early }, {})).toEqual([]);
  expect(reviewedVersion({ canary })).toBe(9);
  expect(reviewedVersion({ canary: { ...canary, action: "keep" as const } })).toBeUndefined();
});

test("a live comparison that continues is shown while its policies are still compared", () => {
  const arm = { users: 40, rows: 100 };
  const common = { since: 0, action: "keep", serving: arm } as const;
  const canary = { ...common, version: 9, deadline: 1, reason: "Canary 9 stays.", canary: arm };
  const promotion = {
    ...{ ...common, version: 5, replaced: 3, looks: 1 },
    ...{ reason: "Policy 5 live: too few.", holdback: arm },
  };
  const record = { canary, promotion };
  expect(liveLines(record, { canary: 9, holdback: 3 })).toEqual([
    "Canary 9 stays.",
    "Policy 5 live: too few.",
  ]);
  expect(liveLines(record, { holdback: 5 })).toEqual([]);
});

test("the lift to be expected stands in place of the judged one", () => {
  const expected = { relativeLift: 0.02, relativeInterval: [-0.01, 0.05] as const };
  const gate = sampleGate({ difference: 0.02, relativeLift: 0.05, expected });
  expect(gateLift({ gate })).toEqual({ value: 0.02, unit: "share", interval: [-0.01, 0.05] });
});

test("without a usable relative lift the difference stays in reward units", () => {
  const gate = sampleGate({ difference: 0, relativeLift: 0, interval: [-1, 1] });
  expect(gateLift({ gate })).toEqual({ value: 0, interval: [-1, 1], unit: "reward" });
  expect(gateLift({ gate: sampleGate({ difference: -0.2 }) })).toEqual({
    value: -0.2,
    unit: "reward",
  });
});

test("a cycle that never reached the gate has no lift and no settings", () => {
  expect(gateLift({})).toBeUndefined();
  expect(gateLift({ gate: sampleGate() })).toBeUndefined();
  expect(settingRows({})).toEqual([]);
});

test("a setting shows its memory as weights, and its difference with its error", () => {
  const setting = {
    name: "incumbent",
    klRadius: 0.05,
    pessimism: 0.5,
    discriminator: 1,
    proximity: 0.5,
    memory: [0.25, 0.75],
    kl: 0.1,
    difference: 0.0123,
    standardError: 0.004,
    z: 3.075,
    sharedError: 0,
    servingValue: 0.4,
    predicted: 0.031,
    predictedDeviation: 0.02,
    weight: 0.6,
  };
  const unjudged = { ...setting, name: "leap", difference: 0, standardError: null, z: 0 };
  const rows = settingRows({ settings: [setting, unjudged], chosenSetting: "incumbent" });
  expect(rows[0]).toEqual({
    name: "incumbent",
    klRadius: "0.050",
    memory: "0.25 / 0.75",
    pessimism: "0.500",
    discriminator: "1.000",
    proximity: "0.500",
    predicted: "+3.1\u00a0%",
    difference: "+0.012 ± 0.004",
    z: "+3.075",
    weight: 0.6,
    isChosen: true,
  });
  expect(rows[1]).toMatchObject({ name: "leap", difference: "0.000", isChosen: false });
});
