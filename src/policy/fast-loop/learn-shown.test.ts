import { expect, test } from "vitest";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { packVectors } from "../../numeric/vector-rows.ts";
import { createBasis, type Representation } from "./basis.ts";
import { createPairFeatures } from "./features.ts";
import { learnShown } from "./learn-shown.ts";
import { learnNothing, ownUser } from "./learnt.ts";
import type { MixedHead } from "./mixed-head.ts";
import { noRewards } from "./prior-strength.ts";
import { createShownLikeness } from "./shown-likeness.ts";
import { seeFirst } from "./states-seen.ts";

const options = { forgetting: 0.9995 };
const width = 8;
const drawVector = (random: RandomStream) =>
  Float32Array.from({ length: width }, () => random.normal());

const fresh = () => ({ rewards: noRewards, shownLikeness: createShownLikeness() });

/** Of the head with Fourier features, which lead an encoded head. */
const oddsOf = (head: MixedHead) => Buffer.from(head.encode()).readDoubleLE(0);

test("the lead of the head with Fourier features is no evidence for it", () => {
  const random = createRandom(5);
  const items = Array.from({ length: 50 }, () => drawVector(random));
  // By item alone: a pair's features tell nothing of them.
  const qualities = items.map(() => 0.2 + 0.6 * random.uniform());
  const visit = (): Representation => ({
    state: drawVector(random),
    items: packVectors(items),
    logits: new Float64Array(items.length),
  });
  const basis = createBasis([visit(), visit()]);
  const states = seeFirst(new Float32Array(width));
  const learnt = learnNothing(options, { ...fresh(), basis, states });
  expect(oddsOf(learnt.head)).toBe(3);
  for (let event = 0; event < 3000; event++) {
    const candidate = random.integer(items.length);
    const reward = Number(random.uniform() < qualities[candidate]!);
    const shown = { itemId: itemId(`item-${candidate}`), candidate, position: 0, reward };
    const x = createPairFeatures(basis, visit())(candidate);
    const user = ownUser(userId(`user-${event}`), learnt.priors);
    const given = { item: { ...shown, isKnown: true }, user, x, promise: 0 };
    learnShown(learnt, given, options.forgetting);
  }
  // 39.5 if items' own residuals learn beside the mean of both heads.
  expect(oddsOf(learnt.head)).toBeLessThan(0);
});

test("who saw an item is still known after a change of tastes", () => {
  const towers = { state: new Float32Array(width), items: packVectors([new Float32Array(width)]) };
  const basis = createBasis([{ ...towers, logits: new Float64Array(1) }]);
  const states = seeFirst(new Float32Array(width));
  const learnt = learnNothing(options, { ...fresh(), basis, states });
  const likeness = Float64Array.of(2, 1);
  learnt.shownLikeness.add(itemId("item"), likeness);
  const centred = [...learnt.shownLikeness.centre(itemId("item"), likeness)];
  expect(centred[0]).toBeLessThan(16 * 2);
  const anew = learnNothing(options, learnt);
  expect([...anew.shownLikeness.centre(itemId("item"), likeness)]).toEqual(centred);
});
