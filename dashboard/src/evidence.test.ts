import { expect, test } from "vitest";
import { evidenceLine } from "./evidence.ts";

const arm = { users: 40, rows: 100 };

test("a promoted network is explained by its lift, predicted and realised, and the gate's sentence", () => {
  const line = evidenceLine({
    verdict: "promote",
    promotion: { promotedAt: 0, holdbackShare: 0.05, predicted: { relativeLift: 0.042 } },
    realised: {
      version: 7,
      replaced: 5,
      since: 0,
      looks: 1,
      action: "keep",
      reason: "",
      serving: arm,
      holdback: arm,
      relativeLift: -0.01,
    },
    reason: "lower bound above 0",
  });
  expect(line).toBe("+4.2\u00a0% predicted, −1.0\u00a0% realised: lower bound above 0");
  expect(evidenceLine({ reason: "baseline without counts" })).toBe("baseline without counts");
  expect(evidenceLine({ decisions: 12_000 })).toBe("measured on 12,000 decisions");
  expect(evidenceLine({})).toBe("");
});

test("a policy that was a canary is explained by what live rewards showed of it", () => {
  const tried = {
    ...({ version: 7, since: 0, deadline: 1, action: "lose", reason: "" } as const),
    canary: arm,
    serving: arm,
    relativeLift: -0.1,
  };
  expect(evidenceLine({ tried, reason: "Canary: better" })).toBe(
    "−10.0\u00a0% as a canary: Canary: better",
  );
});

test("a policy that waits is explained by what the gate promises of it", () => {
  const proposed = { reason: "better", holdbackShare: 0, predicted: { relativeLift: 0.042 } };
  expect(evidenceLine({ proposed, reason: "better" })).toBe("+4.2\u00a0% predicted: better");
});

test("damaged evidence is reported in its place", () => {
  expect(evidenceLine({ damage: "reason: expected string" })).toBe(
    "the evidence is damaged: reason: expected string",
  );
});
