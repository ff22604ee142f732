import { userId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { hashUniform } from "../../src/numeric/hash.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import { adsScenario } from "../support/ads.ts";
import { shopConfiguration } from "../support/shop.ts";

// A server process of its own for the fault tests: `ads-server.ts <database> <name> <requests> <clients>` answers requests of so many
// clients at a time. Every second slate is clicked on.
const [path = "", name = "", requests = "0", clients = "1"] = process.argv.slice(2);
const store = await openSqliteStore(path);
let ids = 0;
let last = 0;
const engine = await createEngine({
  store,
  configuration: parseConfiguration(shopConfiguration({ scenario: adsScenario })),
  clock: Date.now,
  random: createRandom(name.length),
  createId: () => `${name}-${++ids}`,
});

async function visit(): Promise<void> {
  while (last < Number(requests)) {
    last += 1;
    const user = userId(`${name}-${last}`);
    const { decision } = await engine.recommend({ userId: user });
    if (hashUniform(user) < 0.5) continue;
    const { decisionId, slate } = decision;
    for (const itemId of slate)
      await engine.record([{ type: "click", userId: user, itemId, decisionId }]);
  }
}

await Promise.all(Array.from({ length: Number(clients) }, visit));
await engine.close();
await store.close();
