import { multiply } from "../../src/tensor/arithmetic.ts";
import { sum } from "../../src/tensor/broadcasting.ts";
import { gradients } from "../../src/tensor/gradients.ts";
import { constant, createGraph, type Graph, type Value } from "../../src/tensor/graph.ts";
import { createSession, type GraphSession } from "../../src/tensor/session.ts";
import { elementCount } from "../../src/tensor/shape.ts";

type Feeds64 = Readonly<Record<string, Float64Array | Int32Array>>;

export interface GradientCheck {
  /** Builds the scalar loss and the parameters to differentiate by; the same code as for training. */
  readonly build: (graph: Graph<"float64">) => {
    readonly loss: Value;
    readonly parameters: readonly Value[];
  };
  /** Parameters and data by input. */
  readonly feeds: Feeds64;
  /** Elements of a parameter to check, where all of them would take too long. */
  readonly elements?: (name: string) => readonly number[] | undefined;
}

/** Largest error, relative to the largest element of the parameter's gradient. */
const tolerance = 1e-6;
/** The third root of the rounding error of float64 balances h² against ε/h. */
const difference = 6e-6;

/** Holds `gradients` against central finite differences in float64; rejects with the element that differs. */
export async function checkGradient({ build, feeds, elements }: GradientCheck): Promise<void> {
  const graph = createGraph("float64");
  const { loss, parameters } = build(graph);
  const slopes = gradients(loss, parameters);
  const outputs = Object.fromEntries(slopes.map((slope, index) => [`slope${index}`, slope]));
  const session = await createSession(graph, { loss, ...outputs });
  const exact = await session.run(feeds);
  for (const [index, parameter] of parameters.entries()) {
    const { name } = parameter;
    const checked = elements?.(name) ?? [...feeds[name]!.keys()];
    const numeric = await finiteDifferences(session, feeds, { name, checked });
    const slope = Float64Array.from(checked, (element) => exact[`slope${index}`]![element]!);
    assertClose(name, slope, numeric);
  }
  await session.close();
}

async function finiteDifferences(
  session: GraphSession<"float64">,
  feeds: Feeds64,
  { name, checked }: { readonly name: string; readonly checked: readonly number[] },
) {
  const values = Float64Array.from(feeds[name]!);
  const slopes = new Float64Array(checked.length);
  for (const [place, index] of checked.entries()) {
    const value = values[index]!;
    const h = difference * Math.max(1, Math.abs(value));
    const lossAt = async (moved: number) =>
      (await session.run({ ...feeds, [name]: values.with(index, moved) })).loss![0]!;
    slopes[place] = ((await lossAt(value + h)) - (await lossAt(value - h))) / (2 * h);
  }
  return slopes;
}

function assertClose(name: string, exact: Float64Array, numeric: Float64Array): void {
  const scale = Math.max(1e-3, ...exact.map(Math.abs), ...numeric.map(Math.abs));
  for (const [index, value] of exact.entries()) {
    if (!(Math.abs(value - numeric[index]!) <= tolerance * scale))
      throw new Error(`gradient of ${name}[${index}]: ${value}, by differences ${numeric[index]}`);
  }
}

/** A scalar in which every element of the value has a weight of its own. */
export function weightedSum(value: Value): Value {
  const weights = Float64Array.from({ length: elementCount(value.shape) }, (_, i) =>
    Math.cos(1 + i),
  );
  return sum(multiply(value, constant(value.graph, weights, value.shape)));
}

/** Runs a float32 graph once. */
export async function evaluate(
  build: (graph: Graph) => Value,
  feeds: Readonly<Record<string, Float32Array | Int32Array>> = {},
): Promise<number[]> {
  const graph = createGraph();
  const session = await createSession(graph, { result: build(graph) });
  const { result } = await session.run(feeds);
  await session.close();
  return [...result!];
}
