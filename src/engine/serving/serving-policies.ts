import { EngineError } from "../../domain/errors.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { EncoderSource } from "../../policy/encoder/encoder.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import type { Policy } from "../../policy/policy.ts";
import type { PolicyStore } from "../../storage/policy-store.ts";
import { encodersOf } from "../state/encoders.ts";

/** Policies kept in memory, about 1 MB each beside their encoder: serving, canary, holdback and baseline of fifteen scenarios. */
const capacity = 60;

/** Snapshots by version, decoded once. A version that can't be decoded keeps its problem and is not tried again. */
export interface ServingPolicies {
  /** @throws corrupt_snapshot, unsupported_snapshot_version, not_found */
  get(version: number): Promise<Policy>;
  /** Reason why the requested version can't be served; absent if it can. */
  problem(version: number): string | undefined;
  close(): Promise<void>;
}

/** Policies of a server, some of which are loaded before they have a version. */
export interface PreparedPolicies extends ServingPolicies {
  /** @param checksum SHA-256 of the bytes, hexadecimal @param warmUp first work of the policy */
  prepare(
    checksum: string,
    bytes: Uint8Array,
    warmUp: (policy: Policy) => Promise<void>,
  ): Promise<void>;
}

/** Prepared policies that have no version yet. */
const preparedCapacity = 4;

async function load(store: PolicyStore, version: number, encoders: EncoderSource): Promise<Policy> {
  const bytes = await store.bytes(version);
  if (bytes !== undefined) return loadPolicy(bytes, encoders);
  throw new EngineError("not_found", `policy version ${version} is not in the store`, {
    details: { version },
  });
}

/** A bad snapshot stays bad; an unavailable store may come back. */
const isPermanent = (error: unknown) =>
  error instanceof EngineError && error.code !== "storage_unavailable";

/** @param encoders default: those that the process shares */
export function createServingPolicies(
  store: PolicyStore,
  encoders: EncoderSource = encodersOf(store),
): PreparedPolicies {
  // One that leaves is not closed: a request may still be using it. Its native memory is freed when it is collected.
  const loaded = new LastUsedMap<number, Promise<Policy>>(capacity);
  const problems = new Map<number, string>();
  const prepared = new LastUsedMap<string, Policy>(preparedCapacity);

  const open = async (version: number) => {
    const snapshot = prepared.size > 0 ? await store.find(version) : undefined;
    return prepared.get(snapshot?.checksum ?? "") ?? load(store, version, encoders);
  };
  const get = async (version: number) => {
    const pending = loaded.get(version) ?? open(version);
    loaded.set(version, pending);
    return pending.catch((error: Error) => {
      if (isPermanent(error)) problems.set(version, `policy ${version}: ${error.message}`);
      else loaded.delete(version);
      throw error;
    });
  };
  return {
    get,
    prepare: async (checksum, bytes, warmUp) => {
      const policy = await loadPolicy(bytes, encoders);
      await warmUp(policy);
      prepared.set(checksum, policy);
    },
    problem: (version) => problems.get(version),
    close: async () => {
      const policies = await Promise.allSettled(loaded.values());
      for (const result of policies) if (result.status === "fulfilled") await result.value.close();
      loaded.clear();
    },
  };
}
