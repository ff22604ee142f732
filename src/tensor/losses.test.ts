import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGradient, evaluate } from "../../tests/support/check-gradient.ts";
import { createRandom } from "../numeric/random.ts";
import { gradients } from "./gradients.ts";
import { createGraph, type Graph, input, type Precision, parameter, type Value } from "./graph.ts";
import { matmulTransposed } from "./linear-algebra.ts";
import { linearCrossEntropy } from "./linear-cross-entropy.ts";
import { binaryCrossEntropy, crossEntropy, huber } from "./losses.ts";
import { sampledSoftmax } from "./sampled-softmax.ts";

const floats = (...values: number[]) => Float32Array.from(values);

test("binary cross-entropy has its known values, at large logits too", async () => {
  const got = await evaluate(
    (graph) =>
      binaryCrossEntropy(
        input(graph, "logits", [4]),
        input(graph, "targets", [4]),
        input(graph, "weights", [4]),
      ),
    { logits: floats(0, 2, -80, 80), targets: floats(1, 0.5, 1, 1), weights: floats(1, 2, 1, 1) },
  );
  // log 2 + 2(log(1 + e²) − 0.5·2) + 80 + 0 = 0.693147 + 2.253856 + 80.
  expect(got[0]).toBeCloseTo(82.947003, 4);
});

test("huber is quadratic up to delta and linear beyond", async () => {
  const got = await evaluate(
    (graph) =>
      huber({
        values: input(graph, "values", [4]),
        targets: input(graph, "targets", [4]),
        weights: input(graph, "weights", [4]),
        delta: 2,
      }),
    { values: floats(1, 0, 5, -5), targets: floats(0, 0, 0, 0), weights: floats(1, 1, 1, 10) },
  );
  // 1/2 + 0 + 2(5 − 1) + 10·2(5 − 1).
  expect(got[0]).toBeCloseTo(88.5, 4);
});

test("the gradients of binary cross-entropy and huber are right", async () => {
  const shape = [5];
  const feeds = {
    values: Float64Array.of(-3, -0.4, 0, 0.7, 2.2),
    targets: Float64Array.of(1, 0, 0.3, 1, 0),
    weights: Float64Array.of(1, 2, 0.5, 1, 3),
  };
  const inputs = (graph: Graph<Precision>) =>
    (["values", "targets", "weights"] as const).map((name) => parameter(graph, name, shape));
  await checkGradient({
    build: (graph) => {
      const [logits, targets, weights] = inputs(graph);
      const loss = binaryCrossEntropy(logits!, targets!, weights!);
      return { loss, parameters: [logits!, targets!, weights!] };
    },
    feeds,
  });
  await checkGradient({
    build: (graph) => {
      const [values, targets, weights] = inputs(graph);
      const loss = huber({ values: values!, targets: targets!, weights: weights!, delta: 1.5 });
      return { loss, parameters: [values!, targets!, weights!] };
    },
    feeds,
  });
});

interface Drawn {
  readonly rows: number;
  readonly width: number;
  readonly classes: number;
  readonly seed: number;
}
const drawn: fc.Arbitrary<Drawn> = fc.record({
  rows: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 3 }),
  classes: fc.integer({ min: 2, max: 6 }),
  seed: fc.nat(),
});

function randomFeeds({ rows, width, classes, seed }: Drawn) {
  const random = createRandom(seed);
  const normals = (length: number) => Float64Array.from({ length }, () => random.normal());
  return {
    states: normals(rows * width),
    table: normals(classes * width),
    targets: Int32Array.from({ length: rows }, () => random.integer(classes)),
    weights: Float64Array.from({ length: rows }, () => random.uniform()),
  };
}

type RandomFeeds = ReturnType<typeof randomFeeds>;

const toFloat32 = (feeds: RandomFeeds) => ({
  states: Float32Array.from(feeds.states),
  table: Float32Array.from(feeds.table),
  targets: feeds.targets,
  weights: Float32Array.from(feeds.weights),
});

