import type { Json } from "../../domain/json.ts";
import type { Store } from "../../storage/store.ts";

/**
 * `online`: the policy answers. `apprentice`: the caller's first action is the answer, and the
 * policy learns to choose it.
 */
export type LearningMode = "online" | "apprentice";

/** Settings that clients may change. */
export interface RankSettings {
  readonly mode: LearningMode;
  /** Milliseconds since 1970; absent until they are changed. */
  readonly editedAt?: number;
}

const key = { kind: "settings", id: "personalizer" } as const;

/** They stay in the record: the learner reads them too. */
export async function readRankSettings({ documents }: Store): Promise<RankSettings> {
  const found = (await documents.find(key, 0)) as unknown as RankSettings | undefined;
  return found ?? { mode: "online" };
}

export const writeRankSettings = (
  { documents }: Store,
  mode: LearningMode,
  now: number,
): Promise<void> => documents.put(key, { mode, editedAt: now } satisfies Json, { now });
