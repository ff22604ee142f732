import { createHash, randomBytes } from "node:crypto";
import type { ApiKey } from "../../domain/api-key.ts";
import type { Store } from "../../storage/store.ts";

/**
 * A fast hash is enough: nobody guesses 256 random bits. Slow ones, as for passwords, would cost
 * each request milliseconds. No salt, so that a key is found by its hash.
 */
export const hashKey = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The prefix lets people and scanners of secrets tell what it is. */
const drawKey = (): string => `rk_${randomBytes(32).toString("base64url")}`;

/** @returns the key's text, which is kept nowhere. @throws conflict if the name is in use */
export async function createKey(
  { keys }: Pick<Store, "keys">,
  { now, ...key }: Pick<ApiKey, "name" | "scopes" | "rate"> & { readonly now: number },
): Promise<string> {
  const text = drawKey();
  await keys.add({ ...key, hash: hashKey(text), createdAt: now });
  return text;
}

/**
 * Makes another text for a key. The one before ends after `overlapMs`, in which its bearers can
 * take the new one.
 * @throws not_found if no key of this name is in use
 */
export async function rotateKey(
  { keys }: Pick<Store, "keys">,
  { name, now, overlapMs }: { readonly name: string; now: number; overlapMs: number },
): Promise<string> {
  const text = drawKey();
  await keys.replace({ name, hash: hashKey(text), createdAt: now, endsAt: now + overlapMs });
  return text;
}
