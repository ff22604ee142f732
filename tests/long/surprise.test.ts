import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateRatings, splitRatings } from "../../src/analysis/ratings/evaluate-ratings.ts";
import { readRatings, type UserRating } from "../../src/analysis/ratings/read-ratings.ts";
import { dataFolder } from "../support/data-folder.ts";
import { installPeer } from "../support/python-peer.ts";
import { createTestFolder } from "../support/store.ts";

const data = join(dataFolder, "ml-100k");
const seeds = [1, 2];

test.skipIf(process.env.RECURVE_LONG === undefined || !existsSync(data))(
  "on MovieLens 100k factors err less than Surprise's SVD, and biases as its own (needs RECURVE_LONG, RECURVE_DATA, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("surprise");
    if (peer === undefined) return skip("scikit-surprise can't be installed");
    const read = await readRatings(data, { now: Date.now(), signal: new AbortController().signal });
    const folder = createTestFolder();
    const write = (name: string, ratings: readonly UserRating[]) => {
      const lines = ratings.map(({ user, item, value }) => `${user},${item},${value}\n`);
      writeFileSync(join(folder, name), lines.join(""));
      return join(folder, name);
    };
    for (const seed of seeds) {
      const [heldOut, training] = splitRatings(read.ratings, 1 / 5, seed);
      const files = [write("training.csv", training), write("held-out.csv", heldOut)];
      const theirs = JSON.parse(peer.run("rate_surprise.py", ...files).toString());
      const { rated } = await evaluateRatings(read, { seed, onFit: () => {} });
      const ours = Object.fromEntries(rated.map((one) => [one.predictor, one]));
      process.stdout.write(`seed ${seed}: ${JSON.stringify({ ours, theirs })}\n`);
      expect(ours.factors!.rmse).toBeLessThan(theirs.svd.rmse);
      expect(ours.factors!.mae).toBeLessThan(theirs.svd.mae);
      // Two ways to shrink the same biases, on the same ratings: within half a standard error.
      const distance = Math.abs(ours.biases!.rmse - theirs.biases.rmse);
      expect(distance).toBeLessThan(ours.biases!.rmseStandardError / 2);
    }
    return undefined;
  },
);
