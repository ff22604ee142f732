import { intervene } from "../../src/engine/interventions/intervene.ts";
import { openStore } from "../../src/engine/open-store.ts";

// An operator for the fault tests: `pin-writer.ts <database>` pins versions 1 and 2 of scenario shop in turns until it is
// killed, and prints the number of each intervention once it is acknowledged.
const [path = ""] = process.argv.slice(2);
const scene = { store: await openStore(path), scenario: "shop", now: 1 };

for (let turn = 0; ; turn++) {
  const version = 1 + (turn % 2);
  const { intervention } = await intervene(scene, { scenario: "shop", kind: "pin", version });
  process.stdout.write(`${intervention}\n`);
}
