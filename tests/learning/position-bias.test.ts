import { expect, test } from "vitest";
import { attraction, createTruth, examination } from "../../src/lab/worlds/synthetic-truth.ts";
import { type CriticTraining, trainCritic } from "../../src/learning/critic.ts";
import { type CriticRow, createCritic, rewardHeadCount } from "../../src/learning/critic-shape.ts";
import { estimateExamination } from "../../src/learning/examination.ts";
import { scoreCritic } from "../../src/learning/score-rows.ts";
import { chosenOf } from "../../src/mpo/row-scores.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { createScorer } from "../../src/policy/scorer.ts";
import { sampleSlate } from "../../src/policy/slate.ts";
import { sampleRow } from "../support/feedback.ts";
import { sampleState, sampleViews } from "../support/policy.ts";

const seed = 941;
const slateSize = 4;
const views = sampleViews(8);
const truth = createTruth({ items: 8, users: 3, drift: false, random: createRandom(seed) });
const relevance = truth.phases[0]!.users.map((_, user) =>
  views.map((__, item) => 0.1 + attraction(truth, truth.phases[0]!, user, item)),
);
const states = relevance.map((_, user) => sampleState([], { user }));

/** What users of the synthetic world do with the slates of a policy that knows a little of what they like. */
function simulate(decisions: number, random: RandomStream): CriticRow[] {
  return Array.from({ length: decisions }, () => {
    const user = random.integer(states.length);
    const worth = relevance[user]!;
    const logits = worth.map((value) => 2 * value);
    const slate = sampleSlate({ logits, slateSize, exploration: 0.05, random });
    // Each decision has a state of its own, as one that was read from a log has.
    const state = { ...states[user]! };
    return slate.order.map((item, position) => {
      const candidates = views.filter(
        (_, other) => !slate.order.slice(0, position).includes(other),
      );
      const reward = random.uniform() < examination(position) * worth[item]! ? 1 : 0;
      const policy = new Float64Array(candidates.length).fill(1 / candidates.length);
      const action = candidates.indexOf(views[item]!);
      const propensity = slate.positionPropensities[position]!;
      const rest = { action, position, propensity, exploration: 0.05, reward };
      return { ...sampleRow(candidates, { state, ...rest }), policy };
    });
  }).flat();
}

const userOf = ({ state }: CriticRow) =>
  states.findIndex(({ profile }) => profile === state.profile);
const itemOf = ({ candidates, action }: CriticRow) => views.indexOf(candidates[action]!);

/** r̂ of each user and item, the mean of r/θ over a log, against the truth: mean error over what the log shows. */
function tableBias(rows: readonly CriticRow[], seen: (position: number) => number): number {
  const rewards = relevance.map((items) => items.map(() => 0));
  const looks = relevance.map((items) => items.map(() => 0));
  const cells = rows.map((row) => [userOf(row), itemOf(row)] as const);
  for (const [index, [user, item]] of cells.entries()) {
    rewards[user]![item]! += rows[index]!.reward;
    looks[user]![item]! += seen(rows[index]!.position);
  }
  const errors = cells.map(
    ([user, item]) => rewards[user]![item]! / looks[user]![item]! - relevance[user]![item]!,
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

test(`estimated examination takes at least 80 % off the bias of mean rewards, 12 logs from seed ${seed}`, () => {
  const biases = Array.from({ length: 12 }, (_, index) => {
    const rows = simulate(1500, createRandom(seed + index));
    const { values } = estimateExamination(rows, { positions: slateSize, defaultReward: 0 });
    return {
      blind: tableBias(rows, () => 1),
      aware: tableBias(rows, (position) => values[position]!),
    };
  });
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const blind = mean(biases.map((one) => one.blind));
  const aware = mean(biases.map((one) => one.aware));
  const squares = biases.map((one) => (one.aware - aware) ** 2);
  const error = Math.sqrt(mean(squares) / (biases.length - 1));
  expect(blind).toBeLessThan(-0.05);
  expect(Math.abs(aware) - 2 * error).toBeLessThan(0.2 * Math.abs(blind));
  // The log is large enough to tell 80 % from nothing.
  expect(2 * error).toBeLessThan(0.3 * Math.abs(blind));
});

test.each([0, 0.375])(
  "the critic is trained and scored with it, default reward %d",
  async (defaultReward) => {
    const rows = simulate(700, createRandom(seed)).map((row) => ({
      ...row,
      reward: defaultReward + (1 - defaultReward) * row.reward,
    }));
    const train = (known: readonly CriticRow[]) =>
      trainCritic({
        network: createCritic(createRandom(seed)),
        rows: known,
        defaultReward,
        random: createRandom(seed),
        threads: 1,
      });
    const score = async ({ network }: CriticTraining, position: number) => {
      const scorer = await createScorer(network, { batchStates: 4, threads: 1 });
      const asked = states.flatMap((state) =>
        views.map((_, action) => sampleRow(views, { state, position, action })),
      );
      const scores = await scoreCritic(scorer, { network, defaultReward }, asked);
      await scorer.close();
      return states.map((_, state) =>
        Float64Array.from(views, (_, action) => {
          const { rewardHeads } = scores[state * views.length + action]!;
          return chosenOf(rewardHeads[rewardHeadCount - 1]!, action);
        }),
      );
    };
    const aware = await train(rows);
    const blind = await train(rows.map((row) => ({ ...row, position: 0 })));
    const [first, last, unaware] = [
      await score(aware, 0),
      await score(aware, slateSize - 1),
      await score(blind, 0),
    ];
    const mean = (tables: readonly Float64Array[]) =>
      rows.reduce((sum, row) => sum + tables[userOf(row)]![itemOf(row)]! - defaultReward, 0) /
      rows.length;
    const examined = aware.examination.values;
    expect(mean(last) / mean(first)).toBeCloseTo(examined[slateSize - 1]!, 5);
    // Where nothing is known of positions, r̂ is lower by what was looked at, give or take what θ̂ doesn't know.
    const looks = rows.reduce((sum, row) => sum + examined[row.position]!, 0) / rows.length;
    expect(mean(unaware) / mean(first)).toBeGreaterThan(looks - 0.15);
    expect(mean(unaware) / mean(first)).toBeLessThan(looks + 0.15);
    expect(looks).toBeLessThan(0.8);
  },
);
