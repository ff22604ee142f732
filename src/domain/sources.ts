/**
 * Most candidates of further sources beside the retriever's, if more items may be shown than `maxCandidates`; all sources together have at most
 * half of it. 0 leaves a source out.
 */
export interface SourcesRule {
  /** The items that were created last. */
  readonly newest: number;
  /** Those of the most users in the last 10,000 event numbers, by the event types that the reward wants. */
  readonly trending: number;
  /** Those that have the most rare features in common with the item of the user's last event. */
  readonly similar: number;
}
