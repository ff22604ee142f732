import { adamScalars } from "./adam.ts";
import type { Feeds } from "./feed.ts";
import type { Value } from "./graph.ts";
import { createSparseTable, type SparseTable } from "./sparse-table.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
import { isState, type TrainerState } from "./trainer-state.ts";

/** A trainer of which one parameter is a table outside the graph. */
export interface SparseTrainer extends Trainer {
  /** Brings the table's running average up to date, which `averages` and `state` then return. */
  settle(): void;
}

export interface SparseTrainerOptions extends TrainerOptions {
  /** Stand-in for the table in the graph, [capacity, width]; its name is the parameter's. */
  readonly table: Value;
  /** Inputs that hold numbers of the table's rows; a step is fed them as places among the rows that it uses. */
  readonly indices: readonly string[];
}

/** A trainer whose steps take numbers of the whole table's rows, but feed and move only those that are named. */
export async function createSparseTrainer(options: SparseTrainerOptions): Promise<SparseTrainer> {
  const { table: input, indices, initial } = options;
  const [capacity = 0, width = 0] = input.shape;
  const trainer = await createTrainer({ ...options, fed: [input] });
  const table = createTable(options, width);
  const find = createRowFinder(table.arrays.parameters.length / width);
  let steps = isState(initial) ? initial.steps : 0;
  return {
    async step(feeds, learningRate) {
      const { rows, places } = find(feeds, indices);
      const gathered = { [input.name]: table.gather(rows, capacity) };
      const result = await trainer.step({ ...feeds, ...places, ...gathered }, learningRate);
      steps++;
      const numbers = adamScalars(options, learningRate, steps);
      table.update(rows, result.gradients[input.name]!, numbers);
      return result;
    },
    settle: () => table.settle(),
    parameters: () => ({
      ...trainer.parameters(),
      [input.name]: table.arrays.parameters.slice(),
    }),
    averages: () => ({ ...trainer.averages(), ...copyOf(table, "averages", input.name) }),
    state: () => addTable(trainer.state(), table, input.name),
    close: () => trainer.close(),
  };
}

function createTable(options: SparseTrainerOptions, width: number): SparseTable {
  const { initial, table, averageDecay } = options;
  const { name } = table;
  const parameters = (isState(initial) ? initial.parameters : initial)[name]!;
  const zeros = new Float32Array(parameters.length);
  const start = isState(initial)
    ? { means: initial.means[name]!, variances: initial.variances[name]! }
    : { means: zeros, variances: zeros };
  const averages = (isState(initial) ? initial.averages[name] : undefined) ?? parameters;
  return createSparseTable({
    width,
    start: { parameters, ...start, averages: averageDecay === undefined ? undefined : averages },
    settings: options,
  });
}

const kinds = ["parameters", "means", "variances", "averages"] as const;

function copyOf({ arrays }: SparseTable, kind: (typeof kinds)[number], name: string) {
  const array = arrays[kind];
  return array === undefined ? {} : { [name]: array.slice() };
}

const addTable = (state: TrainerState, table: SparseTable, name: string): TrainerState => ({
  ...state,
  ...Object.fromEntries(
    kinds.map((kind) => [kind, { ...state[kind], ...copyOf(table, kind, name) }]),
  ),
});

/** The rows that some inputs name, and the inputs anew with places among those rows. */
function createRowFinder(rowCount: number) {
  const places = new Int32Array(rowCount).fill(-1);
  return (feeds: Feeds, indices: readonly string[]) => {
    const rows: number[] = [];
    const placeOf = (row: number) => {
      if (!(row >= 0 && row < rowCount))
        throw new RangeError(`rows of the table must be integers in [0, ${rowCount}), got ${row}`);
      if (places[row] === -1) places[row] = rows.push(row) - 1;
      return places[row]!;
    };
    try {
      const renamed = Object.fromEntries(
        indices.map((name) => [name, (feeds[name] as Int32Array).map(placeOf)]),
      );
      return { rows: Int32Array.from(rows), places: renamed };
    } finally {
      for (const row of rows) places[row] = -1;
    }
  };
}
