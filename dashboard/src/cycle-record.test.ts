import { expect, test } from "vitest";
import { gateLift, guardsOf, reviewedVersion, settingsOf } from "./cycle-record.ts";

test("the gate's interval is turned into shares of the serving policy's value", () => {
  const lift = gateLift({
    gate: { difference: 0.02, relativeLift: 0.05, interval: [0.004, 0.036] },
  });
  expect(lift?.unit).toBe("share");
  expect(lift?.value).toBe(0.05);
  expect(lift?.interval?.[0]).toBeCloseTo(0.01, 12);
  expect(lift?.interval?.[1]).toBeCloseTo(0.09, 12);
});

test("where the review changed who serves, its lift and its version are what counts", () => {
  const review = { action: "promote", version: 3, gate: { difference: 0.1 } };
  const record = { review, gate: { verdict: "hold", difference: -0.2 } };
  expect([gateLift(record)?.value, reviewedVersion(record)]).toEqual([0.1, 3]);
  const kept = { ...record, review: { ...review, action: "keep" } };
  expect([gateLift(kept)?.value, reviewedVersion(kept)]).toEqual([-0.2, undefined]);
  const promoted = { ...record, gate: { verdict: "promote", difference: 0.3 } };
  expect([gateLift(promoted)?.value, reviewedVersion(promoted)]).toEqual([0.3, undefined]);
});

test("without a usable relative lift the difference stays in reward units", () => {
  expect(gateLift({ gate: { difference: 0, relativeLift: 0, interval: [-1, 1] } })).toEqual({
    value: 0,
    interval: [-1, 1],
    unit: "reward",
  });
  expect(gateLift({ gate: { difference: -0.2 } })).toEqual({ value: -0.2, unit: "reward" });
});

test("a cycle that never reached the gate has no lift, no guards and no settings", () => {
  for (const record of [
    {},
    { gate: null },
    { gate: [] },
    { gate: { interval: [1] }, settings: 3 },
  ]) {
    expect(gateLift(record)).toBeUndefined();
    expect(guardsOf(record)).toEqual([]);
    expect(settingsOf(record)).toEqual([]);
  }
});

test("a guard passed only where the record says so", () => {
  const guards = guardsOf({
    gate: {
      guards: [
        { name: "effective sample share", value: 0.31, limit: 0.15, passed: true },
        { value: 0.07, limit: "≤ 5 %" },
      ],
    },
  });
  expect(guards).toEqual([
    { name: "effective sample share", value: "0.310", limit: "0.150", passed: true },
    { name: "unnamed", value: "0.070", limit: "≤ 5 %", passed: false },
  ]);
});

test("a setting shows its memory as weights, a number or a word, and its difference with its error", () => {
  const settings = settingsOf({
    settings: [
      {
        name: "incumbent",
        klRadius: 0.05,
        memory: [0.25, 0.75],
        pessimism: 0.5,
        discriminator: 1,
        proximity: 0.5,
        predicted: 0.031,
        difference: 0.0123,
        standardError: 0.004,
        z: 3.075,
        weight: 0.6,
      },
      { name: "long memory", memory: "long", difference: -0.01 },
      "not a setting",
    ],
    chosenSetting: "incumbent",
  });
  expect(settings).toEqual([
    {
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
    },
    {
      name: "long memory",
      klRadius: "",
      memory: "long",
      pessimism: "",
      discriminator: "",
      proximity: "",
      predicted: "",
      difference: "\u22120.010",
      z: "",
      weight: undefined,
      isChosen: false,
    },
  ]);
});
