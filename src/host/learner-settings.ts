import { availableParallelism } from "node:os";

/** Same feedback, same seed, same number of threads: same policies. */
export const learnerSeed = 1;

/** More threads than this gain little on matrices of this size. */
const usefulThreads = 4;
export const learnerThreads: number = Math.min(usefulThreads, availableParallelism());
