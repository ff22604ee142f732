import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import {
  encodersIn,
  onEncoder,
  randomNetwork,
  randomState,
  sampleEncoder,
  sampleViews,
} from "../../tests/support/policy.ts";
import { servedProbability } from "../mpo/judged-row.ts";
import { createRandom } from "../numeric/random.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { encodeNetwork, policyShape } from "../policy/network-policy.ts";
import { sampleSlate } from "../policy/slate.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { scorePolicy, withScorer } from "./score-rows.ts";

test("the probability that judges a choice is the propensity with which a policy on an encoder served it", async () => {
  const [exploration, slateSize] = [0.03, 4];
  const views = sampleViews(20);
  const random = createRandom(3);
  const network = onEncoder(
    randomNetwork(policyShape, views, random),
    sampleEncoder(views.slice(0, 15)),
  );
  const policy = await loadPolicy(encodeNetwork(network), encodersIn(network));
  const rows: FeedbackRow[] = [];
  for (let user = 0; user < 10; user++) {
    const state = randomState(views, random);
    const logits = await policy.logits(state, views);
    const { order, positionPropensities } = sampleSlate({ logits, slateSize, exploration, random });
    for (const [position, choice] of order.entries()) {
      const candidates = views.filter((_, index) => !order.slice(0, position).includes(index));
      const action = candidates.indexOf(views[choice]!);
      const propensity = positionPropensities[position]!;
      rows.push({ ...sampleRow(candidates, { action, position, propensity, exploration }), state });
    }
  }
  await policy.close();
  const logs = await withScorer(network, 1, (scorer) => scorePolicy(scorer, rows));
  expect(logs).toHaveLength(10 * slateSize);
  for (const [index, row] of rows.entries()) {
    // Batches of another size round float32 differently.
    const judged = servedProbability(Math.exp(logs[index]![row.action]!), row);
    expect(Math.abs(judged - row.propensity)).toBeLessThan(1e-5);
  }
});
