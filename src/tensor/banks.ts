import type { Tensor } from "onnxruntime-common";
import type { AdamCell } from "./adam.ts";
import { toTensor } from "./feeds.ts";
import { getRuntime } from "./runtime.ts";
import type { TrainerState } from "./trainer-state.ts";

/** Two copies of the state: a step reads one and writes the other, then they change places and nothing is copied. */
export interface Banks {
  /** Tensors that a step reads, by input. */
  feeds(): Record<string, Tensor>;
  /** Targets of its outputs; null if the runtime makes its own tensors. */
  fetches(): Record<string, Tensor | null>;
  /** Makes the tensors written by a step the input of the next one. */
  swap(results: Readonly<Record<string, Tensor>>): void;
  /** Copies of the next step's tensors, by parameter. */
  arrays(kind: AdamCell["kind"]): Record<string, Float32Array>;
}

/** The name of the output that replaces a cell. */
export const cellOutput = ({ kind, name }: AdamCell): string => `%${kind}/${name}`;

export function createBanks(cells: readonly AdamCell[], start: TrainerState): Banks {
  let current: Tensor[] = cells.map((cell) =>
    toTensor(cell.before, start[cell.kind][cell.name]?.slice()),
  );
  const { Tensor, writesInPlace } = getRuntime();
  let next: (Tensor | null)[] = current.map(({ size, dims }) =>
    writesInPlace ? new Tensor(new Float32Array(size), dims) : null,
  );
  const named = <T>(name: (cell: AdamCell) => string, bank: readonly T[]) =>
    Object.fromEntries(cells.map((cell, index) => [name(cell), bank[index]!]));
  return {
    feeds: () => named((cell) => cell.before.name, current),
    fetches: () => named(cellOutput, next),
    swap: (results) => {
      const written = cells.map((cell) => results[cellOutput(cell)]!);
      if (writesInPlace) next = current;
      current = written;
    },
    arrays: (kind) =>
      Object.fromEntries(
        cells.flatMap((cell, index) =>
          cell.kind === kind ? [[cell.name, (current[index]!.data as Float32Array).slice()]] : [],
        ),
      ),
  };
}
