import { hourMs } from "../../domain/durations.ts";
import type { EdgeType } from "../../domain/edge.ts";
import type { UserId } from "../../domain/ids.ts";
import type { SocialRule } from "../../domain/social.ts";
import type { EngagedItem } from "../../storage/edge-store.ts";
import type { Store } from "../../storage/store.ts";

/** Edges of a user that count in a decision, the newest ones. */
const mostEdges = 200;
/** Connected people of the newest edges, whose newest events are looked at: 1,000 rows for a request at most. */
const [newestPeople, newestEvents] = [50, 20];

/** People that a user is connected with, and their doings, as of a decision. */
export interface Social {
  readonly rule: SocialRule;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** By the other end's id: a user, or an author. */
  readonly connected: ReadonlyMap<string, ReadonlySet<EdgeType>>;
  /** Those of the most people first. */
  readonly engaged: readonly EngagedItem[];
}

/** A user at the moment of a decision. */
export interface SocialMoment {
  readonly userId: UserId;
  /** Event number up to which the record counts. */
  readonly asOf: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Undefined if the scenario has no rule about edges. */
export async function readSocial(
  { edges }: Store,
  rule: SocialRule | undefined,
  { userId, asOf, now }: SocialMoment,
): Promise<Social | undefined> {
  if (rule === undefined) return undefined;
  const connected = new Map<string, Set<EdgeType>>();
  for (const { to, type } of await edges.of(userId, { asOf, limit: mostEdges }))
    connected.set(to, (connected.get(to) ?? new Set()).add(type));
  const { types, hours } = rule;
  const span = { asOf, newest: newestEvents, since: now - hours * hourMs, types };
  const people = [...connected.keys()].slice(0, newestPeople);
  const engaged = people.length === 0 ? [] : await edges.engaged(people, span);
  return { rule, now, connected, engaged };
}
