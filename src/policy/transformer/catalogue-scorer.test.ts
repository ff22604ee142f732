import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createCatalogueScorer } from "./catalogue-scorer.ts";
import { createTransformer } from "./parameters.ts";
import { presetShape } from "./shape.ts";

const model = createTransformer(presetShape("small", { items: 30, length: 8 }), createRandom(5));

const close = (scores: readonly Float32Array[]) =>
  scores.map((row) => [...row].map((score) => expect.closeTo(score, 5)));

test("every item gets a score, whatever the batch", async () => {
  const histories = [[1, 2, 3], [4], [29, 0, 7, 7]];
  const single = await createCatalogueScorer(model);
  const batched = await createCatalogueScorer(model, { rows: 2, threads: 2 });
  const scores = await single.score(histories);
  expect(scores.map((row) => row.length)).toEqual([30, 30, 30]);
  expect(scores[0]).not.toEqual(scores[1]);
  expect((await batched.score(histories)).map((row) => [...row])).toEqual(close(scores));
  await single.close();
  await batched.close();
});

test("only the newest items of a long history count", async () => {
  const scorer = await createCatalogueScorer(model);
  const newest = [3, 1, 4, 1, 5, 9, 2, 6];
  const [long, short] = await scorer.score([[11, 12, ...newest], newest]);
  expect(long).toEqual(short);
  await scorer.close();
});

test("an empty history and an unknown item are refused", async () => {
  const scorer = await createCatalogueScorer(model);
  await expect(scorer.score([[]])).rejects.toThrow("a history must have an item, got none");
  await expect(scorer.score([[1, 30]])).rejects.toThrow(
    "items must be integers in [0, 30), got 30",
  );
  await scorer.close();
});
