import { expect, test } from "vitest";
import { playSatiation } from "../support/play-satiation.ts";

const isFull = process.env.RECURVE_FULL !== undefined;

test.skipIf(!isFull)(
  "the real loop with a discount reads each session once it has ended, and judges by returns in numbers that all are numbers (needs RECURVE_FULL)",
  { timeout: 600_000 },
  async () => {
    const { sessions, cycles } = await playSatiation({
      discount: 0.9,
      cycles: 2,
      sessionsPerCycle: 60,
    });
    const sum = (played: typeof sessions, of: "decisions" | "clicks") =>
      played.flat().reduce((total, session) => total + session[of], 0);
    let read = 0;
    for (const [index, { outcome, record }] of cycles.entries()) {
      expect(["promote", "canary", "hold", "not-enough-data"]).toContain(outcome);
      expect(JSON.stringify(record)).not.toContain("null");
      const feedback = record.feedback!;
      const fresh = sessions.flat().slice(read, feedback.users);
      read = feedback.users;
      // What may go on is left: the last session, and any that ended less than the gap, six steps, before it did.
      expect(read).toBeLessThan(60 * (index + 1));
      expect(read).toBeGreaterThan(60 * (index + 1) - 7);
      expect(feedback.newDecisions).toBe(sum([fresh], "decisions"));
      // What is reported is what was earned since, not the return that is learned.
      const played = [sessions[index]!];
      expect(record.evaluation!.meanReward).toBeCloseTo(
        sum(played, "clicks") / sum(played, "decisions"),
        10,
      );
    }
  },
);
