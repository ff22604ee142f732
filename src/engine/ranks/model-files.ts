import { EngineError } from "../../domain/errors.ts";
import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { createRandom } from "../../numeric/random.ts";
import { loadPolicy } from "../../policy/load-policy.ts";
import { encodeNetwork, initialNetwork } from "../../policy/network-policy.ts";
import { intervene } from "../interventions/intervene.ts";
import type { RecommendParts } from "../serving/recommend-parts.ts";
import { encodersOf } from "../state/encoders.ts";

interface ModelFile {
  readonly policy: PolicySnapshot;
  readonly bytes: Uint8Array;
}

/** The serving policy of a loop as a file. */
export interface ModelFiles {
  /** The serving policy. */
  read(): Promise<ModelFile>;
  /** The same, to be taken away; the trail has it. @param key as in `Engine.intervene` */
  export(key?: string): Promise<ModelFile>;
  /**
   * Lets a snapshot serve that `read` gave, here or elsewhere. Learning continues from it.
   * @param key as in `Engine.intervene`
   * @throws corrupt_snapshot, unsupported_snapshot_version, conflict if an operator restrains
   * promotions
   */
  replace(bytes: Uint8Array, key?: string): Promise<void>;
  /** Lets a policy serve that knows nothing. @throws conflict */
  reset(key?: string): Promise<void>;
}

const by = "Personalizer's client";

async function refuseRestrained({ store }: RecommendParts, scenario: string): Promise<void> {
  const { mode } = await store.policies.assignment(scenario);
  if (mode === undefined) return;
  const message = `promotions of scenario ${scenario} are ${mode}; recurve promotions resume lets another model serve`;
  throw new EngineError("conflict", message, { details: { scenario, mode } });
}

/** Pinned, so that it serves by an operator's word, and released, so that cycles may improve it. */
async function serve(
  parts: RecommendParts,
  scenario: string,
  { bytes, reason, key }: { readonly bytes: Uint8Array; reason: string; key: string | undefined },
): Promise<void> {
  const { kind, close } = await loadPolicy(bytes, encodersOf(parts.store.policies));
  await close();
  await refuseRestrained(parts, scenario);
  const { store } = parts;
  const now = parts.clock();
  const added = {
    scenario,
    kind,
    status: "held",
    createdAt: now,
    bytes,
    evidence: { reason },
  } as const;
  const {
    added: [version = 0],
  } = await store.policies.apply({ add: [added] });
  const scene = { store, scenario, now, ...(key !== undefined && { key }) };
  await intervene(scene, { scenario, kind: "pin", version, by, reason });
  await intervene(scene, { scenario, kind: "resume", by, reason });
}

export function createModelFiles(parts: RecommendParts, { name }: Scenario): ModelFiles {
  const { policies, trail } = parts.store;
  const read = async () => {
    const { serving } = await policies.assignment(name);
    const policy = serving === undefined ? undefined : await policies.find(serving);
    const bytes = policy && (await policies.bytes(policy.version));
    if (policy && bytes) return { policy, bytes };
    throw new EngineError("not_found", `no policy serves in scenario ${name}`);
  };
  return {
    read,
    export: async (key) => {
      const file = await read();
      const deed = { kind: "export", subject: `policy ${file.policy.version}` } as const;
      await trail.add({ ...deed, madeAt: parts.clock(), ...(key !== undefined && { key }) });
      return file;
    },
    replace: (bytes, key) => serve(parts, name, { bytes, reason: "a model was imported", key }),
    reset: (key) => {
      const bytes = encodeNetwork(initialNetwork(createRandom(0)));
      return serve(parts, name, { bytes, reason: "the model was reset", key });
    },
  };
}
