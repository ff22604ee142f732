import { randomUUID } from "node:crypto";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createServer } from "../../src/server/create-server.ts";
import { listen } from "../../src/server/listen.ts";

// The server under test: a process of its own on the database that is its argument. Tells its parent the address, and
// closes when the parent lets go.
const [path = ""] = process.argv.slice(2);
const store = await openStore(path);
const engine = await createEngine({
  store,
  configuration: parseConfiguration(),
  clock: Date.now,
  random: createRandom(1),
  createId: randomUUID,
});
const app = createServer({
  engine,
  version: "bench",
  clock: Date.now,
  logError: (error) => console.error(error),
});
const { url, close } = await listen({ app, host: "127.0.0.1", port: 0 });
process.once("disconnect", async () => {
  await close();
  await engine.close();
  await store.close();
});
process.send?.(url);
