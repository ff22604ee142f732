import type { Cycle } from "../../domain/cycle.ts";
import { type CycleOptions, runCycle } from "./cycle/run-cycle.ts";
import { runPrivateCycle } from "./cycle/run-private-cycle.ts";

/** The cycle of a record whose trainings are private, or any other. */
export const runDueCycle = (options: CycleOptions): Promise<Cycle | undefined> =>
  options.configuration.privacy.differential ? runPrivateCycle(options) : runCycle(options);
