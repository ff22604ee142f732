// Every result is exported without a type of its own, so each needs a name that a declaration can use.
import {
  createEngine,
  createRandom,
  createServer,
  type Engine,
  itemId,
  openStore,
  parseConfiguration,
  userId,
} from "recurve";
import { useRecommendations } from "recurve/react";
import { createClient } from "recurve/sdk";

export const configuration = parseConfiguration();

export async function open() {
  const store = await openStore(":memory:");
  const options = { clock: Date.now, random: createRandom(1), createId: () => "id" };
  const engine = await createEngine({ store, configuration, ...options });
  const logError = (error: Error) => console.error(error);
  const app = createServer({ engine, version: "1", clock: Date.now, logError });
  return { store, engine, app };
}

const item = { itemId: itemId("pot"), categories: [], attributes: {}, available: true };
export const put = (engine: Engine) => engine.putItems([item]);
export const list = (engine: Engine) => engine.listItems({ limit: 10 });
export const find = (engine: Engine) => engine.findItem(item.itemId);
export const recommend = (engine: Engine) => engine.recommend({ userId: userId("ada") });
export const record = (engine: Engine) => engine.record([]);
export const health = (engine: Engine) => engine.health();
export const client = createClient({ baseUrl: "http://127.0.0.1:7400" });
export const ask = () => client.recommend({ userId: "ada" });
export const send = () => client.sendEvents([]);
export const show = () => useRecommendations(createClient({ baseUrl: "" }), { userId: "ada" });
