/** The place and size of a page. */
export interface PageQuery {
  /** `next` of the page before. */
  readonly after?: string;
  /** 1…1000, default 100. */
  readonly limit?: number;
}

/** A page of rows, in the order that the call names. */
export interface PageResponse<T> {
  readonly rows: readonly T[];
  /** Pass it as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

/** For policies (default scenario: the first of the configuration), cycles and interventions (default: all scenarios). */
export interface ScenarioQuery {
  readonly scenario?: string;
  /** 1…1000, default 100; newest first. Policies that answer now are listed beside the limit. */
  readonly limit?: number;
}
