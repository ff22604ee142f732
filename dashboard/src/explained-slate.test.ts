import { describe, expect, test } from "vitest";
import type { ExplanationBody } from "../../src/contract/explanation.ts";
import { eventRows, itemRows, leftOutLine, termColumns } from "./explained-slate.ts";

const occurredAt = "2026-03-01T12:00:00.000Z";
const item = { explored: 0.003, pinned: false, rank: 1, open: 20, capped: 0 };

const explanation: ExplanationBody = {
  decisionId: "d-1",
  userId: "ada",
  scenario: "shop",
  arm: "serving",
  policyVersion: 7,
  exploration: 0.03,
  slatePropensity: 0.3,
  decidedAt: occurredAt,
  candidates: 20,
  leftOut: { available: 1030, byRules: 10, seen: 0, notRetrieved: 1000 },
  slate: [
    {
      ...item,
      itemId: "tea",
      position: 0,
      propensity: 0.3,
      score: 1.2,
      terms: { encoder: 1.25, boost: -0.05 },
      raisedBy: [
        { event: 1, logRatio: 0.4 },
        { event: 0, logRatio: 0.1 },
      ],
    },
    {
      itemId: "card",
      position: 1,
      propensity: 1,
      score: 0,
      terms: { encoder: 0 },
      explored: 0,
      pinned: true,
      raisedBy: [],
    },
  ],
  history: [
    { itemId: "pot", type: "view", value: 1, occurredAt, attention: 0.1, shift: 0.02, logRatio: 0 },
    { itemId: "mug", type: "buy", value: 1, occurredAt, attention: 0.3, shift: 0.2, logRatio: 1 },
    { itemId: "hat", type: "view", value: 1, occurredAt, attention: 0.6 },
  ],
  movedBy: { events: [1], shift: 0.2 },
};

describe("a slate's explanation", () => {
  test("has the terms of its scores as columns, and each item's place and reasons", () => {
    expect(termColumns(explanation).map(({ title }) => title)).toEqual(["encoder", "boost"]);
    expect(itemRows(explanation)).toEqual([
      {
        itemId: "tea",
        probability: "30.0\u00a0%",
        place: "1 of 20",
        explored: "0.3\u00a0%",
        score: "+1.20",
        terms: ["+1.25", "\u22120.05"],
        raisedBy: "buy mug, view pot",
      },
      {
        itemId: "card",
        probability: "100\u00a0%",
        place: "pinned by a rule",
        explored: "0.0\u00a0%",
        score: "0.00",
        terms: ["0.00", ""],
        raisedBy: "",
      },
    ]);
  });

  test("lists the events that moved it first, then those with most attention", () => {
    expect(eventRows(explanation)).toEqual([
      {
        event: 1,
        name: "buy mug",
        occurredAt,
        attention: 0.3,
        shift: "20.0\u00a0%",
        hasMoved: true,
      },
      { event: 2, name: "view hat", occurredAt, attention: 0.6, shift: "", hasMoved: false },
      {
        event: 0,
        name: "view pot",
        occurredAt,
        attention: 0.1,
        shift: "2.0\u00a0%",
        hasMoved: false,
      },
    ]);
    const unread = explanation.history.map(({ attention: _, ...event }) => event);
    const byShift = eventRows({ ...explanation, history: unread });
    expect(byShift.map(({ event }) => event)).toEqual([1, 0, 2]);
    expect(byShift.some((row) => "attention" in row)).toBe(false);
    const many = Array.from({ length: 30 }, () => explanation.history[0]!);
    expect(eventRows({ ...explanation, history: many })).toHaveLength(8);
  });

  test("says why other items were no candidates, unless the request sent them", () => {
    expect(leftOutLine(explanation)).toBe(
      "20 of 1,030 items were candidates; left out: 10 by rules, 1,000 not retrieved",
    );
    const { leftOut: _, ...sent } = explanation;
    expect(leftOutLine(sent)).toBeUndefined();
    const nothing = { available: 20, byRules: 0, seen: 0, notRetrieved: 0 };
    expect(leftOutLine({ ...explanation, leftOut: nothing })).toBe(
      "20 of 20 items were candidates",
    );
  });

  test("of the uniform choice has neither terms nor events", () => {
    const [first] = explanation.slate;
    const uniform = {
      ...explanation,
      slate: [{ ...first!, terms: {}, raisedBy: [] }],
      history: [],
      movedBy: { events: [], shift: 0 },
    };
    expect([termColumns(uniform), eventRows(uniform)]).toEqual([[], []]);
    expect(itemRows(uniform)[0]).toMatchObject({ terms: [], raisedBy: "" });
  });
});
