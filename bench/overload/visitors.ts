import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { itemId } from "../../src/domain/ids.ts";
import type { World } from "../../src/domain/world.ts";
import { type Answer, ask } from "./ask.ts";

/** What a phase of the load saw. */
export interface Seen {
  /** From the time at which a request was due to the last byte of its slate. */
  readonly acceptedMs: number[];
  readonly refusedMs: number[];
  /** Answers with a status that is neither 200 nor an overload's 503, and requests without an answer. */
  readonly failed: string[];
}

/** What the server has said to be stored. */
export interface Acknowledged {
  readonly decisionIds: string[];
  readonly events: { readonly eventId: string; readonly userId: string; readonly itemId: string }[];
}

export const nothingSeen = (): Seen => ({ acceptedMs: [], refusedMs: [], failed: [] });

/** Visitors of a world against a server, in another process. */
export interface Visitors {
  readonly acknowledged: Acknowledged;
  /** One visit: a slate, then the clicks on it. */
  visit(
    seen: Seen,
    options: { readonly dueAt: number; readonly agent?: Agent | false },
  ): Promise<void>;
  close(): void;
}

interface Slate {
  readonly decisionId: string;
  readonly slate: readonly { readonly itemId: string }[];
}

const isOverload = ({ status, text }: Answer) => status === 503 && text.includes('"overloaded"');

export function createVisitors(
  url: string,
  world: Pick<World, "visit" | "react" | "slateSize">,
): Visitors {
  const kept = new Agent({ keepAlive: true, maxSockets: 512 });
  const acknowledged: Acknowledged = { decisionIds: [], events: [] };
  let turns = 0;

  async function click(turn: number, { decisionId, slate }: Slate, agent: Agent | false) {
    const { userId } = world.visit(turn);
    const shown = slate.map((entry) => itemId(entry.itemId));
    const events = world.react(turn, shown).map((reaction) => ({
      ...reaction,
      userId,
      decisionId,
      eventId: `${decisionId}/${reaction.itemId}`,
    }));
    if (events.length === 0) return;
    const { status } = await ask(`${url}/api/v1/events`, { agent, body: { events } });
    if (status === 200) acknowledged.events.push(...events);
  }

  async function visit(
    seen: Seen,
    { dueAt, agent = kept }: { readonly dueAt: number; readonly agent?: Agent | false },
  ): Promise<void> {
    const turn = turns++;
    const { userId, context } = world.visit(turn);
    const body = { userId, context, slateSize: world.slateSize };
    const answer = await ask(`${url}/api/v1/recommend`, { agent, body });
    const ms = performance.now() - dueAt;
    if (isOverload(answer)) seen.refusedMs.push(ms);
    else if (answer.status !== 200) seen.failed.push(`${answer.status} ${answer.text}`);
    else {
      seen.acceptedMs.push(ms);
      const slate = JSON.parse(answer.text) as Slate;
      acknowledged.decisionIds.push(slate.decisionId);
      await click(turn, slate, agent);
    }
  }
  return { acknowledged, visit, close: () => kept.destroy() };
}

/** So many visitors, each of whom comes again as soon as served. @returns slates a second */
export async function visitInTurn(
  visitors: Visitors,
  {
    count,
    seconds,
    seen,
  }: { readonly count: number; readonly seconds: number; readonly seen: Seen },
): Promise<number> {
  const startedAt = performance.now();
  const end = startedAt + 1000 * seconds;
  const keepVisiting = async () => {
    while (performance.now() < end) await visitors.visit(seen, { dueAt: performance.now() });
  };
  await Promise.all(Array.from({ length: count }, keepVisiting));
  return (1000 * seen.acceptedMs.length) / (performance.now() - startedAt);
}

const tickMs = 5;

/** Visits at a steady rate, whether those before are served or not. */
export async function visitSteadily(
  visitors: Visitors,
  {
    perSecond,
    seconds,
    seen,
  }: { readonly perSecond: number; readonly seconds: number; readonly seen: Seen },
): Promise<void> {
  const startedAt = performance.now();
  const all: Promise<void>[] = [];
  const total = Math.round(perSecond * seconds);
  while (all.length < total) {
    const due = Math.min(total, ((performance.now() - startedAt) / 1000) * perSecond);
    while (all.length < due) {
      const dueAt = startedAt + (1000 * all.length) / perSecond;
      all.push(visitors.visit(seen, { dueAt }));
    }
    await setTimeout(tickMs);
  }
  await Promise.all(all);
}
