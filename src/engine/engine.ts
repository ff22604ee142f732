import type { Scenario } from "../domain/scenario.ts";
import type { CampaignCalls } from "./calls/campaign-calls.ts";
import type { DecisionCalls } from "./calls/decision-calls.ts";
import type { EdgeCalls } from "./calls/edge-calls.ts";
import type { HealthCalls } from "./calls/health-calls.ts";
import type { ItemCalls } from "./calls/item-calls.ts";
import type { MeasureCalls } from "./calls/measure-calls.ts";
import type { PolicyCalls } from "./calls/policy-calls.ts";
import type { ServingCalls } from "./calls/serving-calls.ts";
import type { UserCalls } from "./calls/user-calls.ts";

/**
 * The serving half of the loop. The learning half is `learn`, in a separate process.
 *
 * Every method refuses the same input as the HTTP edge, with `invalid_request` or
 * `payload_too_large`, before anything changes. Limits: names of 1 to 256 characters, 1 to 1000
 * rows a call, JSON of at most 32 levels, 100,000 values and a mebibyte of text.
 */
export interface Engine
  extends ServingCalls,
    ItemCalls,
    UserCalls,
    CampaignCalls,
    EdgeCalls,
    PolicyCalls,
    DecisionCalls,
    MeasureCalls,
    HealthCalls {
  /** The configured scenarios; a request that names none gets the first. */
  readonly scenarios: readonly Scenario[];
  /**
   * Resolves when the fast loops have learnt from all closed decisions; a turn-by-turn simulation
   * waits for it.
   */
  idle(): Promise<void>;
  /** Ends the fast loops and releases the policies' memory. The store stays open. */
  close(): Promise<void>;
}
