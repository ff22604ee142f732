import type { NetworkFamily, NetworkFit } from "../../../src/learning/network-family.ts";
import type { Fold } from "../../../src/mpo/judged-row.ts";
import type { Network } from "../../../src/policy/network.ts";

/** Models of one improvement, by the fold that they were made without. */
export interface WatchedModels {
  readonly fits: ReadonlyMap<Fold | undefined, NetworkFit>;
  readonly moved: ReadonlyMap<Fold | undefined, Network>;
}

/** The product's family, of which every fit and every moved policy is remembered. */
export function watchFamily(family: NetworkFamily): {
  readonly family: NetworkFamily;
  readonly models: WatchedModels;
} {
  const fits = new Map<Fold | undefined, NetworkFit>();
  const moved = new Map<Fold | undefined, Network>();
  return {
    models: { fits, moved },
    family: {
      ...family,
      fitCritic: async (rows, options) => {
        const fit = await family.fitCritic(rows, options);
        fits.set(options.without, fit);
        return fit;
      },
      movePolicy: async (policy, moves, options) => {
        const found = await family.movePolicy(policy, moves, options);
        moved.set(options.without, found.policy);
        return found;
      },
    },
  };
}
