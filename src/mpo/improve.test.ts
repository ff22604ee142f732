import { describe, expect, test } from "vitest";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import type { ModelFamily, Part } from "./family.ts";
import { improve } from "./improve.ts";
import type { FoldedRow } from "./judged-row.ts";
import { initialMetaPolicy } from "./meta-policy.ts";
import { memoryHalfLives } from "./meta-settings.ts";
import { judgeRival, reviewCanary } from "./review.ts";
import { bootstraps } from "./row-scores.ts";

const seed = 131;
const pay = [0.7, 0.3, 0.2, 0.1];
const candidates = pay.map((_, item) => ({ itemId: `i-${item}` }));
const uniform = new Float64Array(4);

/** A log of the uniform choice by 200 users. */
const drawRows = (pay: readonly number[], from: number): readonly FoldedRow[] =>
  Array.from({ length: 1200 }, (_, index) => {
    const random = createRandom(from).split(index);
    const action = random.integer(4);
    return {
      candidates,
      action,
      position: 0,
      propensity: 0.25,
      exploration: 0.1,
      arm: "serving",
      reward: random.uniform() < pay[action]! ? 1 : 0,
      user: index % 200,
      fold: index % 2 === 0 ? "first" : "second",
    };
  });
const rows = drawRows(pay, seed);

/** One logit an item is the policy, one mean an item the critic, twice too high; its D accuses item 0. */
function createTable(
  changes: Partial<ModelFamily<FoldedRow, Float64Array, Float64Array>> = {},
): ModelFamily<FoldedRow, Float64Array, Float64Array> {
  return {
    lacks: ["examination"],
    limits: { moved: 100, areSpread: false, solved: 50 },
    scorePolicy: (policy, asked) => asked.map(() => normaliseLogs(policy)),
    scoreCritic: (means, asked) =>
      asked.map(() => ({
        rewardHeads: Array.from({ length: memoryHalfLives.length * bootstraps }, () => means),
        discriminator: Float64Array.of(-5, 0, 0, 0),
      })),
    fitCritic: (known) => {
      const means = uniform.map((_, item) => {
        const own = known.filter(({ action }) => action === item);
        return Math.min(0.99, (2 * own.reduce((sum, { reward }) => sum + reward, 0)) / own.length);
      });
      return {
        critic: means,
        discriminator: { auc: 0.9, standardError: 0.01, slope: 0.5 },
      };
    },
    // One state: the mean of the targets is reached.
    movePolicy: (_, moves) => ({
      policy: uniform.map((__, a) =>
        Math.log(moves.reduce((sum, { target }) => sum + target[a]! / moves.length, 0)),
      ),
    }),
    ...changes,
  };
}

const inputOf = (log: readonly FoldedRow[]) =>
  ({
    serving: uniform,
    critic: undefined,
    meta: initialMetaPolicy,
    rows: log,
    floor: 0.03,
    arm: "serving",
    mpo: defaultMpo,
    random: createRandom(seed),
  }) as const;

const run = (without: readonly Part[] = [], family = createTable(), log = rows) =>
  improve(family, { ...inputOf(log), without });

const names = ({ gate }: Awaited<ReturnType<typeof run>>) => gate.guards.map(({ name }) => name);

