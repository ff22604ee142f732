/**
 * Which policies of a scenario have a fast loop: with `until-encoder` those without an encoder, with `on-popularity` popularity
 * alone. The uniform choice before the first cycle and trained policies then serve without.
 */
export const fastLoopUses = [true, false, "until-encoder", "on-popularity"] as const;

/** Use of the fast loop: an entry of `fastLoopUses`. */
export type FastLoopUse = (typeof fastLoopUses)[number];

/** How a scenario's policy is corrected between cycles. */
export interface FastLoopSettings {
  readonly enabled: FastLoopUse;
  /** γ in [0.9, 0.9999]: factor on the weight of earlier items at each shown item. */
  readonly forgetting: number;
  /** η, standard deviations of a reward: a drawn gain of η multiplies an item's odds by e. */
  readonly temperature: number;
  /** v ≥ 0: draws have v times the posterior's standard deviation. */
  readonly drawScale: number;
}

/** What kind of policy a network is. */
export interface PolicyGround {
  readonly hasEncoder: boolean;
  /** Alike for all users, and of feedback. */
  readonly isPopularity: boolean;
}

/** Whether a policy with features of its own serves with the loop. */
export function servesWithLoop(
  { enabled }: Pick<FastLoopSettings, "enabled">,
  { hasEncoder, isPopularity }: PolicyGround,
): boolean {
  if (enabled === "until-encoder") return !hasEncoder;
  return enabled === "on-popularity" ? isPopularity : enabled;
}

/**
 * Stored with a decision of the fast loop. Its draw follows from these fields, record, snapshot and
 * seed.
 */
export interface FastLoopMark extends Omit<FastLoopSettings, "enabled"> {
  /** Version of the model's learning rule. Another version would draw something else. */
  readonly version: number;
  /** Event number of the newest decision that was learnt from, 0 if there was none. */
  readonly through: number;
  /** Decisions after which the older of two models gives way, see `src/policy/fast-loop/renewed-model.ts`. */
  readonly renewal: number;
  /** Candidates, by index, whose drawn value was below the scenario's quality floor: they could not be shown. Absent if none was. */
  readonly below?: readonly number[];
}
