import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoopDelays } from "./watch-loop.ts";

export interface EmbeddedTask {
  readonly path: string;
  readonly items: number;
  /** At least; with a learner until its first cycle has ended. */
  readonly seconds: number;
  readonly perSecond: number;
  readonly learner: boolean;
}

export interface EmbeddedAnswer {
  readonly delays: LoopDelays;
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
  /** Outcomes. */
  readonly cycles: readonly string[];
}

/** Serves a shop in a process of its own on the database, and learns beside it if asked to. */
export async function measureEmbedded(task: EmbeddedTask): Promise<EmbeddedAnswer> {
  const program = join(import.meta.dirname, "shop-process.ts");
  const execArgv = ["--import", import.meta.resolve("tsx")];
  const child = fork(program, [JSON.stringify(task)], { execArgv });
  const [answer] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the shop ended with code ${code}`);
    }),
  ]);
  return answer as EmbeddedAnswer;
}
