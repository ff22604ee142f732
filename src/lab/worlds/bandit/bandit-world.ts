import type {
  BanditVisits,
  BanditWorld,
  BilinearScores,
  FeatureTable,
} from "../../../domain/bandit-world.ts";
import { createRandom, type RandomStream } from "../../../numeric/random.ts";
import { sampleIndices } from "../../../numeric/sample-indices.ts";
import { type BanditWorldOptions, completeBanditOptions } from "./bandit-options.ts";
import { createBanditTruth, latentWidth } from "./bandit-truth.ts";

/**
 * Shares of the logging policy's logits, in variance: true taste, a wrong idea of taste, and its
 * pushes for all users.
 */
const loggingMix = { taste: 0.25, error: 0.25, push: 0.5 };

/** Latent coordinates with noise, brought back to variance 1, and a constant. */
function describe(latents: Float64Array, noise: number, random: RandomStream): FeatureTable {
  const width = latentWidth + 1;
  const rows = latents.length / latentWidth;
  const values = new Float64Array(rows * width).fill(1);
  const scale = 1 / Math.hypot(1, noise);
  for (let row = 0; row < rows; row++) {
    for (let axis = 0; axis < latentWidth; axis++) {
      values[row * width + axis] =
        scale * (latents[row * latentWidth + axis]! + noise * random.normal());
    }
  }
  return { width, values };
}

/** Logits of the given standard deviation, bilinear in the features. */
function drawLogging(
  { loggingSharpness: sharpness, loggingKnowledge, qualityDeviation }: Required<BanditWorldOptions>,
  qualities: Float64Array,
  random: RandomStream,
): BilinearScores {
  const width = latentWidth + 1;
  const weights = new Float64Array(width * width);
  for (let row = 0; row < latentWidth; row++) {
    for (let column = 0; column < latentWidth; column++) {
      const taste = row === column ? Math.sqrt(loggingMix.taste / latentWidth) : 0;
      const error = (Math.sqrt(loggingMix.error) / latentWidth) * random.normal();
      weights[row * width + column] = sharpness * (taste + error);
    }
  }
  const push = sharpness * Math.sqrt(loggingMix.push);
  const guess = Math.sqrt(1 - loggingKnowledge ** 2);
  const biases = qualities.map(
    (quality) => push * ((loggingKnowledge * quality) / qualityDeviation + guess * random.normal()),
  );
  return { weights, biases };
}

function drawVisits(
  { users, candidates: width }: Required<BanditWorldOptions>,
  { alive, count, random }: { alive: Int32Array; count: number; random: RandomStream },
): BanditVisits {
  const deck = Int32Array.from(alive);
  const candidates = new Int32Array(count * width);
  const visitors = new Int32Array(count);
  const moods = new Float64Array(count);
  for (let visit = 0; visit < count; visit++) {
    visitors[visit] = random.integer(users);
    moods[visit] = random.uniform();
    // The head of a Fisher–Yates shuffle: uniform for any order of the deck.
    for (let place = 0; place < width; place++) {
      const other = place + random.integer(deck.length - place);
      [deck[place], deck[other]] = [deck[other]!, deck[place]!];
      candidates[visit * width + place] = deck[place]!;
    }
  }
  return { users: visitors, width, candidates, moods };
}

/** @throws EngineError `invalid_configuration`. See docs/methods/worlds.md. */
export function createBanditWorld(given: BanditWorldOptions): BanditWorld {
  const options = completeBanditOptions(given);
  const random = createRandom(options.seed).split("bandit");
  const truth = createBanditTruth(options, random.split("truth"));
  const noise = options.misspecification / 2;
  const items = truth.items.length / latentWidth;
  return {
    users: options.users,
    items,
    userFeatures: describe(truth.users, noise, random.split("user-features")),
    itemFeatures: describe(truth.items, noise, random.split("item-features")),
    logging: drawLogging(options, truth.qualities, random.split("logging")),
    visits: (cycle, count) =>
      drawVisits(options, {
        alive: truth.alive(cycle),
        count,
        random: random.split(`visits/${cycle}`),
      }),
    truth: truth.clickProbability,
  };
}

/** A share of a world's items, drawn from a seed: those whose reward model is corrupted in benchmarks. */
export const poisonedItems = (world: BanditWorld, share: number, seed: number): number[] =>
  sampleIndices(
    Math.round(share * world.items),
    world.items,
    createRandom(seed).split("poisoned-items"),
  );
