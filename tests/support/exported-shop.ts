import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { itemId, userId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { exportOnnx } from "../../src/exchange/onnx-export/export-onnx.ts";
import { eventTable } from "../../src/exchange/tables/record-tables.ts";
import { toParquet } from "../../src/exchange/tables/write-parquet.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { encodeNetwork } from "../../src/policy/network-policy.ts";
import type { ExportedState } from "./exported-policy.ts";
import { onEncoder, randomNetwork, sampleChain, sampleEncoder, sampleViews } from "./policy.ts";
import { ann, assign, openShop, shopConfiguration } from "./shop.ts";

const context = { hour: 18, query: "red running shoes", tags: ["a", "b"], member: true };
const eventsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: ["click", "buy", "look"][index % 3]!,
    itemId: itemId(`i-${(index * 7) % 30}`),
    value: index % 5 === 0 ? -1 : 1,
  }));
const users = [
  { userId: ann, history: eventsOf(70), context, userAttributes: { city: "Graz", age: 40 } },
  { userId: userId("bob"), history: eventsOf(3), context: {}, userAttributes: {} },
];

/**
 * Writes a policy on a Transformer with a chain into `policy`, and its users' events into events.parquet. It knows 12 of 30 items by
 * themselves and 20 by the Transformer.
 * @returns states to ask it for, one of them without a history
 */
export async function exportChainedShop(folder: string): Promise<readonly ExportedState[]> {
  const encoder = sampleEncoder(sampleViews(20), 1, { chain: sampleChain(20) });
  const alone = randomNetwork(
    { heads: 1, width: 8, positions: 1 },
    sampleViews(12),
    createRandom(3),
  );
  const { store, engine } = await openShop({ items: 30 });
  await store.policies.apply({ encoders: [encoder] });
  await assign(store, { serving: encodeNetwork(onEncoder(alone, encoder)) });
  for (const { userId, history } of users)
    await engine.record(history.map((event) => ({ ...event, userId })));
  const configuration = parseConfiguration(shopConfiguration());
  await exportOnnx({ store, configuration, folder: join(folder, "policy"), recurve: "1.2.3" });
  await pipeline(
    Readable.from(toParquet(eventTable(store, {}))),
    createWriteStream(join(folder, "events.parquet")),
  );
  return [...users, { history: [], context, userAttributes: {} }];
}
