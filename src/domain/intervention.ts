/**
 * What an operator may do to a scenario: `roll-back` puts the parent of the serving policy back; `pause`, `ask` and `resume` say
 * how promotions come about from now on; `pin` lets one version serve; `approve` and `reject` answer for a policy that waits.
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
export type InterventionKind = (typeof interventionKinds)[number];

/** What an operator may tell of an intervention. */
export interface InterventionNote {
  /** Who did it, 1 to 256 characters. */
  readonly by?: string;
  /** Why, 1 to 1,000 characters. */
  readonly reason?: string;
}

/** One thing that an operator did. Never changed, and committed together with what it did. */
export interface Intervention extends InterventionNote {
  /** Increasing, across scenarios. */
  readonly intervention: number;
  readonly scenario: string;
  readonly kind: InterventionKind;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** The policy that it is about: put back, pinned, approved or rejected. */
  readonly version?: number;
  /** The policy that served until then, where another one serves since. */
  readonly replaced?: number;
}
