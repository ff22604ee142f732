import type { Item } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { genreCount, type Latent } from "./synthetic-truth.ts";

// In the order of the latent coordinates.
const genres = [
  { name: "history", nouns: ["empire", "castle", "archive", "revolt"] },
  { name: "science", nouns: ["atom", "galaxy", "theorem", "microscope"] },
  { name: "travel", nouns: ["harbour", "island", "railway", "passport"] },
  { name: "cooking", nouns: ["kitchen", "harvest", "recipe", "market"] },
  { name: "sport", nouns: ["stadium", "record", "marathon", "summit"] },
  { name: "music", nouns: ["orchestra", "rhythm", "chorus", "violin"] },
  { name: "crime", nouns: ["detective", "alibi", "heist", "witness"] },
  { name: "nature", nouns: ["forest", "river", "glacier", "meadow"] },
] as const;
const adjectives = ["quiet", "last", "golden", "hidden", "northern", "broken", "early", "distant"];

/** Share of items whose labels show a genre drawn at random: features alone can't rank these. */
const mislabelledShare = 0.15;

const pick = <T>(values: readonly T[], random: RandomStream): T =>
  values[random.integer(values.length)]!;

function secondGenre({ genre, vector }: Latent): number {
  const others = [...vector.keys()].filter((axis) => axis !== genre);
  return others.reduce((best, axis) => (vector[axis]! > vector[best]! ? axis : best));
}

/**
 * An item as its owner would describe it. The category and the title's noun show the main genre,
 * `shelf` the second one, `purity` (in [−1, 1]) the amount of the main genre; `year` is random. No
 * field shows quality.
 */
function describe(latent: Latent, index: number, random: RandomStream): Item {
  const mislabelled = random.uniform() < mislabelledShare;
  const genre = genres[mislabelled ? random.integer(genreCount) : latent.genre]!;
  return {
    itemId: itemId(`item-${index + 1}`),
    categories: [genre.name],
    attributes: {
      title: `The ${pick(adjectives, random)} ${pick(genre.nouns, random)}`,
      shelf: genres[secondGenre(latent)]!.name,
      purity: Math.round(latent.vector[latent.genre]! * 100) / 100,
      year: 1980 + random.integer(45),
    },
    available: true,
  };
}

export const describeItems = (latents: readonly Latent[], random: RandomStream): Item[] =>
  latents.map((latent, index) => describe(latent, index, random));
