import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  createModelFolder,
  wordModel,
  wordTokenizer,
  wordVectors,
} from "../../../../tests/support/sentence-model.ts";
import { createTestFolder } from "../../../../tests/support/store.ts";
import { add } from "../../../tensor/arithmetic.ts";
import { encodeModel } from "../../../tensor/encode-model.ts";
import { createGraph, input } from "../../../tensor/graph.ts";
import { openSentenceEncoder } from "./sentence-encoder.ts";

/** Mean of the words' vectors, scaled to length 1. */
function meanOf(...words: readonly string[]): number[] {
  const sum = [0, 1, 2, 3].map((i) =>
    words.reduce((total, word) => total + (wordVectors[word]?.[i] ?? 0), 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

test("a text is the mean of its token vectors, scaled to length 1", async () => {
  const encoder = await openSentenceEncoder(createModelFolder());
  expect(encoder.width).toBe(4);
  for (const words of [["robot"], ["robot", "wedding"], ["kiss", "android", "strange"]]) {
    const vector = await encoder.encode(words.join(" ").toUpperCase());
    for (const [i, value] of meanOf(...words).entries()) expect(vector[i]).toBeCloseTo(value, 6);
  }
});

test("a longer text is cut to the tokenizer's limit, and its last token stays", async () => {
  const encoder = await openSentenceEncoder(createModelFolder());
  const long = await encoder.encode("robot robot robot wedding wedding wedding kiss");
  expect([...long]).toEqual([...(await encoder.encode("robot robot robot kiss"))]);
});

test("another model or tokenizer has another id, the same ones have the same", async () => {
  const open = async (...files: Parameters<typeof createModelFolder>) =>
    (await openSentenceEncoder(createModelFolder(...files))).id;
  const id = await open();
  expect(await open()).toBe(id);
  expect(await open(wordModel({ unknown: 0.5 }))).not.toBe(id);
  expect(await open(wordModel(), { ...wordTokenizer, truncation: null })).not.toBe(id);
});

const graphOf = (name: string) => {
  const graph = createGraph();
  return encodeModel(graph, { y: add(input(graph, name, [1, 2]), 1) });
};

test.each([
  ["no model.onnx", () => createTestFolder(), /model\.onnx can't be read: ENOENT/],
  [
    "no tokenizer.json",
    () => {
      const folder = createModelFolder();
      rmSync(join(folder, "tokenizer.json"));
      return folder;
    },
    /tokenizer\.json can't be read: ENOENT/,
  ],
  [
    "a tokenizer that is no JSON",
    () => {
      const folder = createModelFolder();
      writeFileSync(join(folder, "tokenizer.json"), "{");
      return folder;
    },
    /tokenizer\.json is not a tokenizer: .*JSON/,
  ],
  [
    "JSON that is no tokenizer",
    () => createModelFolder(wordModel(), { hello: 1 }),
    /tokenizer\.json is not a tokenizer: /,
  ],
  [
    "a model that is no ONNX",
    () => createModelFolder(Buffer.from("PK no")),
    /model\.onnx is no ONNX model that runs here: /,
  ],
  [
    "a model that takes something else",
    () => createModelFolder(graphOf("pixel_values")),
    /model\.onnx takes pixel_values, expected input_ids/,
  ],
  [
    "a model without a vector for each token",
    () => createModelFolder(wordModel({ rank: 2 })),
    /model\.onnx (can't run on its tokenizer's tokens|gives \[)/,
  ],
  [
    "a model that gives no numbers",
    () => createModelFolder(wordModel({ unknown: Number.NaN })),
    /model\.onnx gives numbers that are not finite/,
  ],
  [
    "a tokenizer of another model",
    () => {
      const vocab = { ...wordTokenizer.model.vocab, text: 99 };
      const model = { ...wordTokenizer.model, vocab };
      return createModelFolder(wordModel(), { ...wordTokenizer, model });
    },
    /model\.onnx can't run on its tokenizer's tokens: /,
  ],
])("%s is invalid_configuration", async (_, folder, message) => {
  await expect(openSentenceEncoder(folder())).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringMatching(message),
    details: { field: "text.model" },
  });
});
