import { expect, test } from "vitest";
import { evidenceLine } from "./evidence.ts";

test("a promoted network is explained by its cycle, its lift, predicted and realised, and the gate's sentence", () => {
  const line = evidenceLine({
    cycle: 7,
    verdict: "promote",
    promotion: { predicted: { relativeLift: 0.042 } },
    realised: { relativeLift: -0.01 },
    reason: "lower bound above 0",
  });
  expect(line).toBe("cycle 7, +4.2\u00a0% predicted, −1.0\u00a0% realised: lower bound above 0");
  expect(evidenceLine({ reason: "baseline without counts" })).toBe("baseline without counts");
  expect(evidenceLine({ cycle: 7 })).toBe("cycle 7");
  expect(evidenceLine({ decisions: 12_000 })).toBe("measured on 12,000 decisions");
});

test("a policy that waits is explained by what the gate promises of it", () => {
  const line = evidenceLine({ proposed: { predicted: { relativeLift: 0.042 } }, reason: "better" });
  expect(line).toBe("+4.2\u00a0% predicted: better");
});

test("a pretrained network is explained by what its training measured", () => {
  const line = evidenceLine({
    pretraining: { epochs: 12, lastLoss: 3.21456, history: [1, 2], objective: "next-item" },
  });
  expect(line).toBe("pretrained: epochs 12, last loss 3.215, objective next-item");
});

test("evidence of an unknown shape says nothing", () => {
  for (const evidence of [{}, { pretraining: null }, { reason: 3 }, { pretraining: {} }]) {
    expect(evidenceLine(evidence)).toBe("");
  }
});
