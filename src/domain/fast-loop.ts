/** How a scenario's policy is corrected between cycles. */
export interface FastLoopSettings {
  readonly enabled: boolean;
  /** γ in [0.9, 0.9999]: what each shown item leaves of the weight of those before it. */
  readonly forgetting: number;
  /** η, standard deviations of a reward: a drawn gain of η multiplies an item's odds by e. */
  readonly temperature: number;
  /** v ≥ 0: draws have v times the posterior's standard deviation. */
  readonly drawScale: number;
}

/** Stands with a decision that the fast loop had a part in: what its draw follows from, besides record, snapshot and seed. */
export interface FastLoopMark extends Omit<FastLoopSettings, "enabled"> {
  /** Of the model: what it learns from a decision, and how. Another version would draw something else. */
  readonly version: number;
  /** Event number of the newest decision that was learnt from, 0 where there was none. */
  readonly through: number;
  /** Decisions after which the older of two models gives way, see `src/policy/fast-loop/renewed-model.ts`. */
  readonly renewal: number;
}
