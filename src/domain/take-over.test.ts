import { expect, test } from "vitest";
import { takeOver } from "./take-over.ts";

const assignment = {
  serving: 3,
  canary: 5,
  canaryShare: 0.5,
  holdback: 2,
  holdbackShare: 0.1,
  baseline: 1,
  waiting: 6,
  retriever: 2,
};

test("what is replaced keeps its share of the users, all rivals leave, and the retriever stays", () => {
  const { statuses, assign } = takeOver(assignment, 0.2);
  expect(statuses).toEqual([
    { version: 2, status: "retired" },
    { version: 5, status: "undecided" },
    { version: 6, status: "retired" },
    { version: 3, status: "holdback" },
  ]);
  expect(assign(7)).toEqual({
    serving: 7,
    canaryShare: 0,
    holdback: 3,
    holdbackShare: 0.2,
    baseline: 1,
    retriever: 2,
  });
});

test("the first learned policy becomes the retriever; without a share what is replaced is retired, and a canary that waits leaves once", () => {
  const { statuses, assign } = takeOver({ serving: 3, canary: 5, canaryShare: 1, waiting: 5 }, 0);
  expect(statuses).toEqual([
    { version: 5, status: "undecided" },
    { version: 3, status: "retired" },
  ]);
  expect(assign(7)).toEqual({ serving: 7, canaryShare: 0, retriever: 7 });
});

test("where nothing serves yet nothing changes its status", () => {
  expect(takeOver({ canaryShare: 0 }, 0.2).statuses).toEqual([]);
});

test("a retriever that is still compared leaves, and the policy of both arms is replaced once", () => {
  const tried = { ...assignment, holdback: 3 };
  const { statuses, assign } = takeOver(tried, 0.2);
  expect(statuses).toEqual([
    { version: 5, status: "undecided" },
    { version: 6, status: "retired" },
    { version: 3, status: "holdback" },
  ]);
  expect(assign(7)).toEqual({
    serving: 7,
    canaryShare: 0,
    holdback: 3,
    holdbackShare: 0.2,
    baseline: 1,
    retriever: 2,
  });
});
