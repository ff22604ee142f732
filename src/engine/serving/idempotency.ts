import { createHmac } from "node:crypto";
import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, decisionId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import type { Recommendation } from "../calls/serving-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { ParsedInput } from "./parsed-input.ts";
import type { RecommendParts } from "./recommend-parts.ts";

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

/** Why a decision can't answer a request that has its key; undefined if it can. */
function findDifference(
  { slate }: Decision,
  isDeferred: boolean,
  { slateSize, deferred = false }: ParsedInput,
): string | undefined {
  if (slateSize !== undefined && slate.length > slateSize)
    return `a slate of ${slate.length}, and this request asks for ${slateSize}`;
  if (isDeferred && !deferred) return "a deferred decision, and this request is not deferred";
  return undefined;
}

/** The decision that a request with a key has led to. */
export async function findRepeated(
  { store: { decisions, deferrals }, clock }: Pick<RecommendParts, "store" | "clock">,
  input: ParsedInput,
): Promise<Recommendation | undefined> {
  const { idempotencyKey, decisionId: id } = input;
  if (idempotencyKey === undefined || id === undefined) return undefined;
  // Activation moves it from the one to the other.
  const kept = (await deferrals.find(id, clock()))?.decisions[0];
  const decision = kept ?? (await decisions.find(id))?.decision;
  if (decision === undefined) return undefined;
  const difference = findDifference(decision, kept !== undefined, input);
  if (difference === undefined)
    return { decision, isRepeated: true, ...(kept && { isDeferred: true }) };
  const message = `idempotencyKey '${idempotencyKey}' has led to ${difference}; give another request another key`;
  throw new EngineError("conflict", message, {
    details: { field: "idempotencyKey", value: idempotencyKey, decisionId: id },
  });
}
