/** A mean over users; the error treats users as independent. */
export interface MeanOverUsers {
  readonly mean: number;
  readonly standardError: number;
}

export interface SlateQuality {
  /** Share of users whose next item is among the best `slateSize`. */
  readonly sorted: MeanOverUsers;
  /** Share of served slates that hold it: retrieved, then drawn under the exploration floor. */
  readonly served: MeanOverUsers;
  /** Mean over users of e^H of the first position. */
  readonly effectiveChoices: number;
}

export interface TemperaturePoint {
  readonly temperature: number;
  /** Served hit rate. */
  readonly served: number;
  readonly effectiveChoices: number;
  /** Served − 0.9 · sorted hit rate. */
  readonly surplus: MeanOverUsers;
}

export interface TemperatureChoice {
  readonly users: number;
  /** Sorted hit rate, the same at every temperature. */
  readonly sorted: number;
  readonly chosen: TemperaturePoint;
  /** All that was tried, in order. */
  readonly curve: readonly TemperaturePoint[];
}

/** Share of slates that hold the next item, for users who did not choose the temperature. */
export interface FirstSlates {
  readonly slateSize: number;
  readonly users: number;
  readonly network: SlateQuality;
  readonly popularity: SlateQuality;
  /** Of the network. */
  readonly temperature: number;
  /** Made on the other users. */
  readonly choice: TemperatureChoice;
}
