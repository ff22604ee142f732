import { onTestFinished } from "vitest";
import type { Arm } from "../../src/domain/decision.ts";
import { itemId, userId } from "../../src/domain/ids.ts";
import type { Assignment } from "../../src/domain/policy-snapshot.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import type { Store } from "../../src/storage/store.ts";
import { openTestEngine, type TestEngine } from "./engine.ts";
import { randomNetwork, sampleView } from "./policy.ts";
import { sampleItem, samplePolicy } from "./sample.ts";

export interface ShopOptions {
  /** Fields of the scenario. */
  readonly scenario?: object;
  /** Fields beside the scenarios. */
  readonly rest?: object;
  /** Items i-0, i-1, … in the catalogue; 6 where left out. */
  readonly items?: number;
  readonly path?: string;
}

const genres = ["drama", "comedy", "crime"];
export const shopItems = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    sampleItem(`i-${index}`, { categories: [genres[index % 3]!], attributes: { year: index } }),
  );

/** One scenario, 'shop', with slates of two and rewards for clicks and buys; nobody gets the baseline. */
export const shopConfiguration = ({ scenario = {}, rest = {} }: ShopOptions = {}) => ({
  scenarios: [
    {
      name: "shop",
      slateSize: 2,
      excludeSeen: false,
      exploration: 0.1,
      reward: { weights: { click: 1, buy: 4 }, windowSeconds: 600, graceSeconds: 0, maximum: 5 },
      ...scenario,
    },
  ],
  baselineShare: 0,
  ...rest,
});

/** An engine with a catalogue that lasts as long as the test. */
export async function openShop(options: ShopOptions = {}): Promise<TestEngine> {
  const opened = await openTestEngine(shopConfiguration(options), options.path);
  onTestFinished(opened.close);
  await opened.engine.putItems(shopItems(options.items ?? 6));
  return opened;
}

/** Bytes of a policy that likes some items of the shop more than others, differently by user and moment. */
export function shopSnapshot(seed = 1, items = 6): Uint8Array {
  const views = Array.from({ length: items }, (_, index) => sampleView(`i-${index}`));
  return encodeNetwork(
    randomNetwork({ heads: 1, width: 8, positions: 1 }, views, createRandom(seed)),
  );
}

/** Adds snapshots and assigns them by arm; what is not named stays, and the serving one retrieves. Resolves with their versions. */
export async function assign(
  store: Store,
  snapshots: Readonly<Partial<Record<Arm, Uint8Array>>>,
  rest: Partial<Assignment> = {},
): Promise<readonly number[]> {
  const before = await store.policies.assignment("shop");
  const arms = Object.keys(snapshots);
  const { added } = await store.policies.apply({
    add: Object.values(snapshots).map((bytes) =>
      samplePolicy({ bytes, ...(before.serving === undefined ? {} : { parent: before.serving }) }),
    ),
    assign: (versions) => ({
      scenario: "shop",
      assignment: {
        ...before,
        ...Object.fromEntries(arms.map((arm, index) => [arm, versions[index]!])),
        ...(snapshots.serving && { retriever: versions[arms.indexOf("serving")]! }),
        ...rest,
      },
    }),
  });
  return added;
}

export const ann = userId("ann");
export const candidatesOf = (...ids: readonly string[]) =>
  ids.map((id) => ({ itemId: itemId(id) }));
