import type { Scenario } from "../../../src/domain/scenario.ts";
import type { CatalogueVisit, World } from "../../../src/domain/world.ts";
import { scoreOffered } from "../../../src/engine/serving/retriever.ts";
import { createCatalogue } from "../../../src/engine/state/catalogue.ts";
import { encodersOf } from "../../../src/engine/state/encoders.ts";
import { createState, readUser } from "../../../src/engine/state/read-state.ts";
import type { ShopTruth } from "../../../src/lab/worlds/shop/shop-truth.ts";
import type { FeedbackRow } from "../../../src/learning/feedback-row.ts";
import type { Awaitable } from "../../../src/mpo/family.ts";
import { createRandom } from "../../../src/numeric/random.ts";
import { loadPolicy } from "../../../src/policy/load-policy.ts";
import { retrieve } from "../../../src/policy/retrieve.ts";
import type { Store } from "../../../src/storage/store.ts";
import type { TrueState } from "./true-values.ts";

/** Every user once, as visits draw them uniformly. */
export interface Population {
  /** As the family scores them; action, propensity and reward mean nothing. */
  readonly rows: readonly FeedbackRow[];
  readonly states: readonly TrueState[];
  /** log π of the serving policy. */
  readonly servingLogs: readonly Float64Array[];
}

const lotSeed = 1908;

const itemIndex = (id: string): number => Number(id.slice("item-".length)) - 1;

/** Appeal of each candidate to a user, both by index. */
export const appealsOf = (
  { appeal }: ShopTruth,
  user: number,
  candidates: readonly { readonly itemId: string }[],
): Float64Array => Float64Array.from(candidates, ({ itemId }) => appeal(user, itemIndex(itemId)));

/** The users as of an event number, each with candidates as the retriever keeps them. */
export async function readPopulation(options: {
  readonly store: Store;
  readonly world: World<CatalogueVisit>;
  readonly truth: ShopTruth;
  readonly scenario: Scenario;
  readonly asOf: number;
  /** ε of the log. */
  readonly exploration: number;
  readonly scoreServing: (rows: readonly FeedbackRow[]) => Awaitable<readonly Float64Array[]>;
}): Promise<Population> {
  const { store, world, truth, scenario, asOf, exploration } = options;
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(asOf);
  const views = catalogue.available();
  const { retriever: version } = await store.policies.assignment(scenario.name);
  const bytes = version === undefined ? undefined : await store.policies.bytes(version);
  const retriever = bytes && (await loadPolicy(bytes, encodersOf(store.policies)));
  const rows: FeedbackRow[] = [];
  for (const [user, { userId }] of world.users.entries()) {
    const known = await readUser(store, userId, asOf);
    const state = createState({ user: known, catalogue, scenario, context: {} });
    const scored = await scoreOffered(retriever, state, { list: views, hidden: [] });
    const { kept } = retrieve(scored, scenario.maxCandidates, createRandom(lotSeed).split(user));
    rows.push({
      state,
      candidates: kept.map((index) => views[index]!),
      user,
      exploration,
      action: 0,
      position: 0,
      propensity: 1,
      reward: 0,
      arm: "serving",
      policyVersion: 0,
      sequence: asOf,
      fold: "older",
      age: 0,
    });
  }
  await retriever?.close();
  const states = rows.map(({ candidates }, user) => ({
    appeals: appealsOf(truth, user, candidates),
    exploration,
  }));
  return { rows, states, servingLogs: await options.scoreServing(rows) };
}
