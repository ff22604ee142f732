import { createInterestEvolution } from "./interest-evolution.ts";
import type { SessionTask } from "./task.ts";

const topics = 20;
const candidates = 10;
/** Interests in [−1, 1] are told apart by so many bands. */
const bands = 10;
const bandOf = (interest: number) => Math.min(bands - 1, Math.floor(((interest + 1) / 2) * bands));

/** All 120 sets of 3 of the 10 documents: the order doesn't matter to who chooses among them. */
const slates = Array.from({ length: candidates }, (_, a) =>
  Array.from({ length: candidates }, (__, b) =>
    Array.from({ length: candidates }, (___, c) => [a, b, c]),
  ),
)
  .flat(2)
  .filter(([a, b, c]) => a! < b! && b! < c!);

/** Documents are new at every step: there is no catalogue to cover. */
const names = slates.map(() => ({ itemId: "new" }));

/**
 * What is seen: interests, the documents' topics, what was watched and of which quality it was. What a topic is worth and how
 * users choose has to be learned.
 */
export const interestTask: SessionTask = {
  world: (seed) => createInterestEvolution({ seed }),
  slates,
  // 1, choices, steps without one, quality taken in, interests.
  stateWidth: 4 + topics,
  // Topic one-hot, interest in it; nothing for no choice but its own indicator.
  outcomeWidth: topics + 2,
  masses: new Float64Array(bands + 1).fill(1),
  learnsChoice: true,
  outcomeOf: (slate, { consumed }) => (consumed < 0 ? candidates : slate[consumed]!),
  mostReward: 4,
  observe: (session) => {
    let watched = 0;
    let passed = 0;
    let quality = 0;
    return {
      describe: () => {
        const { interests } = session;
        const offered = session.candidates.slice();
        const width = topics + 2;
        const outcomes = new Float64Array((candidates + 1) * width);
        for (const [place, topic] of offered.entries()) {
          outcomes[place * width + topic] = 1;
          outcomes[place * width + topics] = interests[topic]!;
        }
        outcomes[candidates * width + topics + 1] = 1;
        return {
          state: Float64Array.of(1, watched / 50, passed / 50, quality / 50, ...interests),
          outcomes,
          kinds: Int32Array.of(...[...offered].map((topic) => bandOf(interests[topic]!)), bands),
          names,
        };
      },
      note: (_, response) => {
        if (response.consumed < 0) passed++;
        else watched++;
        quality += response.quality;
      },
    };
  },
};
