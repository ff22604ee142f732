import { createHmac } from "node:crypto";

/** A request's own seed, and the user and scenario that it is for. */
interface SentSeed {
  readonly scenario: string;
  readonly userId: string;
  readonly seed: number;
}

/**
 * Seed of a decision whose request brought one: 32 bits of HMAC-SHA-256 (RFC 2104) under the
 * record's secret. A client that knows the policy cannot choose its lots, and one seed sent for all
 * users gives each of them lots of their own.
 */
export function mixSeed(secret: Uint8Array, { scenario, userId, seed }: SentSeed): number {
  const text = JSON.stringify([scenario, userId, seed]);
  return createHmac("sha256", secret).update(text).digest().readUInt32BE(0);
}
