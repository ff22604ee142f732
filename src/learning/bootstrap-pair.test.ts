import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { bootstrapPair } from "./bootstrap-pair.ts";

test("both heads together count a row twice, and differ as much as Poisson counts do, within 4 standard errors", () => {
  const random = createRandom(83);
  const count = 4000;
  let squares = 0;
  for (let draw = 0; draw < count; draw++) {
    const [first, second] = bootstrapPair(random);
    expect(first + second).toBe(2);
    expect(Math.min(first, second)).toBeGreaterThanOrEqual(0);
    squares += (first - second) ** 2 / count;
  }
  // (w − w')² is 4 with probability ½ and 0 otherwise.
  expect(Math.abs(squares - 2)).toBeLessThan(4 * Math.sqrt(4 / count));
});