const logitOf = ({ states, table }: RandomFeeds, width: number, row: number, item: number) => {
  let logit = 0;
  for (let d = 0; d < width; d++) logit += states[row * width + d]! * table[item * width + d]!;
  return logit;
};

/** −Σ w log softmax, by definition. */
function expectedLoss(feeds: RandomFeeds, { rows, width, classes }: Drawn): number {
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const logits = Array.from({ length: classes }, (_, item) => logitOf(feeds, width, row, item));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    loss += feeds.weights[row]! * (Math.log(total) - logits[feeds.targets[row]!]!);
  }
  return loss;
}

function rowInputs(graph: Graph<Precision>, { rows, width, classes }: Drawn) {
  return {
    states: parameter(graph, "states", [rows, width]),
    table: parameter(graph, "table", [classes, width]),
    targets: input(graph, "targets", [rows], "int32"),
    weights: input(graph, "weights", [rows]),
  };
}

test("linear cross-entropy and its gradients are right for random shapes", async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (shape) => {
      const feeds = randomFeeds(shape);
      const got = await evaluate(
        (graph) => linearCrossEntropy(rowInputs(graph, shape)),
        toFloat32(feeds),
      );
      // Five rows of losses below 20, each rounded to float32 a few times.
      expect(Math.abs(got[0]! - expectedLoss(feeds, shape))).toBeLessThan(5e-5);
      await checkGradient({
        build: (graph) => {
          const inputs = rowInputs(graph, shape);
          return { loss: linearCrossEntropy(inputs), parameters: [inputs.states, inputs.table] };
        },
        feeds,
      });
    }),
    { numRuns: 15 },
  );
});

test("linear cross-entropy is the same in chunks as cross-entropy is of all logits", async () => {
  // 2²¹ logits at a time are two chunks here, of 3 rows and of 2.
  const shape = { rows: 5, width: 2, classes: 600_000, seed: 3 };
  const feeds = toFloat32(randomFeeds(shape));
  const chunked = await evaluate((graph) => linearCrossEntropy(rowInputs(graph, shape)), feeds);
  // Five rows of losses below 20, whose sums of 600,000 terms one thread rounds ten times as much as many do.
  expect(chunked[0]).toBeCloseTo(expectedLoss(randomFeeds(shape), shape), 3);
  for (const name of ["states", "table"] as const) {
    const slopes = (lossOf: (inputs: ReturnType<typeof rowInputs>) => Value) =>
      evaluate((graph) => {
        const inputs = rowInputs(graph, shape);
        return gradients(lossOf(inputs), [inputs[name]])[0]!;
      }, feeds);
    const expected = await slopes(({ states, table, targets, weights }) =>
      crossEntropy(matmulTransposed(states, table), targets, weights),
    );
    const got = await slopes(linearCrossEntropy);
    const furthest = got.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
    // Sums of five rows, or of 600,000 classes whose probabilities are near 1/600,000 each.
    expect(furthest).toBeLessThan(1e-5);
  }
});

test("cross-entropy of logits and its gradient are right", async () => {
  const shape = { rows: 3, width: 4, classes: 4, seed: 9 };
  const identity = Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const feeds = { ...randomFeeds(shape), table: identity };
  const build = (graph: Graph<Precision>) => {
    const { states, targets, weights } = rowInputs(graph, shape);
    return { loss: crossEntropy(states, targets, weights), parameters: [states] };
  };
  const got = await evaluate((graph) => build(graph).loss, toFloat32(feeds));
  expect(got[0]).toBeCloseTo(expectedLoss(feeds, shape), 5);
  await checkGradient({ build, feeds });
});

test("a target that float32 gives no chance costs a finite loss", async () => {
  const shape = { rows: 1, width: 1, classes: 2, seed: 0 };
  const feeds = {
    states: floats(1),
    table: floats(0, 500),
    targets: Int32Array.of(0),
    weights: floats(1),
  };
  const got = await evaluate((graph) => linearCrossEntropy(rowInputs(graph, shape)), feeds);
  expect(got[0]).toBeCloseTo(126 * Math.LN2, 3);
});

