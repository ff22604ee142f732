/** How users' edges bear on a scenario's decisions. */
export interface SocialRule {
  /** Path of the attribute that names an item's author, or several. Absent: items have none. */
  readonly author?: string;
  /** Event types by which connected people count as engaged with an item. */
  readonly types: readonly string[];
  /** Hours since such an event. */
  readonly hours: number;
  /**
   * Most candidates that come of connected people beside the retriever's: items that they engaged with, and the newest of connected
   * authors. At most half of `maxCandidates`.
   */
  readonly candidates: number;
}