describe("an improvement", () => {
  test("moves the policy to what pays, on rows that all judge, and says why it may serve", async () => {
    const { gate, moved, rows: judged } = await run(["restraint"]);
    expect(gate.verdict).toBe("promote");
    expect(judged.length).toBe(rows.length);
    expect(names(await run(["restraint"]))).toContain("distillation gap");
    const [best, ...others] = normaliseLogs(moved.policy);
    for (const other of others) expect(best).toBeGreaterThan(other);
  });

  test("of which nothing is better errs as often as its error says, though both halves learn from each other", async () => {
    const logs = Array.from({ length: 60 }, (_, log) => drawRows([0.4, 0.4, 0.4, 0.4], log));
    const squares = logs.map(async (log) => {
      const { doublyRobust } = (await run(["restraint"], createTable(), log)).gate;
      return (doublyRobust!.difference / doublyRobust!.standardError) ** 2;
    });
    const mean = (await Promise.all(squares)).reduce((sum, square) => sum + square / 60, 0);
    // The mean of 60 squares of standard normals is 1 ± 0.18. It is 1.6 without the factor for the halves, and 0.8 with it.
    expect(mean).toBeLessThan(1.2);
    expect(mean).toBeGreaterThan(0.4);
  });

  test("moves as far as its step, which is the predicted one; without a trust region to the mixture", async () => {
    const served = [0.4, 0.3, 0.2, 0.1];
    const random = createRandom(seed).split("served");
    const log = rows.map((row) => {
      const luck = random.uniform();
      const action = luck < 0.4 ? 0 : luck < 0.7 ? 1 : luck < 0.9 ? 2 : 3;
      const reward = random.uniform() < [0.3, 0.7, 0.2, 0.1][action]! ? 1 : 0;
      return { ...row, action, reward, exploration: 0, propensity: served[action]! };
    });
    const improveFrom = (without: readonly Part[]) =>
      improve(createTable(), {
        ...inputOf(log),
        serving: Float64Array.from(served, Math.log),
        without,
      });
    const { gate, step, moves } = await improveFrom(["restraint"]);
    expect(defaultMpo.distillation.targetSampleShares).toContain(step!.sampleShare);
    expect(gate.predictedDifference).toBe(step!.difference);
    const weights = moves.flatMap(({ target, policy }) => [
      ...target.map((t, a) => t / policy[a]!),
    ]);
    expect(Math.max(...weights)).toBeLessThan(1.05 / step!.sampleShare);
    const free = await improveFrom(["restraint", "trust region"]);
    expect(free.step).toBeUndefined();
    expect(free.gate.predictedDifference).toBe(free.judgement.difference);
  });

  test("with a restraint keeps off what a proven discriminator accuses", async () => {
    const [held, free] = [await run(), await run(["restraint"])];
    expect(held.challengers.some(({ restraint }) => restraint.strength > 0)).toBe(true);
    expect(free.challengers.every(({ restraint }) => restraint.strength === 0)).toBe(true);
    expect(normaliseLogs(held.moved.policy)[0]).toBeLessThan(normaliseLogs(free.moved.policy)[0]!);
  });

  test("with calibration judges by heads that agree with rewards, and by D as far as it was borne out", async () => {
    const [calibrated, raw] = [await run(), await run(["calibration"])];
    const headOf = ({ calibrated: all }: typeof raw) => all[0]!.scores.rewardHeads[0]![0]!;
    expect(headOf(raw)).toBeGreaterThan(0.95);
    expect(Math.abs(headOf(calibrated) - 0.7)).toBeLessThan(0.1);
    expect(calibrated.calibrated[0]!.scores.discriminator[0]).toBe(-2.5);
    expect(raw.calibrated).toEqual(raw.raw);
  });

  test("without a gate promotes with the judged difference; without the check no gap is a guard", async () => {
    const free = await run(["gate"]);
    expect(free.gate).toMatchObject({ verdict: "promote", guards: [] });
    expect(free.gate.difference).toBe(free.judgement.difference);
    expect(names(await run(["distillation check"]))).not.toContain("distillation gap");
  });

  test("leaves out what the models can't have, asked for or not", async () => {
    const seen: boolean[] = [];
    const table = createTable();
    const watched = createTable({
      fitCritic: (known, options) => {
        seen.push(options.has("examination"), options.has("calibration"));
        return table.fitCritic(known, options);
      },
    });
    await run(["calibration"], watched);
    expect(seen).toEqual([false, false, false, false, false, false]);
  });

  test("moves on slates, and tells the models of every row", async () => {
    const log = rows.flatMap((row) => {
      const rest = candidates.filter((_, index) => index !== row.action);
      return [row, { ...row, candidates: rest, action: 0, position: 1, propensity: 1 / 3 }];
    });
    const logsOf = ({ position }: FoldedRow) => normaliseLogs(uniform.subarray(0, 4 - position));
    const seen: number[] = [];
    const table = createTable();
    const family = createTable({
      scorePolicy: (_, asked) => asked.map(logsOf),
      scoreCritic: (means, asked) =>
        asked.map(({ position }) => ({
          rewardHeads: Array.from({ length: memoryHalfLives.length * bootstraps }, () =>
            means.slice(0, 4 - position),
          ),
          discriminator: new Float64Array(4 - position),
        })),
      movePolicy: (serving, moves, options) => {
        seen.push(options.rows.filter(({ position }) => position === 1).length);
        return table.movePolicy(serving, moves, options);
      },
    });
    const { moves } = await run([], family, log);
    expect(moves.length).toBe(100);
    expect(new Set(moves.map(({ position }) => position))).toEqual(new Set([0]));
    expect(seen).toEqual([600, 600, 1200]);
  });

  test("stops where a model is silent on a row", async () => {
    const silent = createTable({ scorePolicy: (_, asked) => asked.slice(1).map(() => uniform) });
    await expect(run([], silent)).rejects.toThrow("logs must have 1200 entries, got 1199");
    const mute = createTable({ scoreCritic: () => [] });
    await expect(run([], mute)).rejects.toThrow("scores must have 600 entries, got 0");
  });
});

