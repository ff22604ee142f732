import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createNegativeSampler } from "./negatives.ts";

test("items are drawn as often as the sampler says", () => {
  const draws = 20_000;
  const sampler = createNegativeSampler(
    [
      [0, 0, 0, 1],
      [0, 2],
    ],
    { items: 4, count: draws },
  );
  const counts = [0, 0, 0, 0];
  for (const item of sampler.draw(createRandom(1))) counts[item]!++;
  // (4 + 1, 1 + 1, 1 + 1, 0 + 1)^¾.
  const shares = [5, 2, 2, 1].map((count) => count ** 0.75);
  const total = shares.reduce((sum, share) => sum + share, 0);
  for (const [item, share] of shares.entries()) {
    const p = share / total;
    expect(sampler.logExpected[item]).toBeCloseTo(Math.log(draws * p), 4);
    // Four standard errors of a binomial count.
    expect(Math.abs(counts[item]! - draws * p)).toBeLessThan(4 * Math.sqrt(draws * p * (1 - p)));
  }
});
