import { fork } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CycleRecord } from "../../src/domain/cycle-record.ts";
import { repository } from "../machine.ts";
import { type LogSize, makeLog } from "./make-log.ts";
import { makeShop, type ShopSize } from "./make-shop.ts";

/** A log of single items, or a shop. */
export type CycleSize = LogSize | ShopSize;

export interface CycleAnswer {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly outcome: string;
  readonly reason: string;
  readonly record: CycleRecord;
  /** Share of the candidates in the softmax of their row; of a shop. */
  readonly candidatesSeen?: number;
}

const folder = join(repository, "bench/results/cycle");

function removeDatabase(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
}

/** The log of a size, made once and kept. */
async function findLog(size: CycleSize): Promise<string> {
  const shop =
    "slateSize" in size ? `-slates-${size.slateSize}-of-${size.items}-clicks-${size.clicks}` : "";
  const path = join(folder, `${size.decisions}x${size.candidates}${shop}.db`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const draft = `${path}.draft`;
  removeDatabase(draft);
  await ("slateSize" in size ? makeShop(draft, size) : makeLog(draft, size));
  // Closed, so that nothing is left in its write-ahead log.
  renameSync(draft, path);
  removeDatabase(draft);
  return path;
}

/** A cycle over all of a log in a process of its own, whose memory is that of the cycle. */
export async function measureCycle(size: CycleSize, threads: number): Promise<CycleAnswer> {
  const log = await findLog(size);
  const copy = join(folder, `running-${process.pid}.db`);
  copyFileSync(log, copy);
  try {
    const program = join(import.meta.dirname, "cycle-process.ts");
    const child = fork(program, [copy, JSON.stringify(size), String(threads)]);
    const [answer] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the cycle over ${size.decisions} decisions ended with code ${code}`);
      }),
    ]);
    return answer as CycleAnswer;
  } finally {
    removeDatabase(copy);
  }
}
