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
  /**
   * Field whose values are counted in the place of items: `category`, or an attribute by its path, such as the author. All items with
   * the value are left out.
   */
  readonly by?: string;
}

/** Items that have a value in common with one that the user turned down: from the next request on. */
export interface AversionRule {
  /** Types of the events that turn an item down. */
  readonly types: readonly string[];
  /** Field that they have in common: `itemId`, `category`, or an attribute by its path, such as the author. */
  readonly by: string;
  /** Days since the event; default: for ever. */
  readonly days?: number;
  /** Addition to their log-odds, −5 to below 0. Default: they are left out. */
  readonly add?: number;
  /** A later event of these types, with an item that has the value, takes it back. */
  readonly unless?: readonly string[];
}

/** Items of an author, brand or other value that is new to the catalogue are preferred until it is old. */
export interface NewcomerRule {
  /** Field of the value: `category`, or an attribute by its path, such as the author. */
  readonly by: string;
  /** Days since the first item with the value was written. */
  readonly days: number;
  /** Addition to the log-odds of its items, above 0 to 5. */
  readonly add: number;
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
  readonly aversions?: readonly AversionRule[];
  readonly newcomers?: readonly NewcomerRule[];
  /**
   * d, 0 to 0.9: weight of a slate's diversity against relevance, which has 1 − d. The odds of an item are multiplied by the
   * part of it that the items above leave unexplained, to the power d/(1 − d). Default: 0.
   */
  readonly diversity?: number;
}
