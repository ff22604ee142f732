import { expect, test } from "vitest";
import { sampleEvaluation, sampleGate } from "../../tests/support/record.ts";
import { figureGroups } from "./figures.ts";
import { formatMoment } from "./format.ts";

test("known figures appear in their groups and form, others are left out", () => {
  const groups = figureGroups({
    calibration: { rows: 0 },
    evaluation: sampleEvaluation({ meanReward: 0.4123, interval: [0.39, 0.43] }),
    critic: { firstLoss: 0.7, lastLoss: 0.0412 },
    distillation: {
      objective: "cross-entropy",
      epochs: 3,
      steps: 12,
      firstLoss: 2,
      lastLoss: 1,
      way: 0.4,
      gap: 0.1,
      sampleShare: 0.05,
    },
    judgedDifference: 1,
  });
  expect(groups).toEqual([
    {
      title: "Evaluation",
      figures: [
        { label: "mean reward per shown item", text: "0.412" },
        { label: "interval", text: "0.390 to 0.430" },
        { label: "shown items with success", text: "40.0\u00a0%" },
      ],
    },
    {
      title: "Reward model",
      figures: [
        { label: "first loss", text: "0.700" },
        { label: "last loss", text: "0.041" },
      ],
    },
    {
      title: "Distillation",
      figures: [
        { label: "objective", text: "cross-entropy" },
        { label: "epochs", text: "3" },
        { label: "first loss", text: "2.000" },
        { label: "last loss", text: "1.000" },
        { label: "distance to the target, nats", text: "0.400" },
        { label: "left after distillation, nats", text: "0.100" },
        { label: "largest weight of a target", text: "20.0" },
      ],
    },
  ]);
});

test("a trained policy shows the hit rate of the slates that it serves before that of sorted ones", () => {
  const hits = (served: number, sorted: number) => ({
    served: { mean: served, standardError: 0.01 },
    sorted: { mean: sorted, standardError: 0.01 },
  });
  const network = { ...hits(0.18, 0.195), effectiveChoices: 12.34 };
  const popularity = { ...hits(0.085, 0.087), effectiveChoices: 30 };
  const surplus = { mean: 0, standardError: 0.01 };
  const chosen = { temperature: 0.20589, served: 0.18, effectiveChoices: 12.3, surplus };
  const choice = { users: 470, sorted: 0.2, chosen, curve: [chosen] };
  const slates = { slateSize: 10, users: 472, temperature: 0.20589, network, popularity, choice };
  expect(figureGroups({ slates })).toEqual([
    {
      title: "First slates, on held-out events",
      figures: [
        { label: "users", text: "472" },
        { label: "served hit rate of the policy", text: "18.0\u00a0%" },
        { label: "sorted hit rate of the policy", text: "19.5\u00a0%" },
        { label: "served hit rate of popularity", text: "8.5\u00a0%" },
        { label: "sorted hit rate of popularity", text: "8.7\u00a0%" },
        { label: "policy temperature", text: "0.206" },
        { label: "effective choices", text: "12.3" },
      ],
    },
  ]);
});

test("a review shows what its own gate found", () => {
  const groups = figureGroups({
    review: {
      kind: "canary",
      version: 4,
      action: "promote",
      gate: sampleGate({
        looks: 3,
        difference: 0.02,
        interval: [0.004, 0.036],
        probabilityPositive: 0.991,
      }),
    },
  });
  expect(groups).toEqual([
    {
      title: "Review of the policy beside it",
      figures: [
        { label: "which", text: "canary" },
        { label: "policy", text: "4" },
        { label: "result", text: "promote" },
        { label: "looks pooled", text: "3" },
        { label: "difference, rewards in 0…1", text: "+0.020" },
        { label: "lower to upper bound", text: "+0.004 to +0.036" },
        { label: "probability of a gain", text: "99.1\u00a0%" },
      ],
    },
  ]);
});

