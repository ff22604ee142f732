import { describe } from "vitest";
import { createRandom } from "../../src/numeric/random.ts";
import { measurePopularity } from "../../src/policy/measure-popularity.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import { encodePopularity, greedyLogits } from "../../src/policy/popularity.ts";
import { createScorer } from "../../src/policy/scorer.ts";
import {
  encodersIn,
  onEncoder,
  randomNetwork,
  sampleChain,
  sampleEncoder,
  sampleFeatureMap,
  sampleViews,
} from "../support/policy.ts";
import { clicksOf } from "../support/sample.ts";
import { testPolicy } from "./policy.ts";

const known = sampleViews(12);

const alone = randomNetwork({ heads: 1, width: 8, positions: 1 }, known, createRandom(5));

describe.each([
  ["alone", alone],
  ["on an encoder", onEncoder(alone, sampleEncoder(known.slice(0, 9)))],
  [
    "with a chain and a map of features",
    onEncoder(
      alone,
      sampleEncoder(known.slice(0, 9), 1, {
        chain: sampleChain(9),
        features: sampleFeatureMap(8),
      }),
    ),
  ],
])("network policy %s", (_, network) => {
  testPolicy({
    kind: "network",
    bytes: encodeNetwork(network),
    encoders: encodersIn(network),
    known,
    logits: async (state, candidates) => {
      const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
      const [heads] = await scorer.score([{ state, candidates }]);
      await scorer.close();
      return heads![0]!;
    },
  });
});

describe("popularity policy", () => {
  // The last item was never shown.
  const popularity = measurePopularity(
    new Map(known.slice(0, -1).map(({ itemId }, index) => [itemId, clicksOf(20, index % 7)])),
  );
  testPolicy({
    kind: "popularity",
    bytes: encodePopularity(popularity),
    known,
    logits: async (_, candidates) =>
      greedyLogits(
        candidates.map(({ itemId }) => popularity.scores.get(itemId) ?? popularity.mean),
      ),
  });
});
