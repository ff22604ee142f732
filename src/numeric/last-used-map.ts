/**
 * A map of bounded size: an entry beyond the capacity replaces the least recently used one. Its order is the order of use,
 * so an entry must not be read by its key during an iteration.
 */
export class LastUsedMap<K, V extends {}> extends Map<K, V> {
  readonly capacity: number;

  /** @param capacity entries, at least 1 */
  constructor(capacity: number) {
    super();
    this.capacity = capacity;
  }

  override get(key: K): V | undefined {
    const value = super.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  override set(key: K, value: V): this {
    // A key that is set again keeps its place in a Map.
    this.delete(key);
    super.set(key, value);
    const [oldest] = this.keys();
    if (this.size > this.capacity && oldest !== undefined) this.delete(oldest);
    return this;
  }
}
