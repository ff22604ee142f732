import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { batchesOf } from "../../src/contract/batches.ts";
import { itemId, userId } from "../../src/domain/ids.ts";
import type { World } from "../../src/domain/world.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore, type Store } from "../../src/engine/open-store.ts";
import { createRandom, type RandomStream } from "../../src/numeric/random.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import { events, makePolicy } from "../serve-state/large-shop.ts";

const scenario = "shop";
export const historyPerUser: number = events;
const slateSize = 10;
export const users = 10_000;
const genres = 40;
const windowSeconds = 60;
/** With closed windows, before the load: what the cycle beside it learns from. */
const decisionsBefore = 1500;
const candidatesBefore = 100;
const anHour = 3_600_000;

/** A page of a shop: ten items of the whole catalogue that its visitor has not seen. */
const configuration = {
  scenarios: [
    {
      name: scenario,
      slateSize,
      excludeSeen: true,
      reward: { weights: { click: 1 }, maximum: 1, windowSeconds },
    },
  ],
  learner: { intervalSeconds: 1, minDecisions: 1000 },
};

export interface Shop {
  readonly database: string;
  readonly configuration: string;
}

export const userOf = (index: number) => userId(`user-${index}`);

/** Who comes, and one click on every second slate. */
export function createShopVisits(): Pick<World, "visit" | "react" | "slateSize"> {
  return {
    slateSize,
    visit: (turn) => ({
      userId: userOf(createRandom(turn).integer(users)),
      context: { hour: turn % 24 },
      candidates: [],
    }),
    react: (turn, slate) =>
      turn % 2 === 0 ? [] : [{ itemId: slate[turn % slate.length]!, type: "click", value: 1 }],
  };
}

async function fillHistories(store: Store, items: number, random: RandomStream): Promise<void> {
  for (const batch of batchesOf(Array.from({ length: users }, (_, user) => user))) {
    const clicks = batch.flatMap((user) =>
      Array.from({ length: historyPerUser }, (_, event) => ({
        event: {
          userId: userOf(user),
          itemId: itemId(`i-${random.integer(items)}`),
          type: "click",
          value: 1,
          occurredAt: event,
        },
      })),
    );
    await store.events.record(clicks);
  }
}

/** The policy serves and retrieves, as a promoted one does. */
async function addPolicy(store: Store, items: number, random: RandomStream): Promise<void> {
  const { views, encoder, network } = makePolicy(items, random);
  for (const batch of batchesOf([...views.entries()]))
    await store.items.put(
      batch.map(([index, view]) => ({
        itemId: view.itemId,
        categories: [`genre-${index % genres}`],
        attributes: { year: 1980 + (index % 45), price: index % 1000 },
        available: true,
      })),
    );
  const bytes = encodeNetwork(network);
  const evidence = { reason: "a policy with random numbers" };
  const added = { scenario, bytes, evidence, createdAt: 0, kind: "network" } as const;
  await store.policies.apply({
    encoders: [encoder],
    add: [{ ...added, status: "serving" }],
    assign: ([version = 0]) => ({
      scenario,
      assignment: { canaryShare: 0, serving: version, retriever: version },
    }),
  });
}

/** From candidates by lot, so that a large catalogue takes no longer. */
async function decideBefore(store: Store, items: number, random: RandomStream): Promise<void> {
  let ids = 0;
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(configuration),
    clock: () => Date.now() - anHour,
    random: random.split("slates"),
    createId: () => `before-${++ids}`,
  });
  for (let turn = 0; turn < decisionsBefore; turn++) {
    const user = userOf(random.integer(users));
    const offered = new Set<number>();
    while (offered.size < candidatesBefore) offered.add(random.integer(items));
    const candidates = Array.from(offered, (index) => ({ itemId: `i-${index}` }));
    const { decision } = await engine.recommend({ userId: user, candidates });
    const { decisionId, slate } = decision;
    if (turn % 2 === 1)
      await engine.record([{ userId: user, itemId: slate[0]!, type: "click", decisionId }]);
  }
  await engine.close();
}

/** The shop in this folder, made if it isn't there: catalogue, histories, a policy, and decisions of an hour ago. */
export async function openShop(folder: string, items: number): Promise<Shop> {
  const database = join(folder, `shop-${items}.db`);
  const file = join(folder, "shop.config.json");
  writeFileSync(file, JSON.stringify(configuration));
  if (!existsSync(database)) {
    const draft = `${database}.draft`;
    const store = await openStore(draft);
    const random = createRandom(1);
    await addPolicy(store, items, random);
    await fillHistories(store, items, random);
    await decideBefore(store, items, random);
    await store.close();
    renameSync(draft, database);
  }
  return { database, configuration: file };
}
