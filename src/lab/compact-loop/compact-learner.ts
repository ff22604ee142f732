import type { BanditWorld, BilinearScores } from "../../domain/bandit-world.ts";
import type { FastLoopSettings } from "../../domain/fast-loop.ts";
import { defaultExploration } from "../../domain/scenario.ts";
import { subtractTotal } from "../../numeric/log-probabilities.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { createBilinearFeatures, emptyScores, type Offer, scoreOffer } from "../linear/bilinear.ts";
import { createCompactFastLoop } from "./compact-fast-loop.ts";
import type { CompactRow, Serving } from "./compact-row.ts";
import { createLaboratoryLoop, type LoopOptions } from "./laboratory-loop.ts";
import { createLinearFamily, type FoldedVisit } from "./linear-family.ts";

/** A loop that learns from the visits it served. */
export interface Learner {
  serve(offer: Offer): Serving;
  /**
   * Takes in a visit as soon as its reward is known; absent if nothing is learnt within a cycle.
   */
  readonly observe?: (row: CompactRow) => void;
  /** Takes in a cycle's rows; returns the outcome in a word. */
  learn(rows: readonly CompactRow[], cycle: number): string | Promise<string>;
}

/** The algorithm with parts of it left out; all in by default. */
export interface CompactOptions
  extends Pick<LoopOptions<FoldedVisit>, "without" | "prior" | "propose" | "judge" | "observe"> {
  /** Corrects policies from visit to visit. */
  readonly fastLoop?: Omit<FastLoopSettings, "enabled">;
  /** Error that a poisoned reward model adds to each item's prediction, by item number. */
  readonly inflation?: Float64Array;
  /** Softmax of these serves first. Default: the uniform choice. */
  readonly policy?: BilinearScores;
}

/** The loop on linear models over arrays, without database or networks. */
export function createCompactLearner(
  world: Pick<BanditWorld, "userFeatures" | "itemFeatures">,
  random: RandomStream,
  { fastLoop: settings, inflation, policy: start, ...parts }: CompactOptions = {},
): Learner {
  const features = createBilinearFeatures(world.userFeatures, world.itemFeatures);
  const hasFastLoop = settings !== undefined;
  const loop = createLaboratoryLoop(
    createLinearFamily(features, inflation),
    start ?? emptyScores(features),
    { floor: defaultExploration(hasFastLoop), exploresItself: hasFastLoop, random, ...parts },
  );
  const fastLoop = settings && createCompactFastLoop(features, settings, random.split("requests"));
  return {
    serve: (offer) => {
      const arm = loop.armOf(offer.user);
      const policy = loop.policyOf(arm);
      const exploration = loop.exploration();
      const { logits, ...drawn } = fastLoop?.logits(policy, offer) ?? {
        logits: scoreOffer(features, policy, offer),
      };
      const probabilities = subtractTotal(logits).map(
        (value) => (1 - exploration) * Math.exp(value) + exploration / offer.items.length,
      );
      return { probabilities, arm, exploration, ...drawn };
    },
    ...(fastLoop && { observe: fastLoop.observe }),
    learn: loop.learn,
  };
}
