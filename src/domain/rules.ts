// Rules about items: which may be shown, and where. Ids are texts, as they are written.

/** Items with which the user has had an event are left out. */
export interface SeenRule {
  /** Types of the events. Default: all. */
  readonly types?: readonly string[];
  /** Days since the event; default: for ever. */
  readonly days?: number;
}

/** An item is left out that the scenario has shown to the user `showings` times within `hours`. */
export interface RepetitionRule {
  readonly showings: number;
  readonly hours: number;
  /** Showings count from the user's last event of these types with the item on. Default: all types. */
  readonly unless?: readonly string[];
}

/** An addition to the log-odds of the items that pass a filter, for all policies alike. */
export interface Boost {
  readonly filter: string;
  /** −5 to 5. */
  readonly add: number;
}

/** An item that stands at a position with probability 1, if it may be shown. */
export interface PinnedItem {
  readonly itemId: string;
  readonly position: number;
}

/** Most items of a slate that have one value in common. */
export interface Cap {
  /** Field whose values are counted: `category`, or an attribute by its path. */
  readonly by: string;
  /** At least 1. */
  readonly most: number;
}

/** Rules of a scenario or of one request, which hold together. */
export interface ItemRules {
  /** Each item passes it: docs/guides/rules.md. */
  readonly filter?: string;
  /** Ids of items that are left out. */
  readonly exclude?: readonly string[];
  readonly boosts?: readonly Boost[];
  readonly pins?: readonly PinnedItem[];
  readonly caps?: readonly Cap[];
}

/** Rules of a scenario. */
export interface ScenarioRules extends ItemRules {
  readonly repetition?: readonly RepetitionRule[];
}
