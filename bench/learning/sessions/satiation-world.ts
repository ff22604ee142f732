import { checkInteger, seedRange } from "../../../src/lab/worlds/check-options.ts";
import { logistic } from "../../../src/numeric/logistic.ts";
import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";
import { sampleIndices } from "../../../src/numeric/sample-indices.ts";
import {
  checkSlate,
  type Session,
  type SessionResponse,
  type SessionWorld,
} from "./session-world.ts";

const genreCount = 8;
const itemsPerGenre = 5;
const itemCount = genreCount * itemsPerGenre;
const candidateCount = 10;
const intercept = -0.5;
const tasteSlope = 2.5;
const qualityDeviation = 0.4;
/** Logits that a click loses at full satiation. */
const tiring = 1.5;
/**
 * Share of the way to 1 that satiation moves with a consumed item, and share that is left after a
 * step.
 */
const filling = 0.5;
const retention = 0.9;
/**
 * Probability of leaving after a step: by its outcome, and higher with more of the shown genre
 * before.
 */
const leaving = { consumed: 0.02, refused: 0.08 };
const boredom = 0.25;

/** The items of the world: genre by number, and quality, equal for all users, in logits. */
interface Catalogue {
  readonly topics: Int32Array;
  readonly qualities: Float64Array;
}

class SatiationSession implements Session {
  readonly interests: Float64Array;
  candidates: Int32Array;
  over = false;
  readonly #satiation = new Float64Array(genreCount);
  readonly #random: RandomStream;
  readonly #catalogue: Catalogue;

  constructor(random: RandomStream, catalogue: Catalogue) {
    this.#random = random;
    this.#catalogue = catalogue;
    this.interests = Float64Array.from({ length: genreCount }, () => 2 * random.uniform() - 1);
    this.candidates = this.#draw();
  }

  get trueQualities(): Float64Array {
    return Float64Array.from(this.candidates, (item) => this.#catalogue.qualities[item]!);
  }

  choose(slate: readonly number[]): SessionResponse {
    checkSlate(slate, this, 1);
    const item = this.candidates[slate[0]!]!;
    const genre = this.#catalogue.topics[item]!;
    const satiation = this.#satiation[genre]!;
    const logit =
      intercept +
      tasteSlope * this.interests[genre]! +
      this.#catalogue.qualities[item]! -
      tiring * satiation;
    const isConsumed = this.#random.uniform() < logistic(logit);
    const leavingNow = isConsumed ? leaving.consumed : leaving.refused;
    this.over = this.#random.uniform() < leavingNow + boredom * satiation;
    if (isConsumed) this.#satiation[genre]! += filling * (1 - satiation);
    for (let g = 0; g < genreCount; g++) this.#satiation[g]! *= retention;
    this.candidates = this.#draw();
    return { consumed: isConsumed ? 0 : -1, reward: isConsumed ? 1 : 0, quality: 0 };
  }

  #draw(): Int32Array {
    return Int32Array.from(sampleIndices(candidateCount, itemCount, this.#random));
  }
}

/**
 * Users who tire of a genre that they consume. Satiation z of a genre grows with each consumed item
 * of it, z ← z + ½(1 − z), and fades by a tenth a step. A shown item of genre g is consumed with
 * probability σ(−0.5 + 2.5·liking_g + quality − 1.5·z_g), quality ~ N(0, 0.4²). After the step the
 * user leaves with probability 0.02 + 0.25·z_g, 0.08 + 0.25·z_g if it was not consumed; z_g is the
 * value before the step. The reward is the number of consumed items. Likings are uniform in [−1, 1]
 * and seen, as the genre of an item is; satiation shows in the consumed items, quality in feedback
 * only. The best choice of a step shortens the session, so a policy has to spread.
 *
 * A step offers 10 of 40 items, 5 of each of 8 genres, and shows one.
 *
 * @throws EngineError `invalid_configuration`
 * @example const session = createSatiationWorld({ seed: 1 }).start(0);
 */
export function createSatiationWorld({ seed }: { readonly seed: number }): SessionWorld {
  checkInteger("seed", seed, seedRange);
  const random = createRandom(seed).split("satiation-world");
  const catalogue = {
    topics: Int32Array.from({ length: itemCount }, (_, item) => item % genreCount),
    qualities: Float64Array.from({ length: itemCount }, () => qualityDeviation * random.normal()),
  };
  return {
    name: "satiation",
    topicCount: genreCount,
    slateSize: 1,
    topics: catalogue.topics,
    start: (index) => new SatiationSession(random.split(`session/${index}`), catalogue),
  };
}
