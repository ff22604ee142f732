import type { UserActivity } from "../../domain/activity.ts";
import { type Arm, arms } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { DecisionStore } from "../decision-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Decisions that are read, and users who are counted, at once, in a few milliseconds: requests are answered between two pages. */
const pageRows = 1000;

/** Parameters: scenario, end of the span, time and event number after which the page begins. */
const page = `
SELECT sequence, user_id, arm, decided_at FROM decisions
WHERE scenario = ?1 AND decided_at < ?2 AND (decided_at, sequence) > (?3, ?4)
ORDER BY decided_at, sequence LIMIT ${pageRows}`;

interface Visit {
  readonly userId: UserId;
  readonly arm: Arm;
  readonly at: number;
}

/** The arm is that of its first decision. Times in milliseconds since 1970. */
interface Session {
  readonly arm: Arm;
  readonly started: number;
  ended: number;
  decisions: number;
}

type Counts = { -readonly [Field in keyof UserActivity]: UserActivity[Field] };

interface Visitor {
  session: Session;
  readonly counts: Counts[];
}

const zeros = {
  sessions: 0,
  decisions: 0,
  seconds: 0,
  returns: 0,
  waitedDays: 0,
  endedDayAgo: 0,
  backWithinDay: 0,
  endedWeekAgo: 0,
  backWithinWeek: 0,
};

function countsOf(user: UserId, { session: { arm }, counts }: Visitor): Counts {
  const known = counts.find((one) => one.arm === arm);
  if (known !== undefined) return known;
  const made = { userId: user, arm, ...zeros };
  counts.push(made);
  return made;
}

/** Adds a session that is over. @param next start of the user's next one, or infinity if none began before `to` */
function addSession(counts: Counts, session: Session, next: number, to: number): void {
  const { started, ended, decisions } = session;
  const [day, week] = [ended + dayMs <= to, ended + 7 * dayMs <= to];
  counts.sessions++;
  counts.decisions += decisions;
  counts.seconds += (ended - started) / 1000;
  counts.returns += Number(next < to);
  counts.waitedDays += (Math.min(next, to) - started) / dayMs;
  counts.endedDayAgo += Number(day);
  counts.endedWeekAgo += Number(week);
  counts.backWithinDay += Number(day && next - ended < dayMs);
  counts.backWithinWeek += Number(week && next - ended < 7 * dayMs);
}

/** Counts sessions of visits that come in the order of time. Memory: some 400 bytes a user and arm. */
function createSessions({ to, gap }: { readonly to: number; readonly gap: number }) {
  const visitors = new Map<UserId, Visitor>();
  const add = ({ userId: user, arm, at }: Visit): void => {
    const session = { arm, started: at, ended: at, decisions: 1 };
    const visitor = visitors.get(user);
    if (visitor === undefined) visitors.set(user, { session, counts: [] });
    else if (at - visitor.session.ended >= gap) {
      addSession(countsOf(user, visitor), visitor.session, at, to);
      visitor.session = session;
    } else {
      visitor.session.ended = at;
      visitor.session.decisions++;
    }
  };
  const end = async (): Promise<readonly UserActivity[]> => {
    const found: UserActivity[] = [];
    let users = 0;
    for (const [user, visitor] of visitors) {
      addSession(countsOf(user, visitor), visitor.session, Number.POSITIVE_INFINITY, to);
      found.push(...visitor.counts);
      users++;
      if (users % pageRows === 0) await new Promise(setImmediate);
    }
    return found;
  };
  return { add, end };
}

/** Sessions of users, by arm. */
export function createUserActivity(connection: Connection): Pick<DecisionStore, "userActivity"> {
  const statement = connection.prepare(page);
  return {
    userActivity: async ({ scenario, from, to, sessionGapSeconds }) => {
      const sessions = createSessions({ to, gap: 1000 * sessionGapSeconds });
      let after: readonly [number, number] = [from, 0];
      for (;;) {
        const rows = statement.all(scenario, to, ...after);
        for (const row of rows) {
          after = [readNumber(row, "decided_at"), readNumber(row, "sequence")];
          const user = userId(readText(row, "user_id"));
          sessions.add({ userId: user, arm: readMember(row, "arm", arms), at: after[0] });
        }
        if (rows.length < pageRows) return sessions.end();
        await new Promise(setImmediate);
      }
    },
  };
}
