import type { BilinearScores, FeatureTable } from "../../domain/bandit-world.ts";
import type { FastLoopSettings } from "../../domain/fast-loop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { drawLogits } from "../../engine/serving/fast-loop/draw-logits.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { packVectors } from "../../numeric/vector-rows.ts";
import type { FastDecision, FastVisit } from "../../policy/fast-loop/fast-decision.ts";
import { widestPrior } from "../../policy/fast-loop/prior-strength.ts";
import {
  blockSize,
  countRenewal,
  createRenewedModel,
  type RenewedModel,
} from "../../policy/fast-loop/renewed-model.ts";
import { createResidualModel } from "../../policy/fast-loop/residual-model.ts";
import { type BilinearFeatures, type Offer, scoreOffer } from "../linear/bilinear.ts";

/** A visit of which the reward is known. */
interface RewardedOffer extends Offer {
  readonly action: number;
  readonly reward: number;
}

export interface DrawnLogits {
  readonly logits: Float64Array;
  readonly isForeign?: true;
}

/** The product's fast loop behind linear policies: the same model, drawn from in the same way. */
export interface CompactFastLoop {
  /** A policy's logits with a draw of its model on top; those alone before the first block. */
  logits(policy: BilinearScores, offer: Offer): DrawnLogits;
  observe(visit: RewardedOffer): void;
}

/** Policies whose models are kept: serving and canary. */
const capacity = 2;

const readRow = ({ width, values }: FeatureTable, row: number): Float32Array =>
  Float32Array.from(values.subarray(row * width, (row + 1) * width));

const nameItem = (item: number) => ({ itemId: itemId(`item-${item}`), isKnown: true });

/**
 * The model of src/engine/serving/fast-loop over arrays. Users' and items' features replace the
 * network's h and e, and every item counts as trained. A visit's reward is known at once, so it
 * waits for its block only.
 */
export function createCompactFastLoop(
  features: BilinearFeatures,
  settings: Omit<FastLoopSettings, "enabled">,
  random: RandomStream,
): CompactFastLoop {
  const renewal = countRenewal(settings.forgetting, 1);
  const visits: RewardedOffer[] = [];
  const models = new LastUsedMap<BilinearScores, RenewedModel>(capacity);
  let requests = 0;

  const represent = (policy: BilinearScores, offer: Offer): FastVisit => ({
    userId: userId(`user-${offer.user}`),
    towers: {
      state: readRow(features.users, offer.user),
      items: packVectors(Array.from(offer.items, (item) => readRow(features.items, item))),
      logits: scoreOffer(features, policy, offer),
    },
  });
  const toDecision = (policy: BilinearScores, visit: RewardedOffer): FastDecision => {
    const { action: candidate, reward } = visit;
    const shown = { ...nameItem(visit.items[candidate] ?? 0), candidate, position: 0, reward };
    return { ...represent(policy, visit), shown: [shown] };
  };

  /** The policy's model, with all whole blocks in it. */
  function find(policy: BilinearScores): RenewedModel {
    const found =
      models.get(policy) ??
      createRenewedModel(() => createResidualModel({ ...settings, widest: widestPrior }), {
        renewal,
        from: visits.length,
      });
    models.set(policy, found);
    for (let next = found.count + blockSize; next <= visits.length; next += blockSize) {
      const block = visits.slice(next - blockSize, next);
      found.learn(block.map((visit) => toDecision(policy, visit)));
    }
    return found;
  }

  return {
    logits: (policy, offer) => {
      const { model } = find(policy);
      const visit = represent(policy, offer);
      requests += 1;
      if (model === undefined) return { logits: visit.towers.logits };
      const { logits } = drawLogits({
        model,
        visit,
        settings,
        views: Array.from(offer.items, nameItem),
        towers: { isKnown: () => true },
        random: random.split(requests),
      });
      return { logits, isForeign: true };
    },
    observe: (visit) => void visits.push(visit),
  };
}
