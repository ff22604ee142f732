import { expect, test } from "vitest";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom, type RandomStream } from "../../numeric/random.ts";
import { packVectors } from "../../numeric/vector-rows.ts";
import type { Representation } from "./basis.ts";
import type { FastDecision, FastVisit, ItemOfModel } from "./fast-decision.ts";
import { createResidualModel, type ResidualModel } from "./residual-model.ts";

const options = { forgetting: 0.9999, temperature: 0.05 };
const old = { itemId: itemId("old"), isKnown: true };
const fresh = { itemId: itemId("fresh"), isKnown: false };

const axis = (index: number, sign: number) => {
  const vector = new Float32Array(4);
  vector[index] = sign;
  return vector;
};
/** Two kinds of users and two of items, and logits that promise 0.05 more of the first. */
const sceneOf = (user: number): Representation => ({
  state: axis(0, user),
  items: packVectors([axis(1, 1), axis(1, -1)]),
  logits: Float64Array.of(1, 0),
});
const visitOf = (towers: Representation, name = "ann"): FastVisit => ({
  userId: userId(name),
  towers,
});

/** Users like their own kind of item by 0.2, position 1 earns 0.2 less, a new item 0.3 more, and promises are kept. */
function drawDecision(random: RandomStream): FastDecision {
  const user = random.uniform() < 0.5 ? 1 : -1;
  const candidate = random.integer(2);
  const position = random.integer(2);
  const item = random.uniform() < 0.1 ? fresh : old;
  const liking = candidate === (user === 1 ? 0 : 1) ? 0.2 : 0;
  const promise = candidate === 0 ? 0.05 : 0;
  const mean = 0.3 + liking + promise - 0.2 * position + (item === fresh ? 0.3 : 0);
  const shown = [{ ...item, candidate, position, reward: mean + 0.1 * random.normal() }];
  return { ...visitOf(sceneOf(user)), shown };
}

function teach(model: ResidualModel, blocks: number, seed: number): void {
  const random = createRandom(seed);
  for (let block = 0; block < blocks; block++)
    model.learn(Array.from({ length: 16 }, () => drawDecision(random)));
}

const gains = (
  model: ResidualModel,
  user: number,
  items: readonly ItemOfModel[],
  draw = [0, 1],
) => {
  const [scale = 0, seed = 1] = draw;
  return model.draw(createRandom(seed), scale)(visitOf(sceneOf(user)), items);
};

test("it finds what pays beyond promise and position", () => {
  const model = createResidualModel(options);
  teach(model, 60, 1);
  // Five standard errors of a difference of two means, the smaller of some 90 events, and the
  // shrinkage of the priors.
  const bound = 5 * 0.1 * Math.sqrt(1 / 90 + 1 / 400) + 0.3 * (10 / 90);
  for (const user of [1, -1]) {
    const [first, second] = gains(model, user, [old, old]);
    expect(Math.abs(first! - second! - 0.2 * user)).toBeLessThan(bound);
    const [, ofFresh] = gains(model, user, [old, fresh]);
    expect(Math.abs(ofFresh! - second! - 0.3)).toBeLessThan(bound);
  }
});

test("what is no longer chosen looks no better because the rewards of all choices rise", () => {
  const model = createResidualModel(options);
  const random = createRandom(6);
  const show = (candidate: number) => {
    const user = random.integer(2) * 2 - 1;
    const reward = (candidate === 0 ? 0.6 : 0.2) + 0.1 * random.normal();
    const towers = { ...sceneOf(user), logits: new Float64Array(2) };
    return { ...visitOf(towers), shown: [{ ...old, candidate, position: 0, reward }] };
  };
  const learn = (events: number, choose: () => number) => {
    for (let event = 0; event < events; event += 16)
      model.learn(Array.from({ length: 16 }, () => show(choose())));
  };
  learn(800, () => random.integer(2));
  learn(3200, () => 0);
  const towers = { ...sceneOf(1), logits: new Float64Array(2) };
  const [better, worse] = model.draw(createRandom(1), 0)(visitOf(towers), [old, old]);
  // 0.4, within 5 standard errors and the shrinkage by a prior of five events out of 400.
  const bound = 5 * 0.1 * Math.sqrt(1 / 400 + 1 / 3600) + 0.4 * (5 / 400);
  expect(Math.abs(better! - worse! - 0.4)).toBeLessThan(bound);
});

