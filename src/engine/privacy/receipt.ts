import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto";
import { z } from "zod";
import { type ErasureReceipt, erasedTables, fileKinds } from "../../domain/erasure.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { canonicalJson } from "../../storage/canonical-json.ts";
import type { SealedReceipt } from "../../storage/erasure-store.ts";
import type { Store } from "../../storage/store.ts";
import { optional } from "../input/fields.ts";

/** Prefix of the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7). */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");

/** The key that signs receipts follows from the secret of the database, so that its copies have the same. */
export async function signingKeyOf(store: Store): Promise<KeyObject> {
  const seed = createHmac("sha256", await store.secret())
    .update("erasure receipts")
    .digest();
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: "der", type: "pkcs8" });
}

/** The 32 bytes of the public key, hexadecimal. */
const publicKeyOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32).toString("hex");

/** HMAC-SHA256 of a user's id by the salt of a receipt. */
export const commitmentOf = (salt: string, userId: string): string =>
  createHmac("sha256", Buffer.from(salt, "hex")).update(userId).digest("hex");

/** Whether a receipt is about this user. */
export function isOf({ salt, commitment }: ErasureReceipt["person"], userId: string): boolean {
  const own = Buffer.from(commitmentOf(salt, userId), "hex");
  return timingSafeEqual(own, Buffer.from(commitment, "hex"));
}

type Unsigned = Omit<ErasureReceipt, "publicKey" | "signature">;

const signedBytes = (receipt: Omit<ErasureReceipt, "signature">) =>
  Buffer.from(canonicalJson(receipt as unknown as Json));

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Signs a receipt, and writes it as one line. */
export function sealReceipt(unsigned: Unsigned, key: KeyObject): SealedReceipt {
  const signable = { ...unsigned, publicKey: publicKeyOf(key) };
  const signature = sign(null, signedBytes(signable), key).toString("hex");
  const text = canonicalJson({ ...signable, signature } as unknown as Json);
  return { text, hash: hashOf(text) };
}

/** A receipt as one line. */
export const receiptText = (receipt: ErasureReceipt): string =>
  canonicalJson(receipt as unknown as Json);

/** By which the record knows a receipt. */
export const receiptHash = (receipt: ErasureReceipt): string => hashOf(receiptText(receipt));

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const time = z.iso.datetime();
const table = z.enum(erasedTables);

export const receiptSchema: z.ZodType<ErasureReceipt> = z.strictObject({
  kind: z.literal("erasure"),
  version: z.literal(1),
  person: z.strictObject({ salt: hex(32), commitment: hex(32) }),
  requestedAt: time,
  erasedAt: time,
  sequence: z.int().nonnegative(),
  rows: z.record(table, z.int().nonnegative()),
  digests: z.partialRecord(table, hex(32)),
  policies: z.record(z.string(), z.array(z.int())),
  retireBy: time,
  differential: optional(z.strictObject({ epsilon: z.number(), delta: z.number() })),
  files: z.array(z.strictObject({ kind: z.enum(fileKinds), path: z.string(), writtenAt: time })),
  publicKey: hex(32),
  signature: hex(64),
});

function refuse(problem: string): EngineError {
  const message = `the receipt ${problem}; take the receipt as recurve privacy erase wrote it`;
  return new EngineError("invalid_file", message, { details: { problem } });
}

/** @throws invalid_file if the text is no receipt */
export function parseReceipt(text: string): ErasureReceipt {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("is no JSON");
  }
  const parsed = receiptSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`has a wrong field ${issue?.path.join(".") ?? ""}`);
}

/** @throws invalid_file if a field is not as it was signed, or another database signed it */
export function checkSignature(receipt: ErasureReceipt, key: KeyObject): void {
  const { signature, ...signable } = receipt;
  if (receipt.publicKey !== publicKeyOf(key)) throw refuse("was signed by another database");
  const isTrue = verify(
    null,
    signedBytes(signable),
    createPublicKey(key),
    Buffer.from(signature, "hex"),
  );
  if (!isTrue) throw refuse("was changed after it was signed");
}
