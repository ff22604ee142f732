/** Ways in which items are related to another one. */
export const relatedKinds = ["similar", "complementary"] as const;

/**
 * How items are related to another one:
 * - `similar`: they have rare features in common with it.
 * - `complementary`: users take them after it more than otherwise.
 */
export type RelatedKind = (typeof relatedKinds)[number];

/** An item that a slate stands beside. Its slate holds related items, in the order of the user's policy. */
export interface RelatedTo {
  /** An item of the catalogue, which the slate itself leaves out. */
  readonly itemId: string;
  readonly kind: RelatedKind;
}
