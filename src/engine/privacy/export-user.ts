import type { User } from "../../domain/catalogue.ts";
import type { Consent } from "../../domain/consent.ts";
import type { Feedback } from "../../domain/decision.ts";
import type { UserId } from "../../domain/ids.ts";
import type { UserReaction } from "../../domain/reaction.ts";
import type { ScannedEvent } from "../../storage/event-store.ts";
import type { Store } from "../../storage/store.ts";
import type { UserHistory } from "../../storage/user-history.ts";

/** All that the record has of one user: every row that an erasure would remove. */
export interface UserExport extends Pick<UserHistory, "documents" | "edges" | "pseudonyms"> {
  readonly userId: string;
  /** As they are now. */
  readonly attributes: User["attributes"];
  readonly consent: Consent;
  readonly revisions: UserHistory["attributes"];
  readonly consents: UserHistory["consents"];
  /** Retracted ones too. */
  readonly events: readonly ScannedEvent[];
  /** With rewards and viewed positions. */
  readonly decisions: readonly Feedback[];
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
  const { users, consents, events, erasures, reactions } = store;
  const { attributes: revisions, consents: stated, ...kept } = await erasures.history(userId);
  return {
    userId,
    attributes: (await users.find(userId))?.attributes ?? {},
    consent: await consents.of(userId),
    revisions,
    consents: stated,
    events: await events.ofUser(userId),
    decisions: await readDecisions(store, userId),
    ...kept,
    reactions: await reactions.list({ userId, until: all }, { limit: all }),
  };
}
