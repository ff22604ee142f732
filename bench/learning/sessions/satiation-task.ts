import { createSatiationWorld } from "./satiation-world.ts";
import type { SessionTask } from "./task.ts";

const items = 40;
const genres = 8;
const candidates = 10;
/** How much of what was consumed a step ago still counts, for a long and a short memory of each genre. */
const retentions = [0.9, 0.6] as const;

const outcomeWidth = items + 7;

const names = Array.from({ length: items }, (_, item) => ({ itemId: `item-${item}` }));
const kinds = Int32Array.from({ length: candidates + 1 }, (_, o) => (o < candidates ? 0 : 1));

/** What is seen: likings, genres and items, what was consumed. Satiation and quality have to be learned. */
export const satiationTask: SessionTask = {
  world: (seed) => createSatiationWorld({ seed }),
  slates: Array.from({ length: candidates }, (_, place) => [place]),
  // 1, steps, consumed of late, how much there is to like.
  stateWidth: 4,
  // Item one-hot, liking of its genre, both memories of it, and products: a session has more to lose the more there is to like.
  outcomeWidth,
  // The user takes what is shown; whether it is consumed is part of what it earns.
  masses: Float64Array.of(1, 0),
  learnsChoice: false,
  outcomeOf: (slate) => slate[0]!,
  mostReward: 1,
  observe: (session, world) => {
    const consumed = retentions.map(() => new Float64Array(genres));
    const charm = session.interests.reduce((sum, liking) => sum + Math.max(0, liking), 0) / genres;
    let steps = 0;
    let offered = session.candidates;
    return {
      describe: () => {
        offered = session.candidates.slice();
        const outcomes = new Float64Array((candidates + 1) * outcomeWidth);
        for (const [place, item] of offered.entries()) {
          const genre = world.topics[item]!;
          const liking = session.interests[genre]!;
          const [long, short] = consumed.map((memory) => memory[genre]!) as [number, number];
          const start = place * outcomeWidth;
          outcomes[start + item] = 1;
          const products = [liking * long, liking * short, charm * long, long * long];
          outcomes.set([liking, long, short, ...products], start + items);
        }
        const late = consumed[0]!.reduce((sum, value) => sum + value, 0);
        return {
          state: Float64Array.of(1, steps / 10, late, charm),
          outcomes,
          kinds,
          names: Array.from(offered, (item) => names[item]!),
        };
      },
      note: ([place], { consumed: taken }) => {
        steps++;
        const genre = world.topics[offered[place!]!]!;
        for (const [index, memory] of consumed.entries()) {
          if (taken === 0) memory[genre]!++;
          for (let g = 0; g < genres; g++) memory[g]! *= retentions[index]!;
        }
      },
    };
  },
};
