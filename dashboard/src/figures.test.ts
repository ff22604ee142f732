import { expect, test } from "vitest";
import { figureGroups } from "./figures.ts";

test("known figures appear in their groups and form, others are left out", () => {
  const groups = figureGroups({
    feedback: { rows: 12_000, train: "many", users: null },
    evaluation: { meanReward: 0.4123, interval: [0.39, 0.43] },
    distillation: { objective: "reverse-kl", klToServing: 0.0412 },
    somethingNew: { value: 1 },
  });
  expect(groups).toEqual([
    {
      title: "Evaluation",
      figures: [
        { label: "mean reward per shown item", text: "0.412" },
        { label: "interval", text: "0.390 to 0.430" },
      ],
    },
    { title: "Feedback read", figures: [{ label: "rows, one per shown item", text: "12,000" }] },
    {
      title: "Distillation",
      figures: [
        { label: "objective", text: "reverse-kl" },
        { label: "KL to the serving policy", text: "0.041 nats" },
      ],
    },
  ]);
});

test("an empty record has no groups", () => {
  expect(figureGroups({})).toEqual([]);
});
