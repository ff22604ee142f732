import { createHash } from "node:crypto";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, decisionId } from "../../domain/ids.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Recommendation } from "../engine.ts";
import { findScenario, type ParsedInput } from "./recommend.ts";

/** A UUID of version 8 (RFC 9562): the decision itself remembers the key, without a table of keys. */
function idOf(parts: readonly string[]): DecisionId {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return decisionId(digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"));
}

/** A request with a key leads to the decision of its user, scenario and key. */
export function keyedId(configuration: Configuration, input: ParsedInput): ParsedInput {
  const { idempotencyKey, scenario, userId } = input;
  if (idempotencyKey === undefined) return input;
  const { name } = findScenario(configuration, scenario);
  return { ...input, decisionId: idOf([name, userId, idempotencyKey]) };
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