/** Rows whose propensities are not those of the policy that serves. */
const misreport = (log: readonly FoldedRow[]) => log.map((row) => ({ ...row, propensity: 0.5 }));

describe("the self-check", () => {
  test("finds nothing where the serving policy logged all rows", async () => {
    const { gate } = await run();
    expect(gate.selfCheck).toEqual({ rows: 1200, leftOut: 0, largestLogRatio: 0 });
  });

  test("keeps rows that fail out of judging and gate, and counts them", async () => {
    const log = [...misreport(rows.slice(0, 100)), ...rows.slice(100)];
    const { gate, rows: judged } = await run([], createTable(), log);
    expect(judged.length).toBe(1100);
    expect(judged.every(({ row }) => row.propensity === 0.25)).toBe(true);
    expect(gate.rows).toBe(1100);
    expect(gate.selfCheck).toMatchObject({ rows: 1200, leftOut: 100 });
    expect(gate.selfCheck!.largestLogRatio).toBeCloseTo(Math.log(2), 12);
  });

  test("that fails for all rows leaves too little data, says why, and stops nothing", async () => {
    const { gate, rows: judged } = await run([], createTable(), misreport(rows));
    expect(judged).toEqual([]);
    expect(gate).toMatchObject({ verdict: "not-enough-data", rows: 0 });
    expect(gate.reason).toMatch("The self-check left out 1200 of 1200 rows");
  });
});

describe("a canary that served half of the users", () => {
  const better = Float64Array.of(1.2, 0, 0, -0.5);
  const worse = Float64Array.of(-0.5, 0, 0, 1.2);
  const critic = Float64Array.from(pay);
  const review = (rival: Float64Array) =>
    reviewCanary(createTable(), { serving: uniform, rival, critic, rows, mpo: defaultMpo });

  test("takes over when it is better, and leaves when that is as good as ruled out", async () => {
    expect((await review(better)).action).toBe("promote");
    expect((await review(worse)).action).toBe("retire");
  });

  test("is reviewed on rows that each arm's own policy bears out", async () => {
    const propensities = normaliseLogs(better).map((log) => 0.9 * Math.exp(log) + 0.1 / 4);
    const both = rows.map((row, index): FoldedRow => {
      if (index % 2 === 0) return row;
      return { ...row, arm: "canary", propensity: propensities[row.action]! };
    });
    const pair = { serving: uniform, rival: better, critic, mpo: defaultMpo };
    const kept = await reviewCanary(createTable(), { ...pair, rows: both });
    expect(kept.gate.selfCheck).toMatchObject({ rows: 1200, leftOut: 0 });
    // The canary's rows, taken for the serving policy's.
    const mixedUp = both.map((row): FoldedRow => ({ ...row, arm: "serving" }));
    const { gate } = await reviewCanary(createTable(), { ...pair, rows: mixedUp });
    expect(gate).toMatchObject({ rows: 600, selfCheck: { rows: 1200, leftOut: 600 } });
  });

  test("stays while too little is known", async () => {
    const few = {
      serving: uniform,
      rival: better,
      critic,
      rows: rows.slice(0, 50),
      mpo: defaultMpo,
    };
    const { action, gate } = await reviewCanary(createTable(), few);
    expect([action, gate.verdict]).toEqual(["keep", "not-enough-data"]);
  });

  test("is judged by what comes next where something does", async () => {
    const ahead = createTable({ lookAhead: (scored) => scored.map(() => 0.5) });
    const pair = { serving: uniform, rival: better, critic, rows, mpo: defaultMpo };
    const gate = await judgeRival(ahead, { ...pair, arm: "canary" });
    expect(gate.difference).toBeLessThan((await review(better)).gate.difference!);
  });
});
