import type { CatalogueVisit, World } from "../../../domain/world.ts";
import { checkInteger, seedRange } from "../check-options.ts";
import { createFeedTruth } from "./feed-truth.ts";
import { createFeedVisits, firstPosts, lifeHours } from "./feed-visits.ts";

export interface FeedWorldOptions {
  /** Unsigned 32-bit integer. */
  readonly seed: number;
  /** Whether the loop knows the edges. Default: true. The truth is the same. */
  readonly friends?: boolean;
}

const [users, authors, slateSize] = [400, 40, 3];

/**
 * A social feed whose truth is known. 40 authors make 60 posts a day, which live three days; 400 readers have a taste, 8 friends of their
 * community, and follow 4 authors. A community likes some posts for reasons that no attribute tells, so likes of friends say more than
 * popularity does. A reader who looks at position k, with probability (1 + k)^−½, likes the post by taste, quality, community, following
 * and age. Each like of a session brings the reader back sooner: visits depend on the slates before, so a world serves one loop. Figures:
 * docs/methods/worlds.md.
 *
 * @throws EngineError `invalid_configuration`
 */
export function createFeedWorld({ seed, friends = true }: FeedWorldOptions): World<CatalogueVisit> {
  checkInteger("seed", seed, seedRange);
  const truth = createFeedTruth({ seed, users, authors });
  return {
    name: "feed",
    items: Array.from({ length: firstPosts }, (_, number) => truth.post(number).item),
    users: truth.readers.map(({ userId }) => ({ userId, attributes: {} })),
    history: [],
    ...(friends && { edges: truth.edges }),
    social: { author: "author", candidates: 15 },
    slateSize,
    rewards: { weights: { like: 1 }, minimum: 0, maximum: 1 },
    maxCandidates: 40,
    rules: {
      filter: `created > now - ${lifeHours}h`,
      caps: [{ by: "author", most: 1 }],
      repetition: [{ showings: 2, hours: lifeHours }],
      aversions: [
        { types: ["like"], by: "itemId" },
        { types: ["hide_author"], by: "author" },
      ],
    },
    ...createFeedVisits(truth, { seed, slateSize }),
  };
}
