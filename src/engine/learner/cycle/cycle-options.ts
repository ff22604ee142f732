import type { Scenario } from "../../../domain/scenario.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import type { Usage } from "../../stages/stage-clock.ts";

/**
 * Record, scenario, time and randomness of a cycle. `clock` is in milliseconds since 1970, `seed`
 * an unsigned 32-bit integer, `threads` in 1…256.
 */
export interface CycleOptions {
  readonly store: Store;
  /** The record with the rows of all users, if `store` has fewer: fast loops are derived from it. */
  readonly whole?: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
  /** Usage of the process so far. Default: of this process. */
  readonly usage?: () => Usage;
}
