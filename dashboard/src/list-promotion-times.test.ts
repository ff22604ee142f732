import { expect, test } from "vitest";
import type { CycleBody } from "../../src/contract/cycles.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import { listPromotionTimes } from "./list-promotion-times.ts";

const at = (minute: number) => `2026-03-01T12:0${minute}:00.000Z`;
const ended = (minute: number, outcome: CycleBody["outcome"]): CycleBody => ({
  cycle: minute,
  scenario: "shop",
  outcome,
  reason: "",
  startedAt: at(minute),
  finishedAt: at(minute),
  record: {},
});
const did = (minute: number, kind: InterventionBody["kind"]): InterventionBody => ({
  intervention: minute,
  scenario: "shop",
  kind,
  madeAt: at(minute),
});

test("promotions are those of cycles and those that an operator approved, newest first", () => {
  const cycles = [ended(7, "hold"), ended(5, "waiting"), ended(3, "promote"), ended(2, "waiting")];
  const interventions = [
    did(8, "roll-back"),
    did(6, "approve"),
    did(4, "reject"),
    did(1, "approve"),
  ];
  expect(listPromotionTimes(cycles, interventions)).toEqual([at(6), at(3)]);
  expect(listPromotionTimes([], interventions)).toEqual([]);
});
