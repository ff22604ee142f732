/** A record or evidence, which the store keeps as text. */
export interface Damageable {
  /** Reason why the stored text can't be read; the store then returns nothing else of it. */
  readonly damage?: string;
}