test("where a policy is alike for all, likeness tells what a user will like who was never seen", () => {
  const model = createResidualModel(options);
  const random = createRandom(7);
  /** @param liked candidate whose names and pair are those of all liked items, an eighth after shrinkage */
  const sceneFor = (liked: number): Representation => ({
    ...sceneOf(1),
    likeness: {
      itemIds: [old.itemId, old.itemId],
      values: Float64Array.from({ length: 4 }, (_, cell) => (cell >> 1 === liked ? 1 / 8 : 0)),
    },
    logits: new Float64Array(2),
  });
  const learn = (visits: number) => {
    for (let block = 0; block < visits / 16; block++)
      model.learn(
        Array.from({ length: 16 }, (_, visit) => {
          const [liked, candidate] = [random.integer(2), random.integer(2)];
          const reward = (candidate === liked ? 0.5 : 0.3) + 0.1 * random.normal();
          const shown = [{ ...old, candidate, position: 0, reward }];
          return { ...visitOf(sceneFor(liked), `user-${block}-${visit}`), shown };
        }),
      );
  };
  const gainsOf = (one: ResidualModel, liked: number) =>
    one.draw(createRandom(1), 0)(visitOf(sceneFor(liked), "new"), [old, old]);
  learn(400);
  const clone = model.clone();
  const before = gainsOf(clone, 0);
  learn(400);
  expect(gainsOf(clone, 0)).toEqual(before);
  // 0.2, within 5 standard errors of two means and the shrinkage by a prior of five events.
  const bound = 5 * 0.1 * Math.sqrt(2 / 400) + 0.2 * (5 / 800);
  for (const liked of [0, 1]) {
    const found = gainsOf(model, liked);
    expect(Math.abs(found[liked]! - found[1 - liked]! - 0.2)).toBeLessThan(bound);
  }
});

/** By how much more the first of twenty items is expected to earn than another one, of a user who loves neither. Only its lovers saw it. */
function praiseOfOwnLovers(seed: number): number {
  const model = createResidualModel({ ...options, temperature: 1, widest: 1.5 });
  const random = createRandom(seed);
  const count = 20;
  const items = Array.from({ length: count }, (_, item) => ({ ...old, itemId: itemId(`${item}`) }));
  // Popularity promises what those give who saw an item. Half of them are lovers of the others, and η is the deviation 0.1.
  const logits = Float64Array.from(items, (_, item) => (item === 0 ? 1 : 0));
  const sceneFor = (loved: number): Representation => ({
    state: axis(0, 1),
    items: packVectors(items.map(() => axis(1, 1))),
    logits,
    likeness: {
      itemIds: items.map((item) => item.itemId),
      values: Float64Array.from({ length: 2 * count }, (_, cell) =>
        cell === 2 * loved ? 1 / 8 : 0,
      ),
    },
  });
  for (let block = 0; block < 1800; block++)
    model.learn(
      Array.from({ length: 16 }, (_, visit) => {
        const loved = random.integer(count);
        const candidate = random.uniform() < 0.5 ? loved : 1 + random.integer(count - 1);
        const reward = (candidate === loved ? 0.5 : 0.3) + 0.1 * random.normal();
        const shown = [{ ...items[candidate]!, candidate, position: 0, reward }];
        return { ...visitOf(sceneFor(loved), `user-${block}-${visit}`), shown };
      }),
    );
  const gainsFor = model.draw(createRandom(1), 0);
  const [first = 0, second = 0] = gainsFor(visitOf(sceneFor(7), "new"), items);
  return first - second + 0.1;
}

