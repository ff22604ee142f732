import type { InterventionKind, InterventionNote } from "../domain/intervention.ts";

export type { InterventionNote } from "../domain/intervention.ts";

/** Body of `POST /api/v1/policies/roll-back`. */
export interface RollBackRequest extends InterventionNote {
  readonly scenario: string;
  /** The policy to roll back: a conflict if another one serves by now. Default: any. */
  readonly serving?: number;
}

/** Changes the mode: `pause` → paused, `ask` → ask, `resume` → automatic. */
export interface ModeRequest extends InterventionNote {
  readonly scenario: string;
  readonly kind: "pause" | "ask" | "resume";
}

/** About one version: `pin` any network of the scenario; `approve` or `reject` the waiting one. */
export interface VersionRequest extends InterventionNote {
  readonly scenario: string;
  readonly kind: "pin" | "approve" | "reject";
  readonly version: number;
}

/** Body of `POST /api/v1/interventions`. */
export type InterventionRequest = ModeRequest | VersionRequest;

/** An operator's intervention. Never changed. */
export interface InterventionBody extends InterventionNote {
  readonly intervention: number;
  readonly scenario: string;
  readonly kind: InterventionKind;
  readonly madeAt: string;
  /** The policy that it is about: put back, pinned, approved or rejected. */
  readonly version?: number;
  /** The policy that served until then, if another one serves since. */
  readonly replaced?: number;
  /** Name of the API key that asked for it; absent if none was needed. */
  readonly key?: string;
}

/** Interventions, newest first. */
export interface InterventionsResponse {
  readonly interventions: readonly InterventionBody[];
}
