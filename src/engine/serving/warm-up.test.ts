import { expect, onTestFinished, test } from "vitest";
import { countTurns } from "../../../tests/support/count-turns.ts";
import { sampleViews } from "../../../tests/support/policy.ts";
import type { Policy } from "../../policy/policy.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { warmUp } from "./warm-up.ts";

test("a catalogue is scored by parts, with turns for other work, before it is scored as a whole", async () => {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  await store.items.put(
    sampleViews(1200).map(({ itemId }) => ({
      itemId,
      categories: [],
      attributes: {},
      available: true,
    })),
  );
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.items.sequence());
  const asked: number[] = [];
  const policy: Policy = {
    kind: "network",
    logits: async (_, { length }) => {
      asked.push(length);
      return new Float64Array(length);
    },
    findBest: async (_, { length }) => {
      asked.push(length);
      return undefined;
    },
    close: async () => {},
  };
  const { scenarios } = parseConfiguration();
  const { turns } = await countTurns(() => warmUp(policy, { catalogue, scenarios }));
  // The last is asked for the best, which it leaves to exact logits.
  expect(asked).toEqual([500, 500, 200, 1200, 1200]);
  expect(turns).toBeGreaterThanOrEqual(3);
});
