/**
 * Interventions in a scenario: `roll-back` puts the parent of the serving policy back; `pause`,
 * `ask` and `resume` set the mode of promotions; `pin` lets one version serve; `approve` and
 * `reject` decide about a waiting policy.
 */
export const interventionKinds = [
  "roll-back",
  "pause",
  "ask",
  "resume",
  "pin",
  "approve",
  "reject",
] as const;

/** Kind of an intervention: an entry of `interventionKinds`. */
export type InterventionKind = (typeof interventionKinds)[number];

/** An operator's note on an intervention. */
export interface InterventionNote {
  /** Who did it, 1 to 256 characters. */
  readonly by?: string;
  /** Reason, 1 to 1,000 characters. */
  readonly reason?: string;
}

/** An operator's intervention. Never changed, and committed together with its effect. */
export interface Intervention extends InterventionNote {
  /** Increasing, across scenarios. */
  readonly intervention: number;
  readonly scenario: string;
  readonly kind: InterventionKind;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** The policy that it is about: put back, pinned, approved or rejected. */
  readonly version?: number;
  /** Name of the API key that asked for it; absent if none was needed. */
  readonly key?: string;
  /** The policy that served until then, if another one serves since. */
  readonly replaced?: number;
}
