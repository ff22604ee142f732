import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";
import type { SimulationSettings } from "./job.ts";
import { withStart } from "./with-start.ts";

/** Made here: twenty users who walk around a circle of thirty items. */
function createSettings(change: Partial<SimulationSettings> = {}): SimulationSettings {
  const data = join(createTestFolder(), "walk.txt");
  const walk = (user: number) =>
    Array.from({ length: 12 }, (_, step) => 1 + ((7 * user + step) % 30)).join(" ");
  const lines = Array.from({ length: 20 }, (_, user) => `${user + 1} ${walk(user)}`);
  writeFileSync(data, lines.join("\n"));
  const shape = { world: "catalogue", drift: false, cycles: 2, decisionsPerCycle: 50 } as const;
  return { ...shape, data, ...change };
}

test("the start is trained before the loops and removed after them", async () => {
  const seen = await withStart(createSettings(), async (start = "") => {
    const store = await openStore(start);
    const counts = [await store.events.count(), await store.users.count()];
    await store.close();
    return { start, counts };
  });
  expect(seen.counts).toEqual([20 * 6, 20]);
  expect(existsSync(dirname(seen.start))).toBe(false);
});

test("it is removed as well if a loop fails", async () => {
  let folder = "";
  const failing = withStart(createSettings(), async (start = "") => {
    folder = dirname(start);
    throw new Error("a loop failed");
  });
  await expect(failing).rejects.toThrow("a loop failed");
  expect(existsSync(folder)).toBe(false);
});

test("data that can't be played are refused before anything is trained", async () => {
  const never = () => expect.fail("expected a refusal");
  await expect(withStart(createSettings({ cycles: 3 }), never)).rejects.toThrow(
    "turns is 150: walk.txt has 120 interactions",
  );
  await expect(withStart(createSettings({ data: "nowhere" }), never)).rejects.toThrow("nowhere");
});

test("a world without behaviour to train on has no start", async () => {
  const settings = createSettings({ world: "synthetic" });
  expect(await withStart(settings, async (start) => start)).toBeUndefined();
});
