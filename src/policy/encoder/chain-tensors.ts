import type { TensorFile } from "../snapshot.ts";
import type { ChainPart } from "./chain.ts";

export const chainNumbers = ({
  window,
  decay,
  weight,
}: ChainPart): TensorFile["meta"]["numbers"] => ({
  chainWindow: window,
  chainDecay: decay,
  chainWeight: weight,
});

const total = (arrays: readonly { readonly length: number }[]) =>
  arrays.reduce((sum, { length }) => sum + length, 0);

function concatenate(arrays: readonly ArrayLike<number>[]): Float32Array {
  const all = new Float32Array(total(arrays));
  let end = 0;
  for (const own of arrays) {
    all.set(own, end);
    end += own.length;
  }
  return all;
}

/** Successors of each item: how many, then their numbers, then their weights. */
export function chainTensors({
  successors: { columns, values },
}: ChainPart): TensorFile["tensors"] {
  const entries = total(columns);
  return {
    chainLengths: {
      shape: [columns.length],
      values: Float32Array.from(columns, ({ length }) => length),
    },
    chainItems: { shape: [entries], values: concatenate(columns) },
    chainShares: { shape: [entries], values: concatenate(values) },
  };
}

export function readChain(
  { chainWindow = 0, chainDecay = 0, chainWeight = 0 }: TensorFile["meta"]["numbers"],
  tensors: TensorFile["tensors"],
): ChainPart {
  const items = Int32Array.from(tensors.chainItems!.values);
  const shares = Float64Array.from(tensors.chainShares!.values);
  const columns: Int32Array[] = [];
  const values: Float64Array[] = [];
  let start = 0;
  for (const length of tensors.chainLengths!.values) {
    columns.push(items.subarray(start, start + length));
    values.push(shares.subarray(start, start + length));
    start += length;
  }
  return {
    window: chainWindow,
    decay: chainDecay,
    weight: chainWeight,
    successors: { columns, values },
  };
}
