import { createHmac } from "node:crypto";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, decisionId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { ParsedInput } from "./parsed-input.ts";

/**
 * A UUID of version 8 (RFC 9562): the decision itself remembers the key, without a table of keys. Its bits are an HMAC-SHA-256 under
 * the record's secret, so that nobody finds the user by trying ids and keys on an exported decision.
 */
function idOf(secret: Uint8Array, parts: readonly string[]): DecisionId {
  const text = JSON.stringify(["idempotency", ...parts]);
  const hex = createHmac("sha256", secret).update(text).digest("hex");
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return decisionId(digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
}

/** A request with a key leads to the decision of its user, scenario and key, on this record and its copies. */
export async function keyedId(
  { store, configuration }: { readonly store: Store; readonly configuration: Configuration },
  input: ParsedInput,
): Promise<ParsedInput> {
  const { idempotencyKey, scenario, userId } = input;
  if (idempotencyKey === undefined) return input;
  const { name } = findScenario(configuration, scenario);
  return { ...input, decisionId: idOf(await store.secret(), [name, userId, idempotencyKey]) };
}

/** The decision that a request with a key has led to. */
export async function findRepeated(
  { decisions }: Store,
  { idempotencyKey, decisionId: id, slateSize }: ParsedInput,
): Promise<Recommendation | undefined> {
  if (idempotencyKey === undefined || id === undefined) return undefined;
  const found = await decisions.find(id);
  if (found === undefined) return undefined;
  const { decision } = found;
  if (slateSize === undefined || decision.slate.length <= slateSize)
    return { decision, isRepeated: true };
  const message = `idempotencyKey '${idempotencyKey}' has led to a slate of ${decision.slate.length}, and this request asks for ${slateSize}; give another request another key`;
  throw new EngineError("conflict", message, {
    details: { field: "idempotencyKey", value: idempotencyKey, decisionId: id },
  });
}
