import { expect, test } from "vitest";
import { type GateWorld, simulateGate } from "../../tests/support/simulated-gate.ts";
import { type Verdict, verdicts } from "../domain/cycle-outcome.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { judgeCandidate } from "./gate.ts";
import { looksOf } from "./pooled-looks.ts";

// `npm run bench -- gate` measures more cases; these limits may never get worse. --reporter=verbose
// prints the figures.

const gates = 1000;
const seed = 90_210;
/** ESS/n = 1/(8·Σπ²) = 0.25. */
const longStep = [0.69, 0.1, 0.06, 0.04, 0.04, 0.03, 0.02, 0.02];

/** Share of the simulated gates that ended in each verdict. */
function measure(world: GateWorld, purpose: string): Record<Verdict, number> {
  const random = createRandom(seed).split(purpose);
  const shares = { promote: 0, canary: 0, hold: 0, "not-enough-data": 0 };
  for (let gate = 0; gate < gates; gate++) {
    shares[judgeCandidate(simulateGate(world, random)).verdict] += 1 / gates;
  }
  return shares;
}

const describeShares = (shares: Record<Verdict, number>) =>
  verdicts.map((verdict) => `${verdict} ${(100 * shares[verdict]).toFixed(1)} %`).join(", ");

/** Three binomial standard errors above a rate. */
const atMost = (rate: number) => rate + 3 * Math.sqrt((rate * (1 - rate)) / gates);

for (const users of [20, 120]) {
  test(`a candidate that is no better is promoted in full at most 5 % of the time, ${users} users`, async ({
    annotate,
  }) => {
    const shares = measure({ users, lift: 0 }, `null/${users}`);
    await annotate(`0 %, ${users} users: ${describeShares(shares)}`);
    expect(shares.promote).toBeLessThanOrEqual(atMost(0.05));
  });

  test(`a candidate that is 10 % worse is promoted in full at most 1 % of the time, ${users} users`, async ({
    annotate,
  }) => {
    const shares = measure({ users, lift: -0.1 }, `harmful/${users}`);
    await annotate(`-10 %, ${users} users: ${describeShares(shares)}`);
    expect(shares.promote).toBeLessThanOrEqual(0.01);
  });
}

/** Looks at a canary until it is promoted or taken off, or at most this often. */
const mostLooks = 6;

/** Whether a candidate is promoted at its gate or, as a canary, by all its looks together. */
function isPromotedInTheEnd(world: GateWorld, random: RandomStream): boolean {
  let record = judgeCandidate(simulateGate(world, random));
  for (let look = 1; look < mostLooks; look++) {
    if (record.verdict !== "canary" && look === 1) break;
    if ((record.probabilityPositive ?? 1) < 0.5 || record.verdict === "promote") break;
    record = judgeCandidate({ ...simulateGate(world, random), earlier: looksOf(record) });
  }
  return record.verdict === "promote";
}

/**
 * As many users like a candidate by a fifth more than the serving policy as like it by a fifth
 * less, by the draw.
 */
const divide = (random: RandomStream) => ({
  ownLifts: Array.from({ length: 120 }, () => (random.uniform() < 0.5 ? 0.2 : -0.2)),
  rowsPerUser: 20,
});
test.for([
  ["other users come each time", () => ({})],
  ["the same users come back, divided over it", divide],
] as const)(
  "a candidate that is no better is promoted at most 5 % of the time over its gate and five reviews as a canary: %s",
  async ([who, draw], { annotate }) => {
    const random = createRandom(seed).split(`reviews/${who}`);
    let promoted = 0;
    for (let gate = 0; gate < gates; gate++)
      if (isPromotedInTheEnd({ users: 120, lift: 0, ...draw(random) }, random)) promoted++;
    await annotate(`${promoted} of ${gates} promoted`);
    expect(promoted / gates).toBeLessThanOrEqual(atMost(0.05));
  },
);

test("a long step that is no better is promoted in full at most 5 % of the time", async ({
  annotate,
}) => {
  const shares = measure({ users: 120, lift: 0, step: longStep }, "null/long");
  await annotate(`0 %, 120 users, ESS/n 0.25: ${describeShares(shares)}`);
  expect(shares.promote).toBeLessThanOrEqual(atMost(0.05));
});

test("a candidate that is 30 % better is promoted in full with 600 rows", async ({ annotate }) => {
  const shares = measure({ users: 120, lift: 0.3 }, "better");
  await annotate(`+30 %, 120 users: ${describeShares(shares)}`);
  expect(shares.promote).toBeGreaterThan(0.95);
});
