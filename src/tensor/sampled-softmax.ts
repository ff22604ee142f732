import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { cast, log, negate } from "./elementwise.ts";
import { apply, constant, replaceGradient, type Value } from "./graph.ts";
import { concat, reshape, slice, transpose } from "./layout.ts";
import { matmul, rowsProduct } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Embeddings of some classes, and the probabilities of the draw. */
export interface SampledClasses {
  /** e, [classes, width] */
  readonly embeddings: Value;
  /** Which classes they are, int32 [classes]. */
  readonly ids: Value;
  /** log Q: logarithm of the expected number of the class in the draw, [classes]. */
  readonly logExpected: Value;
}

interface Options {
  /** h, [rows, width] */
  readonly states: Value;
  /** One class a row. */
  readonly targets: SampledClasses;
  readonly negatives: SampledClasses;
  /** w, [rows] */
  readonly weights: Value;
}

/** Smallest normal float32: a probability that rounds to 0 costs 87 nats, not infinity. */
const tiny = 2 ** -126;
/** Logit of a negative that is the row's own target. */
const masked = -1e9;

/**
 * −Σ_r w_r log(e^p_r / (e^p_r + Σ_k e^n_rk)) with p_r = h_r·e_r − log Q_r and n_rk = h_r·e_k − log Q_k: softmax over the
 * target and negatives that all rows share. Without log Q, often drawn classes would be pushed down for being drawn (Bengio
 * & Senécal 2008; Yi et al. 2019, RecSys, eq. 3). A negative that is the row's target is left out. It can be differentiated once.
 */
export function sampledSoftmax(options: Options): Value {
  const { states, targets, negatives, weights } = options;
  const [rows = 0] = weights.shape;
  const [drawn = 0] = negatives.ids.shape;
  assertClasses(states, targets, rows);
  assertClasses(states, negatives, drawn);
  const own = subtract(
    sum(multiply(states, targets.embeddings), { axes: [1] }),
    targets.logExpected,
  );
  const others = add(
    matmul(states, transpose(negatives.embeddings, [1, 0])),
    negate(negatives.logExpected),
  );
  const masking = hitMask(targets.ids, negatives.ids);
  const logits = concat([reshape(own, [rows, 1]), add(others, masking)], 1);
  return firstClassLoss(softmax(logits), options);
}

/**
 * −Σ_r w_r log p_r0 of the target's probability, with the gradient w(p − 1[0]) of its logits passed
 * on to their inputs.
 */
function firstClassLoss(
  probabilities: Value,
  { states, targets, negatives, weights }: Options,
): Value {
  const { graph } = states;
  const [rows = 0, width = 0] = states.shape;
  const columns = reshape(weights, [rows, 1]);
  const first = slice(probabilities, { axis: 1, start: 0, end: 1 });
  const loss = negate(sum(multiply(columns, log(add(first, tiny)))));
  // Zeros for the target's column, in place of a copy of the probabilities without it.
  const zeros = constant(graph, new Float32Array(width), [1, width]);
  const inputs = [states, targets.embeddings, negatives.embeddings];
  return replaceGradient(loss, inputs, (gradient) => {
    const scale = multiply(columns, gradient);
    const slope = multiply(subtract(first, 1), scale);
    const others = matmul(probabilities, concat([zeros, negatives.embeddings], 0));
    const drawn = rowsProduct(probabilities, multiply(states, scale));
    return [
      add(multiply(others, scale), multiply(targets.embeddings, slope)),
      multiply(states, slope),
      slice(drawn, { axis: 0, start: 1, end: drawn.shape[0]! }),
    ];
  });
}

/** [rows, drawn] of 0 and, if a negative is the row's target, a logit that excludes it. */
function hitMask(targets: Value, negatives: Value): Value {
  const { graph } = targets;
  const [rows = 0] = targets.shape;
  const shape = [rows, negatives.shape[0]!];
  const same = apply({
    operator: "Equal",
    inputs: [reshape(targets, [rows, 1]), negatives],
    shape,
    type: "bool",
  });
  return multiply(cast(same, graph.precision), masked);
}

function assertClasses(states: Value, classes: SampledClasses, count: number): void {
  const { embeddings, ids, logExpected } = classes;
  const shapes = [embeddings.shape, ids.shape, logExpected.shape] as const;
  const expected = [[count, states.shape[1]!], [count], [count]];
  if (states.shape.length !== 2 || !shapes.every((shape, i) => sameShape(shape, expected[i]!)))
    throw shapeError(
      "sampledSoftmax",
      "states [rows, width] and classes [count, width], [count], [count]",
      states.shape,
      ...shapes,
    );
}
