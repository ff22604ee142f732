import { expect, test } from "vitest";
import { weightedSum } from "../../../tests/support/check-gradient.ts";
import { createRandom } from "../../numeric/random.ts";
import { gelu } from "../../tensor/activation.ts";
import { add, divide, multiply, subtract } from "../../tensor/arithmetic.ts";
import { causalSpans } from "../../tensor/attention.ts";
import { sqrt } from "../../tensor/elementwise.ts";
import { gradients } from "../../tensor/gradients.ts";
import { createGraph, type Graph, input, parameter, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { reshape, transpose } from "../../tensor/layout.ts";
import { matmul, matmulTransposed } from "../../tensor/linear-algebra.ts";
import { mean, softmax } from "../../tensor/reduction.ts";
import { createSession } from "../../tensor/session.ts";
import type { ParameterOf } from "./block.ts";
import { createEncoder, declareHistories } from "./encoder.ts";
import { createHistoryFeeds, writeHistory } from "./history-batch.ts";
import { createTransformer, transformerParameters } from "./parameters.ts";
import type { TransformerShape } from "./shape.ts";

const rows = 2;
const shapeOf = (heads: number): TransformerShape => ({
  items: 9,
  width: 8,
  blocks: 2,
  heads,
  length: 105,
  feedForward: "gelu",
});

/** The encoder as its formulae have it: every norm, product and softmax by itself. */
function byDefinition(
  graph: Graph<"float64">,
  parameterOf: ParameterOf,
  shape: TransformerShape,
): Value {
  const ids = (name: string) => input(graph, name, [rows, shape.length], "int32");
  const { mask } = causalSpans(ids("segments"), 1)[0]!;
  const norm = (x: Value, name: string) => {
    const centred = subtract(x, lastMean(x));
    const deviation = sqrt(add(lastMean(multiply(centred, centred)), 1e-5));
    return add(
      multiply(divide(centred, deviation), parameterOf(`${name}Scale`)),
      parameterOf(`${name}Shift`),
    );
  };
  let x = add(
    gatherRows(parameterOf("itemTable"), ids("items")),
    gatherRows(parameterOf("positionTable"), ids("positions")),
  );
  for (let block = 0; block < shape.blocks; block++) {
    const own = (name: string) => `block${block}/${name}`;
    const attended = attend(norm(x, own("attention")), (name) => parameterOf(own(name)), {
      mask,
      shape,
    });
    x = add(x, matmul(attended, parameterOf(own("outputWeights"))));
    const normal = norm(x, own("forward"));
    const inner = gelu(
      add(matmul(normal, parameterOf(own("innerWeights"))), parameterOf(own("innerBias"))),
    );
    x = add(x, add(matmul(inner, parameterOf(own("outerWeights"))), parameterOf(own("outerBias"))));
  }
  return norm(x, "state");
}

const lastMean = (value: Value) => mean(value, { axes: [-1], keepDims: true });

function attend(
  normal: Value,
  parameterOf: ParameterOf,
  { mask, shape }: { readonly mask: Value; readonly shape: TransformerShape },
) {
  const { heads, width, length } = shape;
  const split = (name: string) =>
    transpose(
      reshape(matmul(normal, parameterOf(`${name}Weights`)), [rows, length, heads, width / heads]),
      [0, 2, 1, 3],
    );
  const logits = divide(matmulTransposed(split("query"), split("key")), Math.sqrt(width / heads));
  const mixed = matmul(softmax(add(logits, mask)), split("value"));
  return reshape(transpose(mixed, [0, 2, 1, 3]), [rows, length, width]);
}

/** Histories that fill a row, share one, and leave some of one empty, at the front or the back. */
function feedsOf(padding: "none" | "front" | "back") {
  const { length } = shapeOf(1);
  const feeds = createHistoryFeeds(rows * length);
  const random = createRandom(3);
  const items = (count: number) => Array.from({ length: count }, () => random.integer(9));
  writeHistory(feeds, items(length), { start: 0, segment: 1 });
  const gap = { none: 0, front: 4, back: 4 }[padding];
  const start = length + (padding === "front" ? gap : 0);
  writeHistory(feeds, items(60), { start, segment: 1 });
  writeHistory(feeds, items(length - 60 - gap), { start: start + 60, segment: 2 });
  return feeds;
}

/** A loss of the states and its gradients by parameter, in float64. */
async function run(
  encode: (graph: Graph<"float64">, values: Record<string, Value>) => Value,
  shape: TransformerShape,
  padding: "none" | "front" | "back",
) {
  const graph = createGraph("float64");
  const random = createRandom(1);
  const { parameters } = createTransformer(shape, random);
  const specs = Object.entries(transformerParameters(shape));
  const values = Object.fromEntries(
    specs.map(([name, spec]) => [name, parameter(graph, name, spec.shape)]),
  );
  const loss = weightedSum(encode(graph, values));
  const slopes = gradients(loss, Object.values(values));
  const outputs = Object.fromEntries(specs.map(([name], index) => [`${name}'`, slopes[index]!]));
  const session = await createSession(graph, { loss, ...outputs });
  // Away from a start's zeros and ones, so that every term counts.
  const feeds = specs.map(([name]) => [
    name,
    Float64Array.from(parameters[name]!, (value) => value + 0.3 * random.normal()),
  ]);
  const results = await session.run({ ...Object.fromEntries(feeds), ...feedsOf(padding) });
  await session.close();
  return results;
}

test.each([
  [1, "none"],
  [1, "front"],
  [1, "back"],
  [2, "none"],
  [2, "front"],
  [2, "back"],
] as const)(
  "an encoder of %d heads has the loss and gradients of its formulae, with padding: %s",
  async (heads, padding) => {
    const shape = shapeOf(heads);
    const got = await run(
      (graph, values) =>
        createEncoder(values, shape)(declareHistories(graph, { rows, length: shape.length })),
      shape,
      padding,
    );
    const expected = await run(
      (graph, values) => byDefinition(graph, (name) => values[name]!, shape),
      shape,
      padding,
    );
    for (const [name, slopes] of Object.entries(expected)) {
      // Norms hand on 1/√(var + ε) in float32, 6e-8 relative, through five of them.
      const bound = 1e-6 * Math.max(...slopes.map(Math.abs));
      for (const [index, slope] of slopes.entries())
        expect(Math.abs(got[name]![index]! - slope), `${name}[${index}]`).toBeLessThan(bound);
    }
  },
);
