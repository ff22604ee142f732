import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FirstSlates } from "../../src/domain/first-slates.ts";
import { dataFolder } from "../support/data-folder.ts";
import { createTestFolder } from "../support/store.ts";
import { connect, runRecurve, startRecurve } from "./recurve.ts";

const movielens = join(dataFolder, "ml-100k");
const isWhole = process.env.RECURVE_FULL !== undefined;
const subsetUsers = 8;

interface Rating {
  readonly userId: string;
  readonly itemId: string;
}

/** The published folder, or a copy with the first users only. */
function prepareFolder(): { folder: string; ratings: readonly Rating[] } {
  const lines = readFileSync(join(movielens, "u.data"), "utf8").trim().split("\n");
  const kept = isWhole ? lines : lines.filter((line) => Number.parseInt(line, 10) <= subsetUsers);
  const ratings = kept.map((line) => {
    const [userId = "", itemId = ""] = line.split("\t");
    return { userId, itemId };
  });
  if (isWhole) return { folder: movielens, ratings };
  const folder = createTestFolder();
  writeFileSync(join(folder, "u.data"), `${kept.join("\n")}\n`);
  for (const name of ["u.item", "u.user"]) copyFileSync(join(movielens, name), join(folder, name));
  return { folder, ratings };
}

test.skipIf(!existsSync(movielens))(
  "import, train and serve take MovieLens to a slate for user 1 (needs RECURVE_DATA)",
  { timeout: 400_000 },
  async () => {
    const { folder, ratings } = prepareFolder();
    const home = createTestFolder();
    const imported = await runRecurve(home, "import", "movielens", folder);
    expect(imported).toMatchObject({ code: 0, output: expect.stringMatching(/refused +0\n/) });
    const trained = await runRecurve(home, "train", "--minutes", "1");
    expect(trained).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /trained policy's slates hold the next item of.*\npolicy temperature \d\.\d{3}: served keeps (?:\d\.\d\d|all) of sorted/s,
      ),
    });

    const serving = startRecurve(home, "serve", "--port", "0");
    const client = await connect(serving);
    const { cycles } = await client.listCycles({ scenario: "items" });
    expect(cycles.map(({ candidateVersion }) => candidateVersion)).toEqual([7]);
    const { slates } = cycles[0]!.record as unknown as { slates: FirstSlates };
    const { served, sorted, effectiveChoices } = slates.network;
    expect(slates.users + slates.choice.users).toBe(new Set(ratings.map((r) => r.userId)).size);
    expect(effectiveChoices).toBeGreaterThan(1);
    if (isWhole) {
      expect(cycles[0]!.outcome).toBe("initial");
      expect(served.mean).toBeGreaterThan(slates.popularity.served.mean);
      expect(served.mean).toBeGreaterThanOrEqual(0.9 * sorted.mean);
      expect(effectiveChoices).toBeGreaterThanOrEqual(10);
    }

    const { decisionId, slate, slatePropensity } = await client.recommend({
      userId: "1",
      slateSize: 5,
    });
    const seen = ratings.filter(({ userId }) => userId === "1").map(({ itemId }) => itemId);
    expect(seen.length).toBeGreaterThan(100);
    expect(slate.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4]);
    expect(seen).not.toEqual(
      expect.arrayContaining([expect.toBeOneOf(slate.map((s) => s.itemId))]),
    );
    const joint = slate.reduce((product, { propensity }) => product * propensity, 1);
    expect(joint).toBeCloseTo(slatePropensity, 12);
    // 0.03 of exploration over at most 1,682 candidates bounds every propensity from below.
    expect(Math.min(...slate.map(({ propensity }) => propensity))).toBeGreaterThan(0.03 / 1682);
    const clicked = slate[0]!.itemId;
    expect((await client.getItem(clicked)).attributes.title).toEqual(expect.any(String));
    const { outcomes } = await client.sendEvents([
      { type: "click", userId: "1", itemId: clicked, decisionId },
    ]);
    expect(outcomes).toEqual(["rewarded"]);

    const audited = await runRecurve(home, "audit");
    expect(audited).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /decisions checked +1\n.*\narms not derivable +0\nretrievals not derivable +0\nfindings +0\n/,
      ),
    });
    serving.child.kill("SIGINT");
    expect(await serving.ended()).toMatchObject({
      code: 0,
      output: expect.stringMatching(/stopped; the same command continues from here"}\n$/),
    });
  },
);
