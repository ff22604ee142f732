import { expect, test } from "vitest";
import { describeTrainingProgress } from "./train.ts";

test.each([
  [{ stage: "read", events: 12_000 } as const, "12,000 events read"],
  [{ stage: "rows", rows: 1234 } as const, "1,234 training rows; first epoch"],
  [
    { stage: "rows", rows: 100_000, perUser: 80 } as const,
    "100,000 training rows, of each user the newest 80; first epoch",
  ],
  [{ stage: "epoch", epoch: 2, epochs: 4, loss: 5.4321 } as const, "epoch 2 of 4, loss 5.432"],
  [{ stage: "measure", users: 943 } as const, "measuring on the last events of 943 users"],
])("progress %j", (progress, text) => {
  expect(describeTrainingProgress(progress)).toBe(text);
});
