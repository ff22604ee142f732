import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { solveRidge } from "./solve-ridge.ts";

test("the gradient is 0 at the solution, Aᵀ(Ax − y) + ridge·x, whatever the rows", () => {
  const random = createRandom(3);
  for (const count of [0, 1, 3, 40]) {
    const width = 6;
    const rows = Array.from({ length: count }, () =>
      Float64Array.from({ length: width }, () => random.normal()),
    );
    const targets = rows.map(() => random.normal());
    const ridge = 0.3;
    const x = solveRidge(rows, targets, { width, ridge });
    for (let i = 0; i < width; i++) {
      const gradient = rows.reduce((sum, row, index) => {
        const predicted = row.reduce((total, value, j) => total + value * x[j]!, 0);
        return sum + row[i]! * (predicted - targets[index]!);
      }, ridge * x[i]!);
      expect(Math.abs(gradient)).toBeLessThan(1e-12 * (count + 1));
    }
  }
});
