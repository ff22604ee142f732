import { createHash } from "node:crypto";

/**
 * Of a row's values as they are stored, the event number first: 64 bits of SHA-256. It finds a
 * change that no derivation can: of an event number at which nothing else happened, or of a seed
 * that draws the same slate. Columns that were added later are the last, and count if they have a
 * value, so that older rows keep their checksums.
 */
export function checksumOf(values: readonly unknown[]): string {
  const hash = createHash("sha256");
  const end = values.findLastIndex((value) => value !== null) + 1;
  for (const value of values.slice(0, end)) {
    // Bytes are read as another class than they are written as.
    const isBytes = typeof value === "object" && value !== null;
    const bytes = isBytes ? new Uint8Array(value as ArrayBuffer) : JSON.stringify(value);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Rows of earlier releases have no checksum, and count as whole. */
export const isWhole = (checksum: unknown, values: readonly unknown[]): boolean =>
  checksum === null || checksum === checksumOf(values);
