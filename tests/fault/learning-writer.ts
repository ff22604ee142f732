import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { learn } from "../../src/engine/learner/learn.ts";
import { openStore } from "../../src/engine/open-store.ts";

// A learner for the fault tests: `learning-writer.ts <database> <configuration> <call>` runs one cycle, looks at the clock
// at the start and the end of each of its stages, and is killed at the given look. Prints how many looks there were.
const [path = "", configuration = "", call = "0"] = process.argv.slice(2);
const store = await openStore(path);
const stop = new AbortController();
let looks = 0;

function clock(): number {
  looks += 1;
  if (looks === Number(call)) process.kill(process.pid, "SIGKILL");
  return Date.now();
}

await learn({
  store,
  configuration: parseConfiguration(JSON.parse(configuration)),
  clock,
  seed: 1,
  threads: 1,
  signal: stop.signal,
  onCycle: () => process.stdout.write(`${looks}\n`),
  onError: (error) => {
    throw error;
  },
  wait: async () => stop.abort(),
});
await store.close();
