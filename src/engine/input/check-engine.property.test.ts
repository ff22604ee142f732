import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openTestEngine, type TestEngine } from "../../../tests/support/engine.ts";
import { call, type Method, methods } from "../../../tests/support/input.ts";
import { shopConfiguration, shopItems } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { EngineError, errorCodes } from "../../domain/errors.ts";
import { createServer } from "../../server/create-server.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";

const configuration = shopConfiguration({ rest: { baselineShare: 0.5 } });

/** Allowed answers of a method: a result, or an error that is documented and expected. */
async function isAnswered(
  { engine }: TestEngine,
  method: Method,
  input: unknown,
): Promise<boolean> {
  try {
    await (engine[method] as (input: unknown) => Promise<unknown>)(input);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(EngineError);
    const { code, message } = error as EngineError;
    expect(errorCodes).toContain(code);
    expect(["internal", "storage_unavailable"]).not.toContain(code);
    expect(message).not.toBe("");
    return false;
  }
}

/**
 * Opens the record after the calls, serves from it over library and HTTP, and derives every
 * decision again.
 */
async function expectSound(path: string): Promise<void> {
  const opened = await openTestEngine(configuration, path, "later");
  const { engine, store, clock, close } = opened;
  const user = { userId: "ann", candidates: [{ itemId: "fresh", features: {} }], slateSize: 1 };
  const app = createServer({ engine, version: "1", clock, logError: () => {} });
  const pages = ["/api/v1/items", "/api/v1/users", "/api/v1/reward-series", "/api/v1/scenarios"];
  for (const page of pages) expect([page, (await app.request(page)).status]).toEqual([page, 200]);
  for (const { decision } of await store.decisions.recent(5)) {
    const url = `/api/v1/decisions/${encodeURIComponent(decision.decisionId)}`;
    expect((await app.request(url)).status).toBe(200);
    expect((await app.request(`${url}/explanation`)).status).toBe(200);
  }
  expect((await engine.health()).problems).toEqual([]);
  await engine.putItems([{ itemId: "last" }]);
  expect((await engine.recommend({ userId: "ann" })).decision.slate.length).toBeGreaterThan(0);
  expect((await engine.recommend(user)).decision.slate).toEqual(["fresh"]);
  const { findings } = await audit({ store, configuration: parseConfiguration(configuration) });
  expect(findings).toEqual([]);
  await close();
}

test("any input through any method is refused with a documented code, or leaves a record that opens, serves and audits", async () => {
  const folder = createTestFolder();
  const answered = new Map<Method, Set<boolean>>(methods.map((method) => [method, new Set()]));
  let files = 0;
  const property = fc.asyncProperty(
    fc.array(call, { minLength: 60, maxLength: 60, size: "max" }),
    async (calls) => {
      const path = join(folder, `${++files}.db`);
      const opened = await openTestEngine(configuration, path);
      await opened.engine.putItems(shopItems(3));
      for (const { method, input } of calls) {
        answered.get(method)?.add(await isAnswered(opened, method, input));
      }
      await opened.close();
      await expectSound(path);
    },
  );
  await fc.assert(property, { numRuns: 12, seed: 41 });
  // The inputs are worth something: each method has refused some and taken others.
  for (const method of methods) {
    // There is never a policy to go back to here.
    expect([method, answered.get(method)?.size]).toEqual([method, method === "rollBack" ? 1 : 2]);
  }
}, 60_000);
