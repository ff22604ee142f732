import { EngineError } from "../domain/errors.ts";
import type { EncoderSource } from "./encoder/encoder.ts";
import { openNetworkPolicy, readNetwork } from "./network-policy.ts";
import type { Policy } from "./policy.ts";
import { loadPopularityPolicy } from "./popularity.ts";
import { decodeTensors } from "./snapshot.ts";

/** Bytes of a snapshot → a policy that can serve. @throws corrupt_snapshot, unsupported_snapshot_version, not_found */
export async function loadPolicy(bytes: Uint8Array, encoders: EncoderSource): Promise<Policy> {
  const file = decodeTensors(bytes);
  if (file.meta.kind === "network") return openNetworkPolicy(await readNetwork(file, encoders));
  if (file.meta.kind === "popularity") return loadPopularityPolicy(file);
  throw new EngineError(
    "corrupt_snapshot",
    `policy snapshot is of kind '${file.meta.kind}', which can't serve`,
    {
      details: { kind: file.meta.kind },
    },
  );
}
