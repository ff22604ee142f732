import { EngineError } from "../../domain/errors.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import { type Encoder, type EncoderSource, openEncoder } from "../../policy/encoder/encoder.ts";
import type { PolicyStore } from "../../storage/policy-store.ts";

/** Encoders that a process keeps of a record: the serving one, that of a canary, and that of a parent. */
const capacity = 3;

async function open(policies: PolicyStore, hash: string): Promise<Encoder> {
  const bytes = await policies.encoder(hash);
  if (bytes !== undefined) return openEncoder({ hash, bytes });
  throw new EngineError(
    "not_found",
    `encoder ${hash.slice(0, 12)}… is not in the store; restore it from a copy of the database`,
    { details: { hash } },
  );
}

/** The encoders of a record, each opened once. They have worked out nothing yet, so an audit has its own. */
export function createEncoders(policies: PolicyStore): EncoderSource {
  const known = new LastUsedMap<string, Promise<Encoder>>(capacity);
  return (hash) => {
    const pending = known.get(hash) ?? open(policies, hash);
    known.set(hash, pending);
    return pending.catch((error: unknown) => {
      known.delete(hash);
      throw error;
    });
  };
}

const shared = new WeakMap<PolicyStore, EncoderSource>();

/** Those that everything else in a process shares: serving, learning, and questions about a log. */
export function encodersOf(policies: PolicyStore): EncoderSource {
  const encoders = shared.get(policies) ?? createEncoders(policies);
  shared.set(policies, encoders);
  return encoders;
}