test("an item that only its lovers saw promises others no more than any item", () => {
  const seeds = [8, 9, 10];
  const mean = seeds.reduce((sum, seed) => sum + praiseOfOwnLovers(seed) / seeds.length, 0);
  // Five standard errors of its 720 showings a seed. It is 0.02 more if likeness does not count from the mean of those who saw it.
  expect(Math.abs(mean)).toBeLessThan((5 * 0.1) / Math.sqrt(720 * seeds.length));
});

test("an item that was never shown is promised to a user in general as any other one", () => {
  const model = createResidualModel(options);
  const random = createRandom(12);
  const items = ["first", "second", "loved by all", "loved by none"].map((id) => ({
    ...old,
    itemId: itemId(id),
  }));
  const sceneFor = (loved: number): Representation => ({
    state: axis(0, 1),
    items: packVectors(items.map(() => axis(1, 1))),
    logits: new Float64Array(items.length),
    likeness: {
      itemIds: items.map((item) => item.itemId),
      values: Float64Array.from({ length: 2 * items.length }, (_, cell) =>
        cell >> 1 === loved || cell >> 1 === 2 ? 1 / 8 : 0,
      ),
    },
  });
  for (let block = 0; block < 50; block++)
    model.learn(
      Array.from({ length: 16 }, (_, visit) => {
        const [loved, candidate] = [random.integer(2), random.integer(2)];
        const reward = (candidate === loved ? 0.5 : 0.3) + 0.1 * random.normal();
        const shown = [{ ...items[candidate]!, candidate, position: 0, reward }];
        return { ...visitOf(sceneFor(loved), `user-${block}-${visit}`), shown };
      }),
    );
  const [first = 0, second = 0, byAll, byNone] = model.draw(createRandom(1), 0)(
    visitOf(sceneFor(0), "new"),
    items,
  );
  expect(first - second).toBeGreaterThan(0.1);
  expect(byAll).toBe(byNone);
});

/** Clicks, three of four times on an item of the user's own kind: P(click) of such items, and of the others. */
function click(
  model: ResidualModel,
  events: number,
  chances: readonly [number, number],
  seed = 11,
) {
  const random = createRandom(seed);
  for (let event = 0; event < events; event += 16)
    model.learn(
      Array.from({ length: 16 }, () => {
        const user = random.integer(2) * 2 - 1;
        const kind = random.integer(4) === 0 ? 1 : 0;
        const reward = random.uniform() < chances[kind]! ? 1 : 0;
        const candidate = user === 1 ? kind : 1 - kind;
        return {
          ...visitOf(sceneOf(user)),
          shown: [{ ...old, candidate, position: 0, reward }],
        };
      }),
    );
}

test("rewards that stay away make it start anew within hundreds of events, rewards that go on do not in thousands", () => {
  const model = createResidualModel(options);
  const liking = () => {
    const [first, second] = gains(model, 1, [old, old]);
    return first! - second!;
  };
  click(model, 3200, [0.6, 0.2]);
  for (let round = 0; round < 100; round++) {
    click(model, 64, [0.6, 0.2], round);
    expect(liking()).toBeGreaterThan(0.25);
  }
  // Without a start anew 320 events after 9,600 would leave most of the old knowledge.
  click(model, 320, [0.1, 0.5]);
  expect(liking()).toBeLessThan(0);
});

test("a draw is one for all candidates, and follows from its stream", () => {
  const model = createResidualModel(options);
  teach(model, 4, 2);
  const drawn = gains(model, 1, [old, old], [1, 7]);
  expect(gains(model, 1, [old, old], [1, 7])).toEqual(drawn);
  expect(gains(model, 1, [old, old], [1, 8])).not.toEqual(drawn);
  expect(gains(model, 1, [old, old], [0, 7])).toEqual(gains(model, 1, [old, old], [0, 8]));
  // One weight vector: candidates that look the same get the same.
  const same = {
    ...sceneOf(1),
    items: packVectors([axis(1, 1), axis(1, 1)]),
    logits: new Float64Array(2),
  };
  const [first, second] = model.draw(createRandom(7), 1)(visitOf(same), [old, old]);
  expect(first).toBe(second);
});