function sampledInputs(graph: Graph<Precision>, drawn: number) {
  const negatives = {
    embeddings: parameter(graph, "negatives", [drawn, 2]),
    ids: input(graph, "negativeIds", [drawn], "int32"),
    logExpected: input(graph, "negativeLogExpected", [drawn]),
  };
  const targets = {
    embeddings: parameter(graph, "targets", [2, 2]),
    ids: input(graph, "targetIds", [2], "int32"),
    logExpected: input(graph, "targetLogExpected", [2]),
  };
  const states = parameter(graph, "states", [2, 2]);
  const loss = sampledSoftmax({
    states,
    targets,
    negatives,
    weights: input(graph, "weights", [2]),
  });
  return { loss, parameters: [states, targets.embeddings, negatives.embeddings] };
}

const sampledFeeds = {
  states: [1, 0.5, -0.3, 0.8],
  targets: [0.2, 0.4, 1, -1],
  targetIds: Int32Array.of(7, 8),
  targetLogExpected: [-1, -2],
  negatives: [0.1, 0.9, -0.5, 0.3, 0.6, 0.6],
  negativeIds: Int32Array.of(3, 8, 5),
  negativeLogExpected: [-0.5, -2, -1.5],
  weights: [1, 2],
};
const sampledIn = <A>(convert: (values: readonly number[]) => A) => ({
  states: convert(sampledFeeds.states),
  targets: convert(sampledFeeds.targets),
  targetIds: sampledFeeds.targetIds,
  targetLogExpected: convert(sampledFeeds.targetLogExpected),
  negatives: convert(sampledFeeds.negatives),
  negativeIds: sampledFeeds.negativeIds,
  negativeLogExpected: convert(sampledFeeds.negativeLogExpected),
  weights: convert(sampledFeeds.weights),
});

test("sampled softmax corrects by log Q and leaves the row's own target out", async () => {
  const got = await evaluate(
    (graph) => sampledInputs(graph, 3).loss,
    sampledIn((values) => Float32Array.from(values)),
  );
  // Row 0: own 0.4 + 1, negatives 0.55 + 0.5, −0.35 + 2, 0.9 + 1.5. Row 1: own −1.1 + 2, negative 1 (id 8) left out,
  // 0.69 + 0.5 and 0.3 + 1.5.
  const loss = (own: number, ...others: number[]) =>
    Math.log([own, ...others].reduce((sum, logit) => sum + Math.exp(logit), 0)) - own;
  expect(got[0]).toBeCloseTo(loss(1.4, 1.05, 1.65, 2.4) + 2 * loss(0.9, 1.19, 1.8), 5);
  await checkGradient({
    build: (graph) => sampledInputs(graph, 3),
    feeds: sampledIn((values) => Float64Array.from(values)),
  });
});

test("losses name the shapes that they refuse", () => {
  const graph = createGraph();
  const wide = input(graph, "wide", [2, 3]);
  const narrow = input(graph, "narrow", [2]);
  const ids = input(graph, "ids", [3], "int32");
  expect(() => binaryCrossEntropy(wide, narrow, narrow)).toThrow(
    "binaryCrossEntropy: expected values of one shape, got [2, 3] and [2] and [2]",
  );
  expect(() => huber({ values: wide, targets: wide, weights: wide, delta: 0 })).toThrow(
    "huber: delta must be above 0, got 0",
  );
  expect(() => crossEntropy(wide, ids, narrow)).toThrow(
    "pickLast: expected [rows, columns] and [rows], got [2, 3] and [3]",
  );
  expect(() =>
    linearCrossEntropy({ states: wide, table: narrow, targets: ids, weights: narrow }),
  ).toThrow("linearCrossEntropy: expected [rows, width], [classes, width], [rows] and [rows]");
  const classes = { embeddings: wide, ids, logExpected: narrow };
  expect(() =>
    sampledSoftmax({ states: wide, targets: classes, negatives: classes, weights: narrow }),
  ).toThrow("sampledSoftmax: expected states [rows, width] and classes [count, width]");
});
