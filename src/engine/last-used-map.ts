/**
 * A map that holds no more than its capacity: whoever sets one entry more loses the one that was not read or set for longest.
 * Its order is the order of use, so don't read entries by their keys while you go through them.
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
