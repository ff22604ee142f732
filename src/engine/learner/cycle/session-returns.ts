import type { Feedback } from "../../../domain/decision.ts";
import type { UserId } from "../../../domain/ids.ts";
import { normaliseReward } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import type { SessionStep } from "../../../learning/feedback-row.ts";

/** Values of a session for the rows of a decision. */
interface DecisionReturn {
  /** (1 − γ)·Σ_j γ^j·(mean reward of the j-th decision from here on), in [0, 1] as the rewards are. */
  readonly value: number;
  readonly step: SessionStep;
}

/** The fields that sessions are cut by: candidates need not be kept. */
export interface SessionDecision extends Pick<Feedback, "sequence" | "rewards" | "viewed"> {
  readonly decision: Omit<Feedback["decision"], "candidates" | "context">;
}

/** A decision that a cycle learns from. */
export interface ReadDecision<Entry extends SessionDecision = SessionDecision> {
  readonly feedback: Entry;
  /** No earlier cycle has read it. */
  readonly isNew: boolean;
  /** Present if the scenario has a discount. */
  readonly ahead?: DecisionReturn;
}

/** A user's decisions, oldest first, cut between two that are `gapMs` or more apart. */
function cutSessions<Entry extends SessionDecision>(
  feedback: readonly Entry[],
  gapMs: number,
): Entry[][] {
  const sessions: Entry[][] = [];
  const open = new Map<UserId, Entry[]>();
  for (const entry of feedback) {
    const { userId, decidedAt } = entry.decision;
    const session = open.get(userId);
    const last = session?.at(-1);
    if (session && last && decidedAt - last.decision.decidedAt < gapMs) session.push(entry);
    else {
      const started = [entry];
      open.set(userId, started);
      sessions.push(started);
    }
  }
  return sessions;
}

/** Returns of a session's decisions, backwards: G_t = (1 − γ)·r_t + γ·G_{t+1}, and 0 reward units after its end. */
function addReturns<Entry extends SessionDecision>(
  session: readonly Entry[],
  scenario: Scenario,
  number: (entry: Entry) => number,
): [Entry, DecisionReturn][] {
  const { reward: rule, discount } = scenario;
  let value = normaliseReward(0, rule);
  const returns: [Entry, DecisionReturn][] = [];
  for (const [index, entry] of [...session.entries()].reverse()) {
    const { rewards } = entry;
    const decisionReward =
      rewards.reduce<number>((sum, reward) => sum + normaliseReward(reward, rule), 0) /
      rewards.length;
    value = (1 - discount) * decisionReward + discount * value;
    const following = session[index + 1];
    const next = following === undefined ? {} : { next: number(following) };
    const step = { decisionReward, decision: number(entry), ...next };
    returns.push([entry, { value, step }]);
  }
  return returns;
}

/**
 * Decisions of sessions that have ended, oldest first, with their returns; those that a cycle reads
 * for the first time come last. A session has ended once the log holds a decision of any user at
 * least the gap after its last one: so it is read whole, and judges once, at any pace of cycles.
 * @param feedback closed decisions in the order of their event numbers
 * @param previous event number up to which earlier cycles have read
 */
export function readSessions<Entry extends SessionDecision>(
  feedback: readonly Entry[],
  scenario: Scenario,
  previous: number,
): ReadDecision<Entry>[] {
  const gapMs = scenario.sessionGapSeconds * 1000;
  const newest = (entries: readonly Entry[]) =>
    entries.reduce((most, { decision }) => Math.max(most, decision.decidedAt), -Infinity);
  const through = newest(feedback);
  const before = newest(feedback.filter(({ sequence }) => sequence <= previous));
  const ended = cutSessions(feedback, gapMs)
    .map((session) => ({ session, endedAt: newest(session) + gapMs }))
    .filter(({ endedAt }) => endedAt <= through);
  const number = ({ sequence }: Entry) => sequence;
  return ended
    .flatMap(({ session, endedAt }) =>
      addReturns(session, scenario, number).map(([entry, ahead]) => ({
        feedback: entry,
        isNew: endedAt > before,
        ahead,
      })),
    )
    .sort(
      (left, right) =>
        Number(left.isNew) - Number(right.isNew) ||
        left.feedback.sequence - right.feedback.sequence,
    );
}
