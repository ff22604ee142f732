import { createCatalogueAsOf } from "../../engine/state/catalogue-as-of.ts";
import { hashTokens } from "../../policy/item-features.ts";
import type { NamedFeature } from "../../policy/json-features.ts";
import type { WantedDecisions } from "../tables/export-decisions.ts";
import type { RecordTable } from "../tables/table.ts";
import { toParquet } from "../tables/write-parquet.ts";
import { type LoggedRound, readRounds } from "./logged-rounds.ts";

/** Columns of a context, in which features are hashed (Weinberger et al. 2009). */
const dimensions = 32;

function toVector(features: readonly NamedFeature[]): readonly number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const { index, weight } of hashTokens(features, dimensions))
    vector[index] = (vector[index] ?? 0) + weight;
  return vector;
}

/** Numbers the items of a log in the order in which they come. Grows with the items, some 0.5 kB each. */
function createActions() {
  const actions = new Map<
    string,
    { readonly number: number; readonly vector: readonly number[] }
  >();
  return {
    numberOf({ itemId, features }: LoggedRound["candidates"][number]): number {
      const known = actions.get(itemId) ?? { number: actions.size, vector: toVector(features) };
      actions.set(itemId, known);
      return known.number;
    },
    count: () => actions.size,
    table: (): RecordTable => ({
      columns: { action: "integer", itemId: "text", action_context: "numbers" },
      rows: (async function* () {
        for (const [itemId, { number, vector }] of actions)
          yield { action: number, itemId, action_context: vector };
      })(),
    }),
  };
}

/** Counts of a whole export. */
interface ObpCounts {
  readonly rounds: number;
  readonly actions: number;
}

/** A folder of Open Bandit Pipeline's arrays, to be written in this order. */
export interface ObpFiles {
  readonly files: Readonly<Record<string, AsyncIterable<Uint8Array | string>>>;
  /** So far. */
  counts(): ObpCounts;
}

/**
 * Bandit feedback as Open Bandit Pipeline takes it. rounds.parquet has a row for each position that chance filled, actions.parquet for
 * each item that was a candidate.
 */
export function toObp(wanted: WantedDecisions): ObpFiles {
  const actions = createActions();
  let [rounds, positions] = [0, 0];
  async function* readRows() {
    // Features read attributes, which hold texts as they are.
    const catalogueAsOf = createCatalogueAsOf(wanted.store.items, undefined);
    for await (const round of readRounds(wanted, catalogueAsOf)) {
      const candidates = round.candidates.map(actions.numberOf);
      const { reward, propensity: pscore, place: position } = round;
      const action = candidates[round.chosen];
      const { userId } = round.decision;
      yield {
        context: toVector(round.context),
        action,
        reward,
        pscore,
        position,
        candidates,
        userId,
      };
      rounds += 1;
      positions = Math.max(positions, position + 1);
    }
  }
  const table: RecordTable = {
    columns: {
      context: "numbers",
      action: "integer",
      reward: "number",
      pscore: "number",
      position: "integer",
      candidates: "integers",
      userId: "text",
    },
    rows: readRows(),
  };
  const counts = () => ({ rounds, actions: actions.count() });
  async function* manifest() {
    const shape = { n_rounds: rounds, n_actions: actions.count(), len_list: positions };
    const widths = { dim_context: dimensions, dim_action_context: dimensions };
    yield `${JSON.stringify({ scenario: wanted.scenario.name, ...shape, ...widths }, null, 2)}\n`;
  }
  return {
    files: {
      "rounds.parquet": toParquet(table),
      "actions.parquet": toParquet(actions.table()),
      "manifest.json": manifest(),
    },
    counts,
  };
}
