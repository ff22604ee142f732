import { expect, test } from "vitest";
import { banditRows } from "../../tests/support/bandit.ts";
import { sampleState, sampleViews } from "../../tests/support/policy.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { createFits } from "../mpo/fits.ts";
import { initialMetaPolicy } from "../mpo/meta-policy.ts";
import { createRandom } from "../numeric/random.ts";
import { createNetwork } from "../policy/network.ts";
import { policyShape } from "../policy/network-policy.ts";
import { createNetworkFamily } from "./network-family.ts";

const seed = 127;
const views = sampleViews(3);
const policy = Float64Array.of(1 / 3, 1 / 3, 1 / 3);
const logPolicy = policy.map(Math.log);

/** Sessions of two decisions; the first half of the users was served by version 1, the others by version 2. */
const rows = banditRows(
  { count: 80, states: [sampleState()], views, rewards: () => 0.5 },
  createRandom(seed),
).map((row, index) => ({
  ...row,
  logPolicy,
  policy,
  user: index >> 1,
  policyVersion: index < 40 ? 1 : 2,
  fold: (index >> 1) % 2 === 0 ? ("first" as const) : ("second" as const),
  session: {
    decision: index,
    decisionReward: row.reward,
    ...(index % 2 === 0 && { next: index + 1 }),
  },
}));

test("rows of another policy are held beside the serving one's, and with a discount a step judges by the critic's word for the next one", async () => {
  const { critic, ...others } = defaultMpo;
  const mpo = { ...others, critic: { ...critic, maxEpochs: 2, rowsSeen: 100 } };
  const random = createRandom(seed);
  const family = createNetworkFamily({ mpo, discount: 0.9, defaultReward: 0, threads: 1 });
  const marked = rows.map((row) =>
    row.policyVersion === 1 ? { ...row, loggingLogs: logPolicy } : row,
  );
  const fits = createFits(
    family,
    {
      critic: undefined,
      arm: "serving",
      floor: 0.03,
      meta: initialMetaPolicy,
      mpo,
      random,
      serving: createNetwork(policyShape, random),
      stages: { measure: async (_, work) => await work() },
      rows: marked,
      has: () => true,
    },
    { rows: marked, judging: marked },
  );
  const first = await fits.fit("first");
  const second = await fits.fit("second");
  expect(new Set(first.held.map(({ row }) => row.policyVersion))).toEqual(new Set([2]));
  expect(new Set(first.others.map(({ row }) => row.policyVersion))).toEqual(new Set([1]));
  const { held, measured } = await fits.judge(first, [], second.held);
  for (const [index, { row, scores }] of held.entries()) {
    const judged = measured.rows[index]!.row.reward;
    const after = held[index + 1];
    if (row.session?.next === undefined || after === undefined) expect(judged).toBe(row.reward);
    else expect(judged).not.toBe(row.reward);
    expect(scores).toBe(measured.rows[index]!.scores);
  }
});
