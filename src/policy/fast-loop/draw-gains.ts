import { dot } from "../../numeric/dot.ts";
import { hash32 } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { normalQuantile } from "../../numeric/statistics.ts";
import type { DrawnVisit, ItemOfModel } from "./fast-decision.ts";
import { countFeatures, createPairFeatures } from "./features.ts";
import { everyone, type Learnt, ownItem, ownUser } from "./learnt.ts";
import { noResidual } from "./own-residuals.ts";

/** Of each candidate the reward beyond its promise, in shares of the reward range. */
export type DrawnGains = (visit: DrawnVisit, items: readonly ItemOfModel[]) => Float64Array;

/** Standard normal by the text's hash: a stream for each of hundreds of candidates would cost more than all else. */
const hashNormal = (text: string) => normalQuantile((hash32(text) + 0.5) / 2 ** 32);

/** One draw of all parts. @param options.scale posterior deviations */
export function drawGains(
  { basis, head, items, users, likeness, shownLikeness, priors }: Learnt,
  { random, scale }: { readonly random: RandomStream; readonly scale: number },
): DrawnGains {
  const weights = head.draw(random.split("weights"), scale);
  // They are half of a draw's work.
  const fourier = weights.length === countFeatures(basis).pair;
  const seed = random.split("items").integer(2 ** 32);
  const deviation = scale * Math.sqrt(head.noiseVariance());
  return ({ userId, towers }, candidates) => {
    const describe = createPairFeatures(basis, towers, { fourier });
    const findOfUser = users.find(ownUser(userId, priors));
    const findOfLikeness = likeness.find(everyone(priors));
    const gains = new Float64Array(candidates.length);
    for (let candidate = 0; candidate < candidates.length; candidate++) {
      const item = candidates[candidate]!;
      const x = describe(candidate);
      const ofItem = items.find(ownItem(item, priors))(x.state);
      const ofUser = findOfUser(x.item);
      const ofLikeness = x.likeness
        ? findOfLikeness(shownLikeness.centre(item.itemId, x.likeness))
        : noResidual;
      const luck = hashNormal(`${seed}/${item.itemId}`);
      const spread = Math.sqrt(ofItem.spread + ofUser.spread + ofLikeness.spread);
      const own = ofItem.mean + ofUser.mean + ofLikeness.mean;
      gains[candidate] = dot(x.pair, weights) + own + deviation * spread * luck;
    }
    return gains;
  };
}
