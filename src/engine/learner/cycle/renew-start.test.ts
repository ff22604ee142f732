import { expect, test } from "vitest";
import { itemId } from "../../../domain/ids.ts";
import type { Fold } from "../../../mpo/judged-row.ts";
import { createRandom } from "../../../numeric/random.ts";
import { createNetwork } from "../../../policy/network.ts";
import { initialNetwork, policyShape } from "../../../policy/network-policy.ts";
import { rewardsOf } from "../../../policy/popularity.ts";
import { renewStart } from "./renew-start.ts";

const random = createRandom(1);
const [liked, other] = [itemId("liked"), itemId("other")];
const clicks = (count: number, reward: number) => ({
  impressions: count,
  rewardSum: count * reward,
  rewardSquares: count * rewardsOf(reward).rewardSquares,
});
/** Users of the first half like one item, those of the second the other. */
const itemRewards = (without?: Fold) =>
  new Map([
    [liked, clicks(100, without === "first" ? 0 : 0.5)],
    [other, clicks(100, without === "second" ? 0 : 0.4)],
  ]);
const parts = {
  ...{ isBeaten: false, feedback: { itemRewards }, random },
  scenario: { slateSize: 1, maxCandidates: 500 },
};
const best = ({ itemIds, parameters }: ReturnType<typeof initialNetwork>) =>
  [...itemIds].sort(
    (one, two) =>
      parameters.itemBias![itemIds.indexOf(two)]! - parameters.itemBias![itemIds.indexOf(one)]!,
  )[0];

test("it takes the place of a policy that is alike for all users, and of no trained one unless it is beaten", () => {
  const { start } = renewStart(initialNetwork(random), parts)!;
  expect(best(start())).toBe(liked);
  expect(renewStart(start(), parts)!.start().parameters.itemBias).toEqual(
    start().parameters.itemBias,
  );
  const trained = createNetwork(policyShape, random);
  expect(renewStart(trained, parts)).toBeUndefined();
  expect(best(renewStart(trained, { ...parts, isBeaten: true })!.start())).toBe(liked);
});

test("each half judges a start that has not seen its rewards", () => {
  const { halves } = renewStart(initialNetwork(random), parts)!;
  expect(best(halves.first)).toBe(other);
  expect(best(halves.second)).toBe(liked);
});
