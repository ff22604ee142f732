/**
 * 32-bit FNV-1a over UTF-16 code units with murmur3's finaliser, which FNV needs for even low bits.
 * Snapshots depend on it: a change of this function is a new snapshot format.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The hash as a number in [0, 1): which bucket of a share a user falls into. */
export const hashUniform = (text: string): number => hash32(text) / 4294967296;