test("live comparisons show both ends and the deadline of a canary", () => {
  const arm = { users: 1900, rows: 9000 };
  const live = { difference: 0.02, interval: [0.004, 0.036] as const, relativeLift: 0.1 };
  const canary = {
    ...({ ...live, version: 9, since: 0, deadline: 86_400_000, action: "keep" } as const),
    reason: "",
    canary: { users: 190, rows: 900 },
    serving: arm,
  };
  const anchor = { ...live, version: 2, since: 0, serving: arm, anchor: { users: 19, rows: 90 } };
  const rows = [
    { label: "difference, rewards in 0…1", text: "+0.020" },
    { label: "99 % bounds", text: "+0.004 to +0.036" },
    { label: "realised lift", text: "+10.0\u00a0%" },
  ];
  const deadline = { label: "deadline", text: formatMoment("1970-01-02T00:00:00.000Z") };
  expect(figureGroups({ canary, anchor })).toEqual([
    {
      title: "Canary, on live traffic",
      figures: [
        { label: "canary", text: "9" },
        { label: "users", text: "190" },
        { label: "found", text: "keep" },
        ...rows,
        deadline,
      ],
    },
    {
      title: "All promotions since the anchor, on live traffic",
      figures: [{ label: "anchor", text: "2" }, { label: "users", text: "19" }, ...rows],
    },
  ]);
});

test("a cycle says whether the encoder learns on, and why", () => {
  const mean = (value: number) => ({ mean: value, standardError: 0.1 });
  const groups = figureGroups({
    encoderWatch: {
      newEvents: 10_004,
      knownEvents: 49_760,
      isDue: true,
      reason: "it foresees less",
      loss: { now: mean(6.634), before: mean(5.84), users: 228 },
    },
  });
  expect(groups).toEqual([
    {
      title: "Does the encoder learn on?",
      figures: [
        { label: "answer", text: "yes: it foresees less" },
        { label: "events since its training", text: "10,004" },
        { label: "events before", text: "49,760" },
        { label: "next-item loss now, nats", text: "6.63" },
        { label: "loss on held-out events, nats", text: "5.84" },
      ],
    },
  ]);
});

test("an empty record has no groups", () => {
  expect(figureGroups({})).toEqual([]);
});

test("the gate tells how much the rows of each policy count", () => {
  const strata = [
    { policyVersion: 7, rows: 1200, weight: 1 },
    { policyVersion: 9, rows: 130, weight: 0.4567 },
  ];
  const [gate] = figureGroups({ gate: sampleGate({ strata }) });
  expect(gate!.figures).toEqual([
    { label: "rows judged", text: "1,000" },
    { label: "rows of policy 7", text: "1,200, each counts 1.00" },
    { label: "rows of policy 9", text: "130, each counts 0.46" },
  ]);
});

test("the self-check tells how many rows of the gate it left out", () => {
  const selfCheck = { rows: 1240, leftOut: 6, largestLogRatio: 0.4055 };
  const [gate] = figureGroups({ gate: sampleGate({ selfCheck }) });
  expect(gate!.figures).toEqual([
    { label: "rows judged", text: "1,000" },
    { label: "rows self-checked", text: "1,240" },
    { label: "of them left out", text: "6" },
    { label: "largest |log(π₀/p)|", text: "0.406" },
  ]);
});

test("the reward model's separation stands beside its calibration", () => {
  const separation = { auc: 0.6834, standardError: 0.012 };
  const [group] = figureGroups({ calibration: { rows: 900, separation } });
  expect(group).toEqual({
    title: "Calibration",
    figures: [{ label: "AUC of rewards", text: "0.683" }],
  });
});

test("the share of outdated impressions stands beside the feedback that was read", () => {
  const counts = {
    rows: 12000,
    candidates: 240000,
    decisions: 1200,
    kept: 1200,
    newDecisions: 1000,
    users: 400,
    judged: 1000,
  };
  const [group] = figureGroups({ feedback: { ...counts, outdated: 0.384 } });
  expect(group?.figures).toContainEqual({ label: "outdated for popularity", text: "38.4\u00a0%" });
});
