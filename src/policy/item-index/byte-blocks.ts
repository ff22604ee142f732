import { type ByteScale, type Rounding, type RoundingError, writeBytes } from "./byte-scale.ts";

/** Rows that are multiplied without a pause. */
export const blockRows = 16_384;

/** More than float32's own rounding. */
const roundUp = 1 + 2 ** -22;

/** Vectors of items as bytes, by the rows of `rowsOf`, in blocks: a catalogue that grows moves no other rows. */
export interface ByteBlocks {
  readonly width: number;
  readonly blocks: readonly Uint8Array[];
  put(row: number, vector: Float64Array): void;
  /** Of the row that was rounded the most, and of the one furthest from the middle of the range. */
  readonly rounding: Rounding;
  /** Of each row, a bound of what its rounding does to a product. */
  errorsOf(rows: Int32Array, error: RoundingError): Float64Array;
  /** Rows whose vectors are beyond the range: their bytes say little. */
  readonly outside: ReadonlySet<number>;
}

export function createByteBlocks(scale: ByteScale): ByteBlocks {
  const width = scale.least.length;
  /** No rounding within the range is larger. */
  const largestRemainder = Math.sqrt(width) / 2 + 1e-6;
  const blocks: Uint8Array[] = [];
  /** Remainder and spread of each row, rounded up. */
  const roundings: Float32Array[] = [];
  const outside = new Set<number>();
  let remainder = 0;
  let spread = 0;
  return {
    width,
    blocks,
    put: (row, vector) => {
      const block = Math.floor(row / blockRows);
      while (blocks.length <= block) {
        blocks.push(new Uint8Array(blockRows * width));
        roundings.push(new Float32Array(2 * blockRows));
      }
      const start = (row % blockRows) * width;
      const rounding = writeBytes(scale, vector, blocks[block]!.subarray(start, start + width));
      if (rounding.remainder > largestRemainder) {
        outside.add(row);
        return;
      }
      outside.delete(row);
      const own = roundings[block]!;
      own[2 * (row % blockRows)] = rounding.remainder * roundUp;
      own[2 * (row % blockRows) + 1] = rounding.spread * roundUp;
      remainder = Math.max(remainder, rounding.remainder);
      spread = Math.max(spread, rounding.spread);
    },
    get rounding() {
      return { remainder, spread };
    },
    errorsOf: (rows, { perRemainder, perSpread, least }) => {
      const errors = new Float64Array(rows.length);
      for (let place = 0; place < rows.length; place++) {
        const row = rows[place]!;
        const own = roundings[Math.floor(row / blockRows)]!;
        const at = 2 * (row % blockRows);
        errors[place] = least + perRemainder * own[at]! + perSpread * own[at + 1]!;
      }
      return errors;
    },
    outside,
  };
}
