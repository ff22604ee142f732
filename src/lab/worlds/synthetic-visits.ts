import type { Item, User } from "../../domain/catalogue.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { World } from "../../domain/world.ts";
import { hash32, hashUniform } from "../../numeric/hash.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { sampleIndices } from "../../numeric/sample-indices.ts";
import { assertTurn } from "./check-options.ts";
import { candidateCount, type SyntheticWorldOptions } from "./synthetic-options.ts";
import { attraction, examination, type Truth } from "./synthetic-truth.ts";

type Visits = Pick<World, "visit" | "react" | "expectedReward" | "bestSlate">;

interface Parts {
  readonly options: Required<SyntheticWorldOptions>;
  readonly truth: Truth;
  readonly items: readonly Item[];
  readonly users: readonly User[];
  readonly random: RandomStream;
}

/** Random numbers of a visit, and its user's view of the items. */
function createDraws({ options, truth, items, users, random }: Parts) {
  const visitor = (turn: number) =>
    Math.floor(hashUniform(`${options.seed}/visitor/${turn}`) * users.length);
  const hasDrifted = (turn: number) => options.drift === "abrupt" && turn >= options.turns / 2;
  return {
    user: (turn: number) => users[visitor(turn)]!,
    device: (turn: number) =>
      hash32(`${options.seed}/device/${turn}`) % 2 === 0 ? "phone" : "desktop",
    /** Indices of the candidates. */
    offered: (turn: number) =>
      sampleIndices(candidateCount, items.length, random.split(`candidates/${turn}`)),
    /** Click probability of an item that the visitor looks at, by index. */
    appeal: (turn: number) => {
      assertTurn(turn);
      const phase = truth.phases[hasDrifted(turn) ? 1 : 0]!;
      const userIndex = visitor(turn);
      return (index: number) => attraction(truth, phase, userIndex, index);
    },
    /** Uniform in [0, 1). */
    mood: (turn: number, position: number) =>
      hashUniform(`${options.seed}/click/${turn}/${position}`),
  };
}

/**
 * The visits of a synthetic world, each a pure function of seed, turn and slate.
 *
 * A visit has one uniform number a position, its mood, for any item there, and a click comes if the
 * mood is below the click probability. So two policies that show equally good items get the same
 * answer, and their paired difference has the smallest variance possible (the comonotone coupling).
 */
export function createVisits(parts: Parts): Visits {
  const { items, options } = parts;
  const draws = createDraws(parts);
  const candidates = items.map(({ itemId }) => ({ itemId }));
  const indices = new Map<ItemId, number>(items.map(({ itemId }, index) => [itemId, index]));

  const clickProbabilities = (turn: number, slate: readonly ItemId[]) => {
    if (slate.length > options.slateSize) {
      throw new RangeError(`a slate has at most ${options.slateSize} items, got ${slate.length}`);
    }
    const appeal = draws.appeal(turn);
    return slate.map((itemId, position) => {
      const index = indices.get(itemId);
      if (index === undefined) throw new RangeError(`this world has no item '${itemId}'`);
      return examination(position) * appeal(index);
    });
  };

  return {
    visit: (turn) => {
      assertTurn(turn);
      return {
        userId: draws.user(turn).userId,
        context: { device: draws.device(turn) },
        candidates: draws.offered(turn).map((index) => candidates[index]!),
      };
    },
    react: (turn, slate) => {
      const probabilities = clickProbabilities(turn, slate);
      const clicked = slate.filter((_, k) => draws.mood(turn, k) < probabilities[k]!);
      return clicked.map((itemId) => ({ itemId, type: "click", value: 1 }));
    },
    expectedReward: (turn, slate) =>
      clickProbabilities(turn, slate).reduce((sum, probability) => sum + probability, 0),
    // Examination falls with the position, so the order by appeal is the best one.
    bestSlate: (turn) => {
      const appeal = draws.appeal(turn);
      const ranked = draws.offered(turn).sort((a, b) => appeal(b) - appeal(a));
      return ranked.slice(0, options.slateSize).map((index) => items[index]!.itemId);
    },
  };
}
