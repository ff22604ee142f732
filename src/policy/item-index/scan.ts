import { type ByteMultiplier, createByteMultiplier } from "../../tensor/byte-products.ts";
import { type BestOfList, comparedRows, visitBlock } from "./best-of-list.ts";
import { type ByteBlocks, blockRows } from "./byte-blocks.ts";

/** Vectors that a run multiplies: a run of 16 takes twice the time of a run of one. */
const runSizes = [1, 4, 16] as const;
const largestRun = 16;

/** Scans do not keep other work waiting for longer. */
const sliceMs = 2;

interface Scan {
  readonly weights: Int8Array;
  readonly best: BestOfList;
  /** Blocks that there were when it began; later ones have none of its items. */
  readonly blocks: number;
  /** Those that it has not seen. */
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Multiplies all blocks with the vectors of whoever asks; there is at least one block. */
export interface Scanner {
  readonly largestWeight: number;
  scan(blocks: ByteBlocks, asked: Pick<Scan, "weights" | "best">): Promise<void>;
  close(): Promise<void>;
}

/** [width, columns] of the scans' weights. */
function columnsOf(scans: readonly Scan[], width: number, columns: number): Int8Array {
  const vectors = new Int8Array(width * columns);
  for (const [column, { weights }] of scans.entries())
    for (let i = 0; i < width; i++) vectors[i * columns + column] = weights[i]!;
  return vectors;
}

/** A multiplier for each size of a run, opened once it is asked for. */
function openMultipliers(width: number) {
  const opened = new Map<number, Promise<ByteMultiplier>>();
  const open = (columns: number) => {
    const shape = { rows: blockRows, width, columns, group: comparedRows };
    const known = opened.get(columns) ?? createByteMultiplier(shape);
    opened.set(columns, known);
    return known;
  };
  return { opened, open };
}

/**
 * Scans that run at the same time go round the blocks together: a block is read from memory once for up to 16 of them, and one that comes
 * later starts at the block that is next.
 */
export async function createScanner(width: number): Promise<Scanner> {
  const { opened, open } = openMultipliers(width);
  const { largestWeight } = await open(runSizes[0]);
  const waiting = new Map<ByteBlocks, Scan[]>();

  const step = async ({ blocks }: ByteBlocks, scans: readonly Scan[], block: number) => {
    const columns = runSizes.find((size) => size >= scans.length) ?? largestRun;
    const multiplier = await open(columns);
    const products = await multiplier.multiply(blocks[block]!, columnsOf(scans, width, columns));
    const bests = scans.map(({ best }) => best);
    visitBlock(bests, products, { columns, firstRow: block * blockRows });
    for (const scan of scans) {
      if (block >= scan.blocks) continue;
      scan.left--;
      if (scan.left === 0) scan.resolve();
    }
  };
  /** Goes round until nobody waits. */
  const goRound = async (blocks: ByteBlocks, queue: Scan[]) => {
    let since = performance.now();
    for (let block = 0; queue.length > 0; block = (block + 1) % blocks.blocks.length) {
      const scans = queue.slice(0, largestRun);
      await step(blocks, scans, block);
      for (const scan of scans) if (scan.left === 0) queue.splice(queue.indexOf(scan), 1);
      if (performance.now() - since < sliceMs) continue;
      await new Promise(setImmediate);
      since = performance.now();
    }
    waiting.delete(blocks);
  };
  const start = async (blocks: ByteBlocks, queue: Scan[]) => {
    waiting.set(blocks, queue);
    try {
      // Those that ask in the same turn begin together.
      await new Promise(setImmediate);
      await goRound(blocks, queue);
    } catch (error) {
      waiting.delete(blocks);
      for (const { reject } of queue) reject(error);
    }
  };
  return {
    largestWeight,
    scan: (blocks, asked) =>
      new Promise((resolve, reject) => {
        const count = blocks.blocks.length;
        const scan = { ...asked, blocks: count, left: count, resolve, reject };
        const queue = waiting.get(blocks);
        if (queue === undefined) void start(blocks, [scan]);
        else queue.push(scan);
      }),
    close: async () => {
      for (const one of opened.values()) await (await one).close();
    },
  };
}
