import { checkInteger, seedRange } from "../../../src/lab/worlds/check-options.ts";
import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";
import {
  checkSlate,
  type Session,
  type SessionResponse,
  type SessionWorld,
} from "./session-world.ts";

const topicCount = 20;
const poorTopics = 14;
const bestQuality = 3;
const qualityDeviation = 0.1;
const candidateCount = 10;
const slateSize = 3;
/** Minutes. */
const timeBudget = 200;
const documentMinutes = 4;
const minutesWithoutChoice = 0.5;
/** Minutes won back, or lost besides, for each minute watched and unit of quality. */
const budgetReturn = 0.9 / 3.4;
/** Added to every liking, so that the mass of a choice is never negative. */
const massOffset = 1;
const noChoiceMass = 1 + massOffset;
/** Largest step of an interest, at indifference; it falls to 0 at ±1. */
const interestStep = 0.3;

/** Mean quality of topic g: 14 from −3 to 0, then 6 from 0 to 3, evenly spaced. */
export const topicQualities: Readonly<Float64Array> = Float64Array.from(
  { length: topicCount },
  (_, topic) =>
    topic < poorTopics
      ? -bestQuality * (1 - topic / (poorTopics - 1))
      : (bestQuality * (topic - poorTopics)) / (topicCount - poorTopics - 1),
);

/** Random numbers of a step: always as many draws, for any slate. */
interface Draw {
  readonly candidates: Int32Array;
  readonly trueQualities: Float64Array;
  readonly choice: number;
  readonly direction: number;
}

function drawStep(random: RandomStream): Draw {
  const candidates = Int32Array.from({ length: candidateCount }, () => random.integer(topicCount));
  return {
    candidates,
    trueQualities: Float64Array.from(
      candidates,
      (topic) => topicQualities[topic]! + qualityDeviation * random.normal(),
    ),
    choice: random.uniform(),
    direction: random.uniform(),
  };
}

/** Place in the slate of the choice, in proportion to liking + 1; −1 on the mass of no choice. */
function chooseItem(likings: readonly number[], choice: number): number {
  const masses = likings.map((liking) => liking + massOffset);
  let left = choice * masses.reduce((sum, mass) => sum + mass, noChoiceMass);
  for (const [place, mass] of masses.entries()) {
    left -= mass;
    if (left < 0) return place;
  }
  return -1;
}

class InterestSession implements Session {
  readonly interests: Float64Array;
  #step: Draw;
  #minutesLeft = timeBudget;
  readonly #random: RandomStream;

  constructor(random: RandomStream) {
    this.#random = random;
    this.interests = Float64Array.from({ length: topicCount }, () => 2 * random.uniform() - 1);
    this.#step = drawStep(random);
  }

  get over(): boolean {
    return this.#minutesLeft <= 0;
  }

  get candidates(): Int32Array {
    return this.#step.candidates;
  }

  get trueQualities(): Float64Array {
    return this.#step.trueQualities;
  }

  choose(slate: readonly number[]): SessionResponse {
    checkSlate(slate, this, slateSize);
    const { candidates, trueQualities, choice, direction } = this.#step;
    this.#step = drawStep(this.#random);
    const likings = slate.map((place) => this.interests[candidates[place]!]!);
    const consumed = chooseItem(likings, choice);
    if (consumed < 0) {
      this.#minutesLeft -= minutesWithoutChoice;
      return { consumed, reward: 0, quality: 0 };
    }
    const quality = trueQualities[slate[consumed]!]!;
    const watched = Math.min(this.#minutesLeft, documentMinutes);
    this.#minutesLeft += watched * (budgetReturn * quality - 1);
    this.#moveInterest(candidates[slate[consumed]!]!, direction);
    return { consumed, reward: watched, quality };
  }

  /** Towards 1 with probability (1 + u)/2, else away from it, by 0.3·(1 − |u|)·(1 − u). */
  #moveInterest(topic: number, direction: number): void {
    const liking = this.interests[topic]!;
    const step = interestStep * (1 - Math.abs(liking)) * (1 - liking);
    const moved = direction < (liking + 1) / 2 ? liking + step : liking - step;
    this.interests[topic] = Math.max(-1, Math.min(1, moved));
  }
}

/**
 * The interest-evolution setting of RecSim (Ie et al. 2019, arXiv:1909.04847 and 1905.12767;
 * google-research/recsim 55e50e4, Apache-2.0), made anew from its description. A session has 200
 * minutes. Each step offers 10 documents of uniformly drawn topics and shows 3; the user picks one
 * in proportion to liking + 1, or no document with mass 2. A picked document takes 4 minutes, which
 * are the reward, and gives 0.265 · quality back for each; no pick takes half a minute. Interests
 * move towards or away from the picked document. Its topic is visible, its quality only after the
 * pick.
 *
 * @throws EngineError `invalid_configuration`
 * @example const session = createInterestEvolution({ seed: 1 }).start(0);
 */
export function createInterestEvolution({ seed }: { readonly seed: number }): SessionWorld {
  checkInteger("seed", seed, seedRange);
  const random = createRandom(seed).split("interest-evolution");
  return {
    name: "interest-evolution",
    topicCount,
    slateSize,
    topics: Int32Array.from({ length: topicCount }, (_, topic) => topic),
    start: (index) => new InterestSession(random.split(`session/${index}`)),
  };
}
