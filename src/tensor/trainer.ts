import type { InferenceSession } from "onnxruntime-common";
import { type AdamGraph, type AdamSettings, adamScalars, buildAdam } from "./adam.ts";
import { type Banks, cellOutput, createBanks } from "./banks.ts";
import { selectModel } from "./encode-model.ts";
import type { Feeds } from "./feed.ts";
import { createTensorMaker } from "./feeds.ts";
import type { Graph, Value } from "./graph.ts";
import { createNativeSession } from "./session.ts";
import { elementCount } from "./shape.ts";
import { type Arrays, isState, type TrainerState } from "./trainer-state.ts";

export interface StepResult {
  /** Of the parameters before the step. May be NaN: the caller decides. */
  readonly loss: number;
  readonly outputs: Record<string, Float32Array>;
  /** Clipped gradients of `fed` by name. */
  readonly gradients: Record<string, Float32Array>;
}

/**
 * Trains by a graph that holds the whole step: forward, backward and Adam. Same state, feeds and threads: same
 * parameters, bit for bit. It owns native memory: close it.
 */
export interface Trainer {
  /** One Adam step, never two at a time. A step that throws leaves the state as it was. */
  step(feeds: Feeds, learningRate: number): Promise<StepResult>;
  /** A copy of the parameters by name. */
  parameters(): Record<string, Float32Array>;
  /** A copy of their running averages by name; empty if they are not averaged. */
  averages(): Record<string, Float32Array>;
  /** A copy of the state; another trainer continues from it as `initial`. */
  state(): TrainerState;
  close(): Promise<void>;
}

/** Graph, loss, parameters and Adam's settings of a trainer. */
export interface TrainerOptions extends AdamSettings {
  readonly graph: Graph;
  /** The scalar to lower. */
  readonly loss: Value;
  readonly parameters: readonly Value[];
  /**
   * Inputs whose gradients every step returns, for a caller that moves them itself; see
   * `createSparseTable`.
   */
  readonly fed?: readonly Value[];
  /** Starting parameters by name, or the state of an earlier trainer. */
  readonly initial: Arrays | TrainerState;
  /** Resolved by every step, of the parameters before it. */
  readonly outputs?: Readonly<Record<string, Value>>;
  /** Threads within an operation; default 1. */
  readonly threads?: number;
}

/**
 * A trainer by Adam for the parameters of a graph, with a scalar loss. It owns native memory: close
 * it.
 *
 * @throws RangeError if a parameter has no array in `initial`, an array of another size, or no part
 * in the loss
 *
 * @example
 * import { createGraph, createTrainer, mean, multiply, parameter } from "recurve/tensor";
 *
 * const graph = createGraph();
 * const w = parameter(graph, "w", [2, 1]);
 * const loss = mean(multiply(w, w));
 * const initial = { w: Float32Array.of(1, 2) };
 * const trainer = await createTrainer({ graph, loss, parameters: [w], initial });
 * console.log((await trainer.step({}, 0.1)).loss); // 2.5
 * console.log((await trainer.step({}, 0.1)).loss < 2.5); // true
 * await trainer.close();
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { graph, loss, parameters, fed = [], outputs = {} } = options;
  const adam = buildAdam({ loss, parameters, fed, settings: options });
  const start = startingState(options);
  const banks = createBanks(adam.cells, start);
  const slopes = Object.fromEntries(fed.map(({ name }, i) => [name, adam.fedGradients[i]!]));
  const results = {
    [lossOutput]: loss,
    ...mapKeys(outputs, resultOutput),
    ...mapKeys(slopes, gradientOutput),
    ...afterStep(adam),
  };
  const native = await createNativeSession(graph, results, {
    ...(options.threads !== undefined && { threads: options.threads }),
    plansMemory: false,
  });
  const data = fedInputs(selectModel(graph, results).inputs, adam);
  const names = { outputs: Object.keys(outputs), gradients: Object.keys(slopes) };
  const step = createStep({ native, banks, data, adam, names });
  let { steps } = start;
  let running = false;
  return {
    async step(feeds, learningRate) {
      if (running) throw new Error("a step is still running; await it before the next one");
      if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY))
        throw new RangeError(`learningRate must be finite and not negative, got ${learningRate}`);
      running = true;
      try {
        const result = await step(feeds, adamScalars(options, learningRate, steps + 1));
        steps++;
        return result;
      } finally {
        running = false;
      }
    },
    parameters: () => banks.arrays("parameters"),
    averages: () => banks.arrays("averages"),
    state: () => ({
      parameters: banks.arrays("parameters"),
      means: banks.arrays("means"),
      variances: banks.arrays("variances"),
      averages: banks.arrays("averages"),
      steps,
    }),
    close: () => native.release(),
  };
}

const lossOutput = "%loss";
const resultOutput = (name: string) => `%output/${name}`;
const gradientOutput = (name: string) => `%gradient/${name}`;

const mapKeys = <T>(record: Readonly<Record<string, T>>, name: (key: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), value]));

const afterStep = ({ cells }: AdamGraph) =>
  Object.fromEntries(cells.map((cell) => [cellOutput(cell), cell.after]));

/**
 * Feeds of each step: everything but the banks. A scalar that the graph does not use is no input.
 */
function fedInputs(inputs: readonly Value[], { cells }: AdamGraph): Value[] {
  const banked = new Set(cells.map((cell) => cell.before));
  return inputs.filter((value) => !banked.has(value));
}

function startingState({ initial, parameters }: TrainerOptions): TrainerState {
  if (isState(initial)) return initial;
  const zeros = Object.fromEntries(
    parameters.map(({ name, shape }) => [name, new Float32Array(elementCount(shape))]),
  );
  return { parameters: initial, means: zeros, variances: zeros, averages: initial, steps: 0 };
}

function createStep(options: {
  readonly native: InferenceSession;
  readonly banks: Banks;
  readonly data: readonly Value[];
  readonly adam: AdamGraph;
  readonly names: { readonly outputs: readonly string[]; readonly gradients: readonly string[] };
}) {
  const { native, banks, data, adam, names } = options;
  const fresh = Object.fromEntries(
    [
      ...[lossOutput, ...names.outputs.map(resultOutput)],
      ...names.gradients.map(gradientOutput),
    ].map((name) => [name, null]),
  );
  const makeTensors = createTensorMaker(data);
  return async (feeds: Feeds, scalars: ReturnType<typeof adamScalars>): Promise<StepResult> => {
    const results = await native.run(
      { ...makeTensors({ ...feeds, ...scalarFeeds(adam, scalars) }), ...banks.feeds() },
      { ...fresh, ...banks.fetches() },
    );
    banks.swap(results);
    const read = (name: string) => results[name]!.data as Float32Array;
    const readAll = (keys: readonly string[], output: (name: string) => string) =>
      Object.fromEntries(keys.map((key) => [key, read(output(key))]));
    return {
      loss: read(lossOutput)[0]!,
      outputs: readAll(names.outputs, resultOutput),
      gradients: readAll(names.gradients, gradientOutput),
    };
  };
}

const scalarFeeds = ({ scalars }: AdamGraph, values: ReturnType<typeof adamScalars>): Feeds => ({
  [scalars.learningRate.name]: Float32Array.of(values.learningRate),
  [scalars.meanCorrection.name]: Float32Array.of(values.meanCorrection),
  [scalars.varianceCorrection.name]: Float32Array.of(values.varianceCorrection),
  [scalars.averageDecay.name]: Float32Array.of(values.averageDecay),
});
