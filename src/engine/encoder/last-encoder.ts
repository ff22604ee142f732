import type { PolicyChange } from "../../storage/policy-store.ts";
import type { Store } from "../../storage/store.ts";

/** The newest encoder that was trained for a scenario, even if it never served, or could not be trained. */
export interface LastEncoder {
  /** Event number up to which it was trained. */
  readonly throughSequence: number;
  /** Milliseconds since 1970. */
  readonly trainedAt: number;
}

const nameOf = (scenario: string) => `encoder/${scenario}`;

export async function loadLastEncoder(
  { checkpoints }: Store,
  scenario: string,
): Promise<LastEncoder | undefined> {
  const bytes = await checkpoints.load(nameOf(scenario));
  return bytes && (JSON.parse(Buffer.from(bytes).toString()) as LastEncoder);
}

/** For the transaction in which its policy is published. */
export const rememberEncoder = (
  scenario: string,
  last: LastEncoder,
): NonNullable<PolicyChange["checkpoints"]>[number] => ({
  name: nameOf(scenario),
  bytes: Buffer.from(JSON.stringify(last)),
});
