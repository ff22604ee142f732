import { expect, test } from "vitest";
import { describeTrainingProgress, showTraining } from "./training-line.ts";

test.each([
  [{ stage: "read", events: 12_000 } as const, "12,000 events read"],
  [
    { stage: "start", parameters: 123_456, memoryBytes: 78_000_001 } as const,
    "123,456 parameters, training takes about 79 MB more",
  ],
  [
    { stage: "epoch", epoch: 2, epochs: 64, loss: 5.4321, secondsLeft: 7 } as const,
    "epoch 2 of at most 64, loss 5.432",
  ],
  [
    { stage: "epoch", epoch: 3, epochs: 64, loss: 5, secondsLeft: 7, bestMetric: 0.1234 } as const,
    "epoch 3 of at most 64, loss 5.000, best NDCG 0.1234",
  ],
  [{ stage: "measure", users: 943 } as const, "measuring on the last events of 943 users"],
])("progress %j", (progress, text) => {
  expect(describeTrainingProgress(progress)).toBe(text);
});

test("size and memory of a training stay on the screen, also right after another line", () => {
  const shown: string[] = [];
  const line = {
    announce: () => undefined,
    update: (text: string, share: number | undefined) => void shown.push(`${text} ${share}`),
    keep: (text: string) => void shown.push(`kept: ${text}`),
    stop: () => undefined,
  };
  showTraining(line, { stage: "read", events: 9 });
  showTraining(line, { stage: "start", parameters: 10, memoryBytes: 2e6 });
  showTraining(line, { stage: "epoch", epoch: 1, epochs: 4, loss: 5, secondsLeft: 7 });
  expect(shown).toEqual([
    "9 events read undefined",
    "kept: 10 parameters, training takes about 2 MB more",
    "first epoch undefined",
    "epoch 1 of at most 4, loss 5.000 0.25",
  ]);
});
