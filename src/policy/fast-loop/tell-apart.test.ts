import { expect, test } from "vitest";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import type { FastDecision } from "./fast-decision.ts";
import { createResidualModel, type ResidualModel } from "./residual-model.ts";
import { seeFirst, seeStates } from "./states-seen.ts";

const items = { values: Float32Array.of(1, 0, -1, 0), width: 2 };
const logits = new Float64Array(2);
const known = (name: string) => ({ itemId: itemId(name), isKnown: true });
const candidates = [known("one"), known("other")];
const stranger = new Float32Array(2);
const kinds = [Float32Array.of(0, 1), Float32Array.of(0, -1)];

/** Users of the two kinds like the item of their own; each comes once. */
function createVisits(seed: number) {
  const random = createRandom(seed);
  let users = 0;
  return (isStranger: boolean): FastDecision => {
    const [kind, candidate] = [random.integer(2), random.integer(2)];
    const reward = Number(random.uniform() < (kind === candidate ? 0.7 : 0.3));
    return {
      userId: userId(`user-${users++}`),
      towers: { state: isStranger ? stranger : kinds[kind]!, items, logits },
      shown: [{ ...candidates[candidate]!, candidate, position: 0, reward }],
    };
  };
}

const learn = (model: ResidualModel, blocks: number, visit: () => FastDecision) => {
  for (let block = 0; block < blocks; block++) model.learn(Array.from({ length: 16 }, visit));
};

/** How much more the own item of each kind is expected to earn, and of a stranger the first one. */
function likings(model: ResidualModel, states: readonly Float32Array[] = kinds): number[] {
  return states.map((state, kind) => {
    const visit = { userId: undefined, towers: { state, items, logits } };
    const gains = model.draw(createRandom(1), 0)(visit, candidates);
    return gains[kind]! - gains[1 - kind]!;
  });
}

const options = { forgetting: 0.9999, temperature: 0 };

test("once 600 users with a history have come, a model tells them apart", () => {
  const model = createResidualModel(options);
  const visit = createVisits(1);
  learn(model, 2, () => visit(true));
  // 592 of them.
  learn(model, 37, () => visit(false));
  const [first = 0, second = 0] = likings(model);
  expect(first).toBeCloseTo(-second, 12);
  const clone = model.clone();
  for (const one of [model, clone]) {
    const same = createVisits(2);
    learn(one, 60, () => same(false));
    // 0.4, within 5 standard errors of two means of 240 rewards, and the shrinkage by a prior of five events.
    const bound = 5 * Math.sqrt((2 * 0.21) / 240) + 0.4 * (5 / 240);
    for (const liking of likings(one)) expect(Math.abs(liking - 0.4)).toBeLessThan(bound);
  }
  expect(likings(clone)).toEqual(likings(model));
});

test("what was learnt of items before stays", () => {
  const model = createResidualModel(options);
  const visit = createVisits(3);
  // Whoever comes, the first item earns and the other does not.
  const earns = (isStranger: boolean): FastDecision => {
    const decision = visit(isStranger);
    const [shown] = decision.shown;
    return { ...decision, shown: [{ ...shown!, reward: 1 - shown!.candidate }] };
  };
  learn(model, 60, () => earns(true));
  const [before = 0] = likings(model, [stranger]);
  learn(model, 40, () => earns(false));
  const [after = 0] = likings(model, [stranger]);
  expect(before).toBeGreaterThan(0.7);
  expect(after).toBeGreaterThan(before - 0.05);
});

test("of states like the first, three for each other one tell the mean", () => {
  const seen = seeFirst(stranger);
  const few = new Array<Float32Array>(599).fill(kinds[0]!);
  expect(seeStates(seen, few)).toBeUndefined();
  expect(seeStates(seen, new Array<Float32Array>(500).fill(stranger))).toBeUndefined();
  expect(seeStates(seen, [kinds[1]!])).toHaveLength(1100);
  expect(seeStates(seen, new Array<Float32Array>(5000).fill(stranger))).toHaveLength(2400);
});
