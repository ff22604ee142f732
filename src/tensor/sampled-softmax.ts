import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { log, negate } from "./elementwise.ts";
import { apply, constant, replaceGradient, type Value } from "./graph.ts";
import { concat, reshape, slice, transpose } from "./layout.ts";
import { matmul } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Embeddings of some classes, and what is known of the draw that they would have come from. */
export interface SampledClasses {
  /** e, [classes, width] */
  readonly embeddings: Value;
  /** Which classes they are, int32 [classes]. */
  readonly ids: Value;
  /** log Q: logarithm of how often the draw is expected to have the class, [classes]. */
  readonly logExpected: Value;
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
export function sampledSoftmax(options: {
  /** h, [rows, width] */
  readonly states: Value;
  /** One class a row. */
  readonly targets: SampledClasses;
  readonly negatives: SampledClasses;
  /** w, [rows] */
  readonly weights: Value;
}): Value {
  const { states, targets, negatives, weights } = options;
  const [rows = 0] = weights.shape;
  const [drawn = 0] = negatives.ids.shape;
  assertClasses(states, targets, rows);
  assertClasses(states, negatives, drawn);
  const own = subtract(
    sum(multiply(states, targets.embeddings), { axes: [1] }),
    targets.logExpected,
  );
  const others = subtract(
    matmul(states, transpose(negatives.embeddings, [1, 0])),
    negatives.logExpected,
  );
  const logits = concat(
    [reshape(own, [rows, 1]), add(others, hitMask(targets.ids, negatives.ids))],
    1,
  );
  return firstClassLoss(logits, weights);
}

/** −Σ_r w_r log softmax(z_r)[0], with its gradient w(p − 1[0]) in place of the longer way that it came. */
function firstClassLoss(logits: Value, weights: Value): Value {
  const { graph, shape } = logits;
  const [rows = 0, classes = 0] = shape;
  const probabilities = softmax(logits);
  const first = reshape(slice(probabilities, { axis: 1, start: 0, end: 1 }), [rows]);
  const loss = negate(sum(multiply(weights, log(add(first, tiny)))));
  const isFirst = constant(graph, [1, ...new Float32Array(classes - 1)], [1, classes]);
  return replaceGradient(loss, [logits], (gradient) => {
    const scale = reshape(multiply(weights, gradient), [rows, 1]);
    return [multiply(subtract(probabilities, isFirst), scale)];
  });
}

/** [rows, drawn] of 0 and, where a negative is the row's target, a logit that excludes it. */
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
  const inputs = [same, constant(graph, [masked]), constant(graph, [0])];
  return apply({ operator: "Where", inputs, shape, type: graph.precision });
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
