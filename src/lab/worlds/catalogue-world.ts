import type { InteractionData } from "../../analysis/ranking/interaction-data.ts";
import { EngineError } from "../../domain/errors.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import { hashUniform } from "../../numeric/hash.ts";
import { type CatalogueStream, type Consumption, createStream } from "./catalogue-stream.ts";
import { assertTurn, checkInteger, seedRange } from "./check-options.ts";
import { examination } from "./synthetic-truth.ts";

export interface CatalogueWorldOptions {
  /** Unsigned 32-bit integer: draws the visits and the positions that are looked at. */
  readonly seed: number;
  /** Number of visits, at most the interactions of the users' second halves. */
  readonly turns: number;
  readonly data: InteractionData;
}

const slateSize = 10;
/** Next interactions of a user that pay. */
const wantedAhead = 20;
/** A first half of three events is the least that a policy can be trained and measured on. */
const trainable = { interactions: 6, users: 4 };

function refuse({ name, notes }: InteractionData, problem: string): never {
  const found = notes.length === 0 ? problem : `${problem} (${notes.join(", ")})`;
  throw new EngineError("invalid_file", `${name}: ${found}; use a larger data set`, {
    details: { file: name },
  });
}

function checkData(data: InteractionData): void {
  const long = data.sequences.filter(({ length }) => length >= trainable.interactions).length;
  if (long < trainable.users)
    refuse(
      data,
      `${long} of ${data.sequences.length} users have at least ${trainable.interactions} interactions, and ${trainable.users} must: half of them is the behaviour to train on`,
    );
  if (data.itemCount <= slateSize)
    refuse(data, `it has ${data.itemCount} items, and a slate has ${slateSize}`);
}

function checkTurns(turns: number, { visited }: CatalogueStream, { name }: InteractionData): void {
  checkInteger("turns", turns, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  if (turns <= visited.length) return;
  throw new EngineError(
    "invalid_configuration",
    `turns is ${turns}: ${name} has ${visited.length} interactions that a visit can come before; ask for fewer cycles or decisions`,
    { details: { field: "turns", value: turns, maximum: visited.length } },
  );
}

/** Places of the visits in the stream, one drawn from each of `turns` equal parts. */
function drawVisits({ seed, turns }: CatalogueWorldOptions, length: number) {
  const startOf = (turn: number) => Math.floor((turn * length) / turns);
  return (turn: number): number => {
    assertTurn(turn);
    if (turn >= turns) throw new RangeError(`the world has ${turns} visits, got turn ${turn}`);
    const start = startOf(turn);
    const lot = hashUniform(`${seed}/visit/${turn}`);
    return start + Math.floor(lot * (startOf(turn + 1) - start));
  };
}

type Visits = Pick<
  World<CatalogueVisit>,
  "visit" | "react" | "expectedReward" | "bestSlate" | "eventsBefore"
>;

function createVisits(options: CatalogueWorldOptions, { visited }: CatalogueStream): Visits {
  const { data, seed } = options;
  const placeOf = drawVisits(options, visited.length);
  const itemsOf = ({ user, place }: Consumption) =>
    Array.from(data.sequences[user]!)
      .slice(place, place + wantedAhead)
      .map(itemOf(data));
  const wanted = (turn: number) => itemsOf(visited[placeOf(turn)]!);
  const isLookedAt = (turn: number, position: number) =>
    hashUniform(`${seed}/look/${turn}/${position}`) < examination(position);
  return {
    visit: (turn) => ({ userId: data.users[visited[placeOf(turn)]!.user]!.userId, context: {} }),
    react: (turn, slate) => {
      const paying = new Set(wanted(turn));
      return slate
        .filter((item, position) => paying.has(item) && isLookedAt(turn, position))
        .map((itemId) => ({ itemId, type: "click", value: 1 }));
    },
    expectedReward: (turn, slate) => {
      const paying = new Set(wanted(turn));
      return slate.reduce(
        (sum, item, position) => sum + (paying.has(item) ? examination(position) : 0),
        0,
      );
    },
    bestSlate: (turn) => {
      const best = wanted(turn).slice(0, slateSize);
      for (const { itemId } of data.items) {
        if (best.length === slateSize) break;
        if (!best.includes(itemId)) best.push(itemId);
      }
      return best;
    },
    eventsBefore: (turn) => {
      const start = turn === 0 ? 0 : placeOf(turn - 1);
      return visited.slice(start, placeOf(turn)).map(toEvent(data));
    },
  };
}

const itemOf =
  ({ items }: InteractionData) =>
  (item: number): ItemId =>
    items[item]!.itemId;

const toEvent =
  (data: InteractionData) =>
  ({ user, place }: Consumption) => ({
    userId: data.users[user]!.userId,
    itemId: itemOf(data)(data.sequences[user]![place]!),
    type: "consumption",
    value: 1,
  });

/**
 * Real users in their real order on a catalogue of real size. The first half of each user's interactions is behaviour. The
 * others come in order of time; a visit comes before one of each stretch of them, drawn by the seed. Its slate of 10 is chosen
 * from the whole catalogue. An item pays 1 if it is among the user's next 20 interactions and the user looks at its position,
 * which has probability (1 + k)^−½. Then the interaction happens, and those of other users until the next visit. Data without
 * times are interleaved evenly. A slate never changes what users consume: docs/methods/worlds.md.
 *
 * @throws EngineError `invalid_configuration`, `invalid_file`
 * @example const world = createCatalogueWorld({ seed: 1, turns: 10_000, data: await readInteractions(folder, options) });
 */
export function createCatalogueWorld(options: CatalogueWorldOptions): World<CatalogueVisit> {
  const { seed, turns, data } = options;
  checkInteger("seed", seed, seedRange);
  checkData(data);
  const stream = createStream(data);
  checkTurns(turns, stream, data);
  return {
    name: "catalogue",
    items: data.items,
    users: data.users,
    history: stream.behaviour.map(toEvent(data)),
    slateSize,
    excludeSeen: true,
    rewards: { weights: { click: 1, consumption: 1 }, minimum: 0, maximum: 1 },
    ...createVisits(options, stream),
  };
}
