import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { advantages, challengerLogs, isImplausible, referenceLogs } from "./challengers.ts";
import { solveChallenger } from "./restraint.ts";
import type { RowScores } from "./row-scores.ts";

const seed = 953;
const candidates = 12;
const setting: ChallengerSetting = {
  name: "test",
  klRadius: 0.5,
  pessimism: 0,
  discriminator: 0,
  proximity: 1,
  memory: [1, 0, 0],
};

/** States whose reward model loves two items that satisfied users never choose. */
function poisoned(count: number, logit = -2.8): RowScores[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const q = Float64Array.from({ length: candidates }, (_, a) =>
      a < 2 ? 0.8 : 0.1 + 0.3 * random.uniform(),
    );
    return {
      logPolicy: new Float64Array(candidates).fill(-Math.log(candidates)),
      rewardHeads: [q, q, q, q, q, q],
      discriminator: Float64Array.from({ length: candidates }, (_, a) =>
        a < 2 ? logit : random.normal() / 2,
      ),
    };
  });
}

const massOf = (states: readonly RowScores[], solved: ReturnType<typeof solveChallenger>) =>
  states.reduce((sum, scores) => {
    const { temperature, restraint } = solved;
    const logs = challengerLogs(scores, setting, { temperature, restraint: restraint.strength });
    const own = logs.filter((_, a) => isImplausible(scores.discriminator[a]!)).map(Math.exp);
    return sum + own.reduce((total, value) => total + value, 0) / states.length;
  }, 0);

describe(`a reward model that is wrong about what nobody likes, seed ${seed}`, () => {
  const states = poisoned(60);
  const free = solveChallenger(states, setting, false);
  const held = solveChallenger(states, setting, true);

  test("draws a challenger onto it, and D holds that within 2 %, no stronger than it must", () => {
    expect(free.restraint.massBefore).toBeGreaterThan(0.3);
    expect(free.restraint).toMatchObject({ strength: 0, massAfter: free.restraint.massBefore });
    expect(held.restraint.massBefore).toBe(free.restraint.massBefore);
    expect(massOf(states, held)).toBeCloseTo(held.restraint.massAfter, 12);
    expect(held.restraint.massAfter).toBeLessThanOrEqual(0.02);
    // Bisected to 2⁻¹² of its octave.
    expect(held.restraint.massAfter).toBeGreaterThan(0.0199);
  });

  test("keeps the radius: what it may not have goes to the other items", () => {
    const kl = (solved: typeof held) =>
      states.reduce((sum, scores) => {
        const { temperature, restraint } = solved;
        const options = { temperature, restraint: restraint.strength };
        const reference = referenceLogs(scores.logPolicy, setting.proximity);
        return sum + klDivergence(challengerLogs(scores, setting, options), reference);
      }, 0) / states.length;
    expect(kl(free)).toBeCloseTo(setting.klRadius, 3);
    expect(Math.abs(kl(held) - setting.klRadius)).toBeLessThan(0.1 * setting.klRadius);
  });
});

test("nothing is held down where the mass is within the limit anyway", () => {
  const { restraint } = solveChallenger(poisoned(20, 1), setting, true);
  expect(restraint).toEqual({ strength: 0, massBefore: 0, massAfter: 0 });
});

test("where every candidate is implausible the limit is out of reach, and nothing is lost", () => {
  const states = poisoned(5).map((one) => ({
    ...one,
    discriminator: new Float64Array(candidates).fill(-3),
  }));
  const { temperature, restraint } = solveChallenger(states, setting, true);
  expect(restraint.massAfter).toBeCloseTo(1, 12);
  const logs = challengerLogs(states[0]!, setting, { temperature, restraint: restraint.strength });
  expect(logs.every(Number.isFinite)).toBe(true);
});

test("the advantage falls with μ where D is below −2 and nowhere else", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.double({ min: 0, max: 50, noNaN: true }),
      (logits, strength) => {
        const q = Float64Array.of(0.1, 0.5, 0.9);
        const scores = {
          logPolicy: new Float64Array(3).fill(-Math.log(3)),
          rewardHeads: [q, q, q, q, q, q],
          discriminator: Float64Array.from(logits),
        };
        const [before, after] = [0, strength].map((mu) => advantages(scores, setting, mu));
        // The rewards' spread over the candidates.
        const unit = Math.sqrt((2 * 0.4 ** 2) / 3);
        for (const [a, logit] of logits.entries()) {
          const below = Math.min(0, Math.max(-3, logit) + 2);
          expect(after![a]! - before![a]!).toBeCloseTo(unit * strength * below, 10);
          if (!isImplausible(logit)) expect(after![a]).toBe(before![a]);
        }
      },
    ),
  );
});
