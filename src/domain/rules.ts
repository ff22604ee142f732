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

/** Rules of a scenario or of one request, which hold together. */
export interface ItemRules {
  /** Each item passes it: docs/guides/rules.md. */
  readonly filter?: string;
  /** Ids of items that are left out. */
  readonly exclude?: readonly string[];
}

/** Rules of a scenario. */
export interface ScenarioRules extends ItemRules {
  readonly repetition?: readonly RepetitionRule[];
}
