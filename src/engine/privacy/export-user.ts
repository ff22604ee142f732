import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { User } from "../../domain/catalogue.ts";
import type { Feedback } from "../../domain/decision.ts";
import type { Edge } from "../../domain/edge.ts";
import type { UserId } from "../../domain/ids.ts";
import type { UserReaction } from "../../domain/reaction.ts";
import type { Store } from "../../storage/store.ts";

/** All that the record has of one user, as it is now. */
export interface UserExport {
  readonly userId: string;
  readonly attributes: User["attributes"];
  readonly events: readonly HistoryEntry[];
  readonly decisions: readonly Feedback[];
  readonly edges: readonly Edge[];
  readonly reactions: readonly UserReaction[];
}

const all = Number.MAX_SAFE_INTEGER;
const pageSize = 1000;

async function readDecisions(
  { decisions, retention }: Store,
  userId: UserId,
): Promise<readonly Feedback[]> {
  const found: Feedback[] = [];
  for (const scenario of await retention.scenarios()) {
    let before: { decidedAt: number; sequence?: number } | undefined = { decidedAt: all };
    while (before) {
      const { rows } = await decisions.list({ scenario, userId, from: 0, before, limit: pageSize });
      found.push(...rows);
      const last = rows[pageSize - 1];
      before = last && { decidedAt: last.decision.decidedAt, sequence: last.sequence };
    }
  }
  return found;
}

/** Rows of one user, for those who ask for them. */
export async function exportUser(store: Store, userId: UserId): Promise<UserExport> {
  const { users, events, edges, reactions } = store;
  return {
    userId,
    attributes: (await users.find(userId))?.attributes ?? {},
    events: await events.history(userId, { asOf: all, limit: all }),
    decisions: await readDecisions(store, userId),
    edges: await edges.of(userId, { limit: all }),
    reactions: await reactions.list({ userId, until: all }, { limit: all }),
  };
}
