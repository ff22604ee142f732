import { expect, test } from "vitest";
import { describeRankingProgress } from "../evaluate/describe-ranking.ts";
import { rankingCommand } from "./evaluate-ranking.ts";

async function refusal(...words: string[]) {
  const parts: string[] = [];
  const command = rankingCommand()
    .exitOverride()
    .configureOutput({ writeErr: (part) => void parts.push(part) });
  await expect(command.parseAsync(words, { from: "user" })).rejects.toThrow();
  return parts.join("");
}

test.each([
  [[], /name either --data <folder\|file>, .* or --policy <serving\|version>/],
  [["--data", "x", "--policy", "serving"], /name either --data/],
  [["--policy", "newest"], /Expected an integer in 1…2147483648/],
  [["--policy", "serving", "--length", "200"], /--length belongs to --data/],
  [["--data", "x", "--protocol", "random"], /Allowed choices are leave-one-out, time-split/],
  [["--data", "x", "--k", "0"], /Expected an integer in 1…1000/],
  [
    ["--data", "x", "--negatives", "100"],
    /Only the whole catalogue is ranked: against a sample of 100 negatives a worse ranker can come out ahead .* Leave the option out\./,
  ],
])("wrong usage: %j", async (words, message) => {
  expect(await refusal(...words)).toMatch(message);
});

test.each([
  [
    { stage: "baseline", ranker: "EASE", settings: "λ 100", fit: 11, fits: 17 } as const,
    "baseline 11 of 17: EASE λ 100",
  ],
  [
    { stage: "start", parameters: 331_968, memoryBytes: 234_500_000 } as const,
    "Transformer: 331,968 parameters, training takes about 235 MB more",
  ],
  [
    { stage: "epoch", epoch: 3, epochs: 80, loss: 6.54321, secondsLeft: 90.4 } as const,
    "epoch 3 of 80: loss 6.543; at most 90 s left",
  ],
  [
    {
      ...({ stage: "epoch", epoch: 4, epochs: 80, loss: 6.5, secondsLeft: 1500 } as const),
      metric: 0.12345,
      bestMetric: 0.125,
    },
    "epoch 4 of 80: loss 6.500, validation NDCG 0.1235, best 0.1250; at most 25 min left",
  ],
])("progress %j", (progress, text) => {
  expect(describeRankingProgress(progress)).toBe(text);
});
