import { userId } from "../../src/domain/ids.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { openStore } from "../../src/engine/open-store.ts";
import { eraseUser } from "../../src/engine/privacy/erase-user.ts";
import type { ErasureStore } from "../../src/storage/erasure-store.ts";

// Erases a user for the fault tests: `erase-writer.ts <database> <configuration> <user> <calls>` kills itself after so many calls of
// the store of erasures, each of which is then durable.
const [path = "", configuration = "", user = "", calls = ""] = process.argv.slice(2);
const store = await openStore(path);
let left = Number(calls);

const erasures = new Proxy(store.erasures, {
  get: (target, name) => {
    const method = target[name as keyof ErasureStore] as (...values: unknown[]) => unknown;
    return async (...values: unknown[]) => {
      const result = await method.apply(target, values);
      left -= 1;
      if (left === 0) process.kill(process.pid, "SIGKILL");
      return result;
    };
  },
});

const receipt = await eraseUser(
  {
    store: { ...store, erasures },
    configuration: parseConfiguration(JSON.parse(configuration)),
    clock: Date.now,
  },
  userId(user),
);
process.stdout.write(JSON.stringify(receipt));
