/** Stored JSON that can't be read is replaced by this. */
export interface Damageable {
  /** Why the stored text can't be read; every other field is then absent. */
  readonly damage?: string;
}
