/** A record or evidence, which the store keeps as text. */
export interface Damageable {
  /** Why the stored text can't be read; the store then gives nothing else of it. */
  readonly damage?: string;
}
