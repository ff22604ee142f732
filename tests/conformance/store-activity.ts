import fc from "fast-check";
import { expect, test } from "vitest";
import type { UserActivity } from "../../src/domain/activity.ts";
import type { Arm } from "../../src/domain/decision.ts";
import { userId } from "../../src/domain/ids.ts";
import { countTurns } from "../support/count-turns.ts";
import { sampleDecision } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const [hour, day] = [3_600_000, 86_400_000];
const gap = 2 * hour;

interface Visit {
  readonly user: string;
  readonly arm: Arm;
  readonly at: number;
}

/** The definition, session by session. */
function countByHand(visits: readonly Visit[], to: number): readonly UserActivity[] {
  const found = new Map<string, UserActivity>();
  for (const user of new Set(visits.map((visit) => visit.user))) {
    const sessions: { arm: Arm; times: number[] }[] = [];
    for (const { arm, at } of visits.filter((one) => one.user === user)) {
      const last = sessions.at(-1);
      if (last !== undefined && at - last.times.at(-1)! < gap) last.times.push(at);
      else sessions.push({ arm, times: [at] });
    }
    for (const [index, { arm, times }] of sessions.entries()) {
      const [started, ended, next] = [times[0]!, times.at(-1)!, sessions[index + 1]?.times[0]];
      const before = found.get(`${user}/${arm}`);
      const add = (field: Exclude<keyof UserActivity, "arm" | "userId">, more: number) =>
        (before?.[field] ?? 0) + more;
      const isBack = (days: number) =>
        Number(ended + days * day <= to && next !== undefined && next - ended < days * day);
      found.set(`${user}/${arm}`, {
        userId: userId(user),
        arm,
        sessions: add("sessions", 1),
        decisions: add("decisions", times.length),
        seconds: add("seconds", (ended - started) / 1000),
        returns: add("returns", Number(next !== undefined)),
        waitedDays: add("waitedDays", ((next ?? to) - started) / day),
        endedDayAgo: add("endedDayAgo", Number(ended + day <= to)),
        endedWeekAgo: add("endedWeekAgo", Number(ended + 7 * day <= to)),
        backWithinDay: add("backWithinDay", isBack(1)),
        backWithinWeek: add("backWithinWeek", isBack(7)),
      });
    }
  }
  return [...found.values()];
}

const rounded = (users: readonly UserActivity[]) =>
  users
    .map(({ waitedDays, ...user }) => ({ ...user, waitedDays: Number(waitedDays.toFixed(9)) }))
    .map((one) =>
      JSON.stringify(
        one,
        [...Object.keys(one)].sort((a, b) => a.localeCompare(b)),
      ),
    )
    .toSorted();

export function testActivity(open: OpenStore): void {
  test("activity is that of the sessions by definition, of one scenario and span", async () => {
    const visit = fc.record({
      user: fc.constantFrom("ann", "bob"),
      arm: fc.constantFrom<Arm>("serving", "canary"),
      // Whole half hours, so that gaps and days are met exactly.
      at: fc.integer({ min: 0, max: 800 }).map((halves) => (halves * hour) / 2),
    });
    const property = fc.asyncProperty(
      fc.uniqueArray(visit, { maxLength: 40, selector: ({ user, at }) => `${user} ${at}` }),
      async (drawn) => {
        const visits = drawn.toSorted((left, right) => left.at - right.at);
        const store = await open();
        await store.decisions.appendAll(
          visits.map(({ user, arm, at }, index) =>
            sampleDecision(`d-${index}`, { userId: userId(user), arm, decidedAt: at }),
          ),
        );
        const [from, to] = [24 * hour, 360 * hour];
        const within = visits.filter(({ at }) => at >= from && at < to);
        const span = { scenario: "shop", from, to, sessionGapSeconds: gap / 1000 };
        const found = await store.decisions.userActivity(span);
        expect(rounded(found)).toEqual(rounded(countByHand(within, to)));
        expect(await store.decisions.userActivity({ ...span, scenario: "ads" })).toEqual([]);
        await store.close();
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test("activity of more decisions than a page, many at one time, is read in turns", async () => {
    const store = await open();
    const decided = (index: number, user: string, at: number) =>
      sampleDecision(`d-${index}`, { userId: userId(user), decidedAt: at });
    const crowd = Array.from({ length: 1500 }, (_, index) => decided(index, `u-${index}`, hour));
    await store.decisions.appendAll([decided(1500, "ann", 0), ...crowd]);
    await store.decisions.appendAll([
      decided(1501, "ann", 2 * hour),
      decided(1502, "ann", 5 * hour),
    ]);
    const span = { scenario: "shop", from: 0, to: 6 * hour, sessionGapSeconds: (3 * hour) / 1000 };
    const { result: found, turns } = await countTurns(() => store.decisions.userActivity(span));
    // One after a page of decisions, one after a page of users.
    expect(turns).toBe(2);
    expect(found).toHaveLength(1501);
    expect(found.find(({ userId: user }) => user === "ann")).toMatchObject({
      sessions: 2,
      decisions: 3,
      returns: 1,
      seconds: 7200,
      waitedDays: 6 / 24,
    });
    await store.close();
  });
}
