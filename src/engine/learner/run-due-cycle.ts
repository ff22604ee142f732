import type { Cycle } from "../../domain/cycle.ts";
import { inSpan } from "../telemetry/in-span.ts";
import type { CycleOptions } from "./cycle/cycle-options.ts";
import { runCycle } from "./cycle/run-cycle.ts";
import { runPrivateCycle } from "./cycle/run-private-cycle.ts";

/** The cycle of a record whose trainings are private, or any other; a trace of its own. */
export const runDueCycle = (options: CycleOptions): Promise<Cycle | undefined> =>
  inSpan(
    "cycle",
    () =>
      options.configuration.privacy.differential ? runPrivateCycle(options) : runCycle(options),
    { "recurve.scenario": options.scenario.name },
  );
