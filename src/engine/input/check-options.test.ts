import { expect, test } from "vitest";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { createRandom } from "../../numeric/random.ts";
import { createServer } from "../../server/create-server.ts";
import { listen } from "../../server/listen.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { runCycle } from "../learner/cycle/run-cycle.ts";
import { learn } from "../learner/learn.ts";
import { train } from "../learner/train.ts";
import { openStore } from "../open-store.ts";

const nothing = () => undefined;

/** Options that would do, and the calls that take them. */
async function openCalls() {
  const { engine, store, clock } = await openShop();
  const configuration = parseConfiguration(shopConfiguration());
  const [scenario] = configuration.scenarios;
  const common = { store, configuration, scenario, clock, seed: 1, threads: 1 };
  const random = createRandom(1);
  const calls: Readonly<Record<string, (wrong: object) => unknown>> = {
    audit: (wrong) => audit({ store, configuration, ...wrong }),
    train: (wrong) => train({ ...common, onProgress: nothing, ...wrong } as never),
    runCycle: (wrong) => runCycle({ ...common, ...wrong } as never),
    learn: (wrong) =>
      learn({
        ...common,
        signal: AbortSignal.abort(),
        onCycle: nothing,
        onError: nothing,
        wait: nothing,
        ...wrong,
      } as never),
    createEngine: (wrong) =>
      createEngine({ store, configuration, clock, random, createId: () => "d", ...wrong }),
    createServer: (wrong) =>
      createServer({ engine, version: "1", clock, logError: nothing, ...wrong }),
    listen: (wrong) => {
      const app = createServer({ engine, version: "1", clock, logError: nothing });
      return listen({ app, host: "127.0.0.1", port: 0, ...wrong });
    },
    openStore: ({ path }: { path?: unknown }) => openStore(path as string),
  };
  return calls;
}

test.each<[string, object, string]>([
  ["audit", { limit: Number.NaN }, "limit is NaN: send a whole number above 0"],
  ["audit", { from: "2026-03-01" }, 'from is "2026-03-01": send whole milliseconds'],
  ["audit", { store: undefined }, "store is missing: send the result of openStore"],
  ["train", { seed: "x" }, 'seed is "x": send a whole number from 0 to 4294967295'],
  ["train", { threads: 0 }, "threads is 0: send a whole number from 1 to 256"],
  ["train", { onProgress: "loud" }, 'onProgress is "loud": send a function'],
  ["runCycle", { seed: 1.5 }, "seed is 1.5: send a whole number"],
  ["runCycle", { scenario: "shop" }, 'scenario is "shop": send the result of parseConfiguration'],
  ["learn", { wait: 5 }, "wait is 5: send a function"],
  ["learn", { signal: {} }, "signal is {}: send the signal of an AbortController"],
  ["createEngine", { configuration: { scenarios: [] } }, "send the result of parseConfiguration"],
  ["createEngine", { clock: 5 }, "clock is 5: send a function"],
  [
    "createEngine",
    { random: Math.random },
    "random is a function: send the result of createRandom",
  ],
  ["createServer", { version: 1 }, "version is 1: send text"],
  ["createServer", { engine: {} }, "engine is {}: send the result of createEngine"],
  ["listen", { port: 70_000 }, "port is 70000: send a whole number from 0 to 65535"],
  ["listen", { port: "80" }, 'port is "80": send a whole number'],
  ["openStore", { path: "" }, 'path is "": must not be empty'],
  ["openStore", { path: 7 }, "path is 7: send text"],
])("%s with %j is refused before anything is begun", async (name, wrong, message) => {
  const calls = await openCalls();
  await expect((async () => calls[name]?.(wrong))()).rejects.toMatchObject({
    code: "invalid_request",
    message: expect.stringContaining(message),
  });
});

test("a scenario that the configuration hasn't is not trained", async () => {
  const calls = await openCalls();
  const scenario = { ...parseConfiguration().scenarios[0], name: "elsewhere" };
  await expect(calls.train?.({ scenario })).rejects.toMatchObject({ code: "unknown_scenario" });
});

test.each(["", 7, "a\u0000"])("a decision id that is %j is refused and not stored", async (id) => {
  const { store, clock } = await openShop();
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(shopConfiguration()),
    clock,
    random: createRandom(1),
    createId: () => id as string,
  });
  await expect(engine.recommend({ userId: "ada" })).rejects.toMatchObject({
    code: "invalid_request",
    details: { field: "createId" },
  });
  expect(await store.decisions.count()).toBe(0);
  await engine.close();
});
