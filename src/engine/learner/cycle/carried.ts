import { EngineError } from "../../../domain/errors.ts";
import { criticShape } from "../../../learning/critic.ts";
import {
  initialMetaPolicy,
  type MetaPolicyState,
  readMetaPolicy,
} from "../../../mpo/meta-policy.ts";
import type { Network } from "../../../policy/network.ts";
import { encodeNetwork, toNetwork } from "../../../policy/network-policy.ts";
import { decodeTensors } from "../../../policy/snapshot.ts";
import type { PolicyChange, Store } from "../../../storage/store.ts";

/** State that one cycle of a scenario hands to the next, beside the policies. */
export interface Carried {
  readonly critic: Network | undefined;
  readonly meta: MetaPolicyState;
}

const criticName = (scenario: string) => `critic/${scenario}`;
const metaName = (scenario: string) => `meta-policy/${scenario}`;

/** A critic that can't be read, or is of another build's shape, is learned again: it is a start, not a promise. */
function decodeCritic(bytes: Uint8Array | undefined): Network | undefined {
  if (bytes === undefined) return undefined;
  try {
    const network = toNetwork(decodeTensors(bytes));
    const { heads, width } = network.shape;
    return heads === criticShape.heads && width === criticShape.width ? network : undefined;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

export async function loadCarried(store: Store, scenario: string): Promise<Carried> {
  const critic = await store.checkpoints.load(criticName(scenario));
  const meta = await store.checkpoints.load(metaName(scenario));
  return {
    critic: decodeCritic(critic),
    meta:
      meta === undefined
        ? initialMetaPolicy
        : readMetaPolicy(JSON.parse(Buffer.from(meta).toString())),
  };
}

export function encodeCarried(
  scenario: string,
  carried: { readonly critic: Network; readonly meta: MetaPolicyState },
): NonNullable<PolicyChange["checkpoints"]> {
  return [
    { name: criticName(scenario), bytes: encodeNetwork(carried.critic, "critic") },
    { name: metaName(scenario), bytes: Buffer.from(JSON.stringify(carried.meta)) },
  ];
}

/** @throws corrupt_snapshot */
export async function loadServed(store: Store, version: number): Promise<Network | undefined> {
  const bytes = await store.policies.bytes(version);
  return bytes && toNetwork(decodeTensors(bytes));
}