test("draws of a new item scatter more than those of one that the policy knows", () => {
  const model = createResidualModel(options);
  model.learn([{ ...visitOf(sceneOf(1)), shown: [] }]);
  const squares = (item: ItemOfModel) => {
    const drawn = Array.from({ length: 4000 }, (_, seed) => {
      const draw = model.draw(createRandom(seed), 1);
      const towers = { ...sceneOf(1), items: packVectors([axis(1, 1), axis(1, 1)]) };
      const [gain, other] = draw(visitOf({ ...towers, logits: new Float64Array(2) }), [
        item,
        { itemId: itemId("other"), isKnown: true },
      ]);
      return (gain! - other!) ** 2;
    });
    return drawn.reduce((sum, square) => sum + square, 0);
  };
  // Variances 1/10 + 1/15 and 2/15 in σ²: a ratio of 1.25. Each sum of 4,000 squares has a relative error of √(2/4000).
  const ratio = squares(fresh) / squares(old);
  expect(Math.abs(ratio / 1.25 - 1)).toBeLessThan(5 * Math.sqrt((2 * 2) / 4000));
});

test("clicks that are rare and alike make no item look several times as good as another", () => {
  const mean = 0.03;
  const scatterOf = (widest?: number) => {
    const bound = widest === undefined ? {} : { widest };
    const model = createResidualModel({ ...options, ...bound });
    click(model, 160, [mean, mean]);
    const draws = Array.from({ length: 400 }, (_, seed) => {
      const [one, other] = gains(model, 1, [{ ...fresh, itemId: itemId("one") }, fresh], [1, seed]);
      return one! - other!;
    });
    return Math.sqrt(draws.reduce((sum, gap) => sum + gap ** 2, 0) / draws.length);
  };
  // Two predictions, each of a deviation of at most 1.5 means; 160 showings tell the mean to within a half.
  expect(scatterOf(1.5)).toBeLessThan(Math.SQRT2 * 1.5 * mean * 1.5);
  expect(scatterOf()).toBeGreaterThan(Math.SQRT2 * 1.5 * mean * 1.5);
});

test("items that differ by chance alone have narrow priors, if the policy is alike for all users", () => {
  const known = (name: string) => ({ itemId: itemId(name), isKnown: true });
  const scatterOf = (users: readonly [number, number]) => {
    const model = createResidualModel({ ...options, widest: 1.5 });
    const random = createRandom(9);
    for (let block = 0; block < 400; block++)
      model.learn(
        Array.from({ length: 16 }, () => {
          const reward = 0.3 + 0.1 * random.normal();
          const item = known(`${random.integer(40)}`);
          const shown = [{ ...item, candidate: 0, position: 0, reward }];
          return { ...visitOf(sceneOf(users[random.integer(2)]!)), shown };
        }),
      );
    const squares = Array.from({ length: 400 }, (_, seed) => {
      const visit = visitOf({ ...sceneOf(1), items: packVectors([axis(1, 1), axis(1, 1)]) });
      const [one, other] = model.draw(createRandom(seed), 1)(visit, [known("x"), known("y")]);
      return (one! - other!) ** 2;
    });
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  };
  // Of 15 events it is the usual prior; 160 showings an item tell √(2/40)/160 of σ², so several hundred.
  expect(scatterOf([1, -1]) / scatterOf([1, 1])).toBeGreaterThan(3);
});

test("a clone learns apart, and comes to the same from the same blocks", () => {
  const model = createResidualModel(options);
  teach(model, 3, 3);
  const clone = model.clone();
  const before = gains(clone, 1, [fresh, old], [1, 1]);
  teach(model, 2, 4);
  expect(gains(clone, 1, [fresh, old], [1, 1])).toEqual(before);
  teach(clone, 2, 4);
  // Into the alarm.
  for (const one of [model, clone]) click(one, 400, [0, 0]);
  expect(gains(clone, 1, [fresh, old], [1, 1])).toEqual(gains(model, 1, [fresh, old], [1, 1]));
});

