import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleDecision } from "../../../../tests/support/sample.ts";
import { shopConfiguration } from "../../../../tests/support/shop.ts";
import type { Feedback } from "../../../domain/decision.ts";
import { userId } from "../../../domain/ids.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { readSessions } from "./session-returns.ts";

const [shop] = parseConfiguration(shopConfiguration()).scenarios;
const scenario = {
  ...shop!,
  discount: 0.5,
  sessionGapSeconds: 10,
  reward: { weights: { click: 1 }, windowSeconds: 5, defaultReward: 0, minimum: -1, maximum: 3 },
};

/** A closed decision of a user at a second; its event number is its place in the list. */
const at = (user: string, second: number, ...rewards: (number | undefined)[]) => ({
  decision: sampleDecision(`${user}-${second}`, {
    userId: userId(user),
    decidedAt: second * 1000,
  }),
  rewards,
});
const number = (entries: readonly Omit<Feedback, "sequence">[]): Feedback[] =>
  entries.map((entry, index) => ({ ...entry, sequence: index + 1 }));

test("returns are discounted within a session, mean over a decision's positions, 0 reward after its end", () => {
  // The range −1…3 is mapped to 0…1: a reward of 0 is 0.25.
  const feedback = number([at("ann", 0, 3, -1), at("ann", 9, 1, undefined), at("bob", 100, 0, 0)]);
  const read = readSessions(feedback, scenario, 0);
  const last = 0.5 * ((0.5 + 0.25) / 2) + 0.5 * 0.25;
  expect(read.map(({ ahead }) => ahead)).toEqual([
    { value: 0.5 * 0.5 + 0.5 * last, step: { decisionReward: 0.5, decision: 1, next: 2 } },
    { value: last, step: { decisionReward: 0.375, decision: 2 } },
  ]);
  expect(read.map(({ feedback: entry }) => entry)).toEqual(feedback.slice(0, 2));
});

test("a gap, and another user, is another session", () => {
  const feedback = number([
    at("ann", 0, 0),
    at("bob", 1, 0),
    at("ann", 9.999, 0),
    at("ann", 19.999, 0),
    at("cid", 100, 0),
  ]);
  const nexts = readSessions(feedback, scenario, 0).map(({ ahead }) => [
    ahead?.step.decision,
    ahead?.step.next,
  ]);
  expect(nexts).toEqual([
    [1, 3],
    [2, undefined],
    [3, undefined],
    [4, undefined],
  ]);
});

test("a session that may go on is left for later, and is new then as a whole", () => {
  const entries = [at("ann", 0, 0), at("bob", 1, 0), at("ann", 8, 0), at("bob", 12, 0)];
  const first = readSessions(number(entries), scenario, 0);
  // Bob's first session ended at second 11; Ann may come back until second 18.
  expect(first.map(({ feedback, isNew }) => [feedback.sequence, isNew])).toEqual([[2, true]]);
  const second = readSessions(number([...entries, at("cid", 30, 0)]), scenario, 4);
  expect(second.map(({ feedback, isNew }) => [feedback.sequence, isNew])).toEqual([
    [2, false],
    [1, true],
    [3, true],
    [4, true],
  ]);
});

test("over any run of cycles each session that has ended is new once, and whole", () => {
  const visit = fc.record({ user: fc.constantFrom("ann", "bob", "cid"), wait: fc.nat(15) });
  const visits = fc.array(visit, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(visits, fc.array(fc.nat(40), { maxLength: 5 }), (all, looks) => {
      let second = 0;
      const feedback = number(
        all.map(({ user, wait }) => {
          second += wait;
          return at(user, second, 0);
        }),
      );
      const ends = [...looks, all.length].sort((a, b) => a - b);
      let previous = 0;
      const seen: number[] = [];
      for (const end of ends) {
        const known = feedback.slice(0, end);
        const fresh = readSessions(known, scenario, previous).filter(({ isNew }) => isNew);
        seen.push(...fresh.map(({ feedback: entry }) => entry.sequence));
        previous = known.at(-1)?.sequence ?? previous;
      }
      const whole = readSessions(feedback, scenario, 0).map((read) => read.feedback.sequence);
      expect(seen.sort((a, b) => a - b)).toEqual(whole.sort((a, b) => a - b));
    }),
  );
});

test("every return lies within the rewards of its session and 0", () => {
  const rewards = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(
      fc.array(rewards, { minLength: 1, maxLength: 10 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (decisions, discount) => {
        const own = decisions.map((some, index) => at("ann", index, ...some));
        const feedback = number([...own, at("bob", 1000, 0)]);
        for (const { ahead } of readSessions(feedback, { ...scenario, discount }, 0)) {
          expect(ahead!.value).toBeGreaterThanOrEqual(-1e-12);
          expect(ahead!.value).toBeLessThanOrEqual(1 + 1e-12);
        }
      },
    ),
  );
});
