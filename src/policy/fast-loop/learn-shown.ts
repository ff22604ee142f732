import type { ShownItem } from "./fast-decision.ts";
import type { PairFeatures } from "./features.ts";
import { everyone, type Learnt, ownItem, type PositionMean } from "./learnt.ts";
import type { LinearHead } from "./linear-head.ts";
import { noResidual, type Owner, type Residual } from "./own-residuals.ts";

/** Posterior deviations by which a choice by its own prediction may disappoint. */
const optimism = 0.5;

/**
 * Mean rest of a position's rewards after predictions, head and residuals, this one included;
 * older ones are forgotten as fast as by the head. Not the mean reward: that rises as choices
 * improve, and would raise the items that are not chosen.
 */
function updatePosition(
  before: PositionMean | undefined,
  value: number,
  forgetting: number,
): PositionMean {
  const { mean, events } = before ?? { mean: 0, events: 0 };
  const share = Math.max(1 / (events + 1), 1 - forgetting);
  return { mean: mean + share * (value - mean), events: events + 1 };
}

interface ShownEvent {
  readonly item: ShownItem;
  readonly user: Owner;
  readonly x: PairFeatures;
  /** η·(z − z̄), in shares of the reward range. */
  readonly promise: number;
}

/**
 * Learns the reward of one shown item.
 * @returns its shortfall, in standard deviations, beyond the optimism of a choice by prediction
 */
export function learnShown(
  { head, items, users, likeness, shownLikeness, positions, priors }: Learnt,
  { item, user, x, promise }: ShownEvent,
  forgetting: number,
): number {
  const left = item.reward - promise;
  const owner = ownItem(item, priors);
  const ofItem = items.find(owner)(x.state);
  const ofUser = users.find(user)(x.item);
  const all = everyone(priors);
  const centred = x.likeness && shownLikeness.centre(item.itemId, x.likeness);
  const ofLikeness = centred ? likeness.find(all)(centred) : noResidual;
  const ofHead = head.plain(x.pair);
  const predicted = ofHead.mean + ofItem.mean + ofUser.mean + ofLikeness.mean;
  const ofPosition = updatePosition(positions[item.position], left - predicted, forgetting);
  positions[item.position] = ofPosition;
  const target = left - ofPosition.mean;
  const spread = ofHead.spread + ofItem.spread + ofUser.spread + ofLikeness.spread;
  const surplus = target - predicted;
  const ofDraws = { mean: head.predict(x.pair), spread: head.spread(x.pair) };
  const shortfall = (ofDraws.mean - ofHead.mean - surplus) / Math.sqrt(head.noiseVariance());
  const doubt = spread - ofHead.spread + ofDraws.spread;
  // To each part the others' doubt is noise. With these weights the gains are those of one Kalman filter whose parts are independent.
  const teach = (part: Residual, own: Float64Array, update: LinearHead["update"]) => {
    const weight = 1 / Math.sqrt(1 + spread - part.spread);
    const scaled = own.map((value) => weight * value);
    update(scaled, weight * (surplus + part.mean));
  };
  teach(ofHead, x.pair, head.update);
  teach(ofItem, x.state, (own, value) => items.update(owner, own, value));
  teach(ofUser, x.item, (own, value) => users.update(user, own, value));
  if (centred) teach(ofLikeness, centred, (own, value) => likeness.update(all, own, value));
  if (x.likeness) shownLikeness.add(item.itemId, x.likeness);
  return (shortfall - optimism * Math.sqrt(doubt)) / Math.sqrt(1 + doubt);
}