test("a clone keeps the strength of the priors", () => {
  const model = createResidualModel({ ...options, widest: 1.5 });
  click(model, 320, [0.03, 0.03]);
  const clone = model.clone();
  for (const one of [model, clone]) click(one, 160, [0.03, 0.03], 12);
  expect(gains(clone, 1, [fresh, old], [1, 1])).toEqual(gains(model, 1, [fresh, old], [1, 1]));
});

test("before its first block it has nothing to draw", () => {
  const model = createResidualModel(options);
  expect(model.isReady).toBe(false);
  expect(() => model.draw(createRandom(1), 1)).toThrow(/no block yet/);
  teach(model, 1, 5);
  expect(model.isReady).toBe(true);
});

test("of items that look alike it learns who likes which, and of users who look alike which they like", () => {
  const model = createResidualModel(options);
  const random = createRandom(12);
  const alike = { ...sceneOf(1), items: packVectors([axis(1, 1), axis(1, 1), axis(1, -1)]) };
  const names = [itemId("odd"), itemId("plain"), itemId("far")];
  const items = names.map((name) => ({ itemId: name, isKnown: true }));
  const chanceOf = (user: number, name: string, candidate: number) => {
    if (candidate === 0) return user === 1 ? 0.8 : 0.2;
    return candidate === 2 && name === "ann" ? 0.8 : 0.4;
  };
  for (let block = 0; block < 100; block++)
    model.learn(
      Array.from({ length: 16 }, () => {
        const [user, candidate] = [random.integer(2) * 2 - 1, random.integer(3)];
        const name = ["ann", "bob", "cy"][random.integer(3)]!;
        const towers = { ...alike, state: axis(0, user), logits: new Float64Array(3) };
        const reward = random.uniform() < chanceOf(user, name, candidate) ? 1 : 0;
        const shown = [{ ...items[candidate]!, candidate, position: 0, reward }];
        return { ...visitOf(towers, name), shown };
      }),
    );
  const gainsOf = (user: number, name: string) => {
    const towers = { ...alike, state: axis(0, user), logits: new Float64Array(3) };
    return model.draw(createRandom(1), 0)(visitOf(towers, name), items);
  };
  // Five standard errors of means of some 270 clicks, and a tenth of the effect for the priors.
  const bound = 5 * 0.5 * Math.sqrt(2 / 270);
  for (const user of [1, -1]) {
    const [odd, plain, far] = gainsOf(user, "bob");
    expect(Math.abs(odd! - plain! - 0.4 * (user === 1 ? 1 : -0.5))).toBeLessThan(bound + 0.04);
    const [, plainOfAnn, farOfAnn] = gainsOf(user, "ann");
    expect(farOfAnn! - plainOfAnn! - (far! - plain!)).toBeGreaterThan(0.1);
  }
});

test("head, item and user together learn no more from a surprise than it was", () => {
  const model = createResidualModel(options);
  const far = (vector: Float32Array) => vector.map((value) => 100 * value);
  const towers = { ...sceneOf(1), logits: new Float64Array(2) };
  const odd = {
    ...towers,
    state: far(towers.state),
    items: { ...towers.items, values: far(towers.items.values) },
  };
  const see = (seen: Representation, reward: number, name: string, item = old) => ({
    ...visitOf(seen, name),
    shown: [{ ...item, candidate: 0, position: 0, reward }],
  });
  const ordinary = [1, -1].flatMap((user) =>
    Array.from({ length: 7 }, () => see({ ...sceneOf(user), logits: towers.logits }, 0, "bob")),
  );
  model.learn([
    ...ordinary,
    see({ ...odd, state: far(axis(0, -1)) }, 0, "bob"),
    see(odd, 1, "ann", fresh),
  ]);
  const [gain] = model.draw(createRandom(1), 0)(visitOf(odd, "ann"), [fresh, old]);
  // The rest after its position's mean, 1/16.
  expect(gain).toBeGreaterThan(0.5);
  expect(gain).toBeLessThan(15 / 16);
});
