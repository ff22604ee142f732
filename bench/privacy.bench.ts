import { areaUnderCurve } from "../src/numeric/area-under-curve.ts";
import type { Bench, Report } from "./bench.ts";
import { likelihoodScores, type Shadow, thresholdScores } from "./privacy/attack.ts";
import { type Level, type MeasuredLevel, measureLevel } from "./privacy/measure-seed.ts";
import { createPool, drawMembers } from "./privacy/pool.ts";
import { openRunFolder } from "./run-folder.ts";
import { mean, standardError } from "./statistics.ts";

/** Counted up if a change makes what was measured before incomparable. */
const format = 2;
const epsilons = [Number.POSITIVE_INFINITY, 8, 3, 1];
/** Users of whom an attacker wants to know whether they were members. */
const attackedUsers = 2000;

interface MeasuredSeed {
  readonly isMember: readonly boolean[];
  readonly levels: readonly MeasuredLevel[];
}

const nameOf = (epsilon: number) => (epsilon === Number.POSITIVE_INFINITY ? "∞" : `${epsilon}`);
const four = (values: readonly number[]) =>
  `${mean(values).toFixed(4)} ± ${standardError(values).toFixed(4)}`;

/** Relative loss of each seed to the training without privacy. */
const lossesOf = (seeds: readonly MeasuredSeed[], level: number) =>
  seeds.map(({ levels }) => 1 - levels[level]!.served / levels[0]!.served);

/** Areas of both attacks for each seed, of which the others are shadows. */
function attack(seeds: readonly MeasuredSeed[], level: number) {
  const shadows = seeds.map(
    ({ isMember, levels }): Shadow => ({ isMember, losses: levels[level]!.losses }),
  );
  return {
    threshold: shadows.map((one) => areaUnderCurve(thresholdScores(one), one.isMember)),
    likelihood: shadows.map((one) => {
      const others = shadows.filter((other) => other !== one);
      return areaUnderCurve(likelihoodScores(one, others), one.isMember);
    }),
  };
}

function show(report: Report, seeds: readonly MeasuredSeed[]): void {
  const rows = epsilons.map((epsilon, level) => {
    const of = (field: "served" | "sorted" | "cpuSeconds" | "epochs" | "spent") =>
      seeds.map(({ levels }) => levels[level]![field]);
    const { threshold, likelihood } = attack(seeds, level);
    return [
      ...[
        nameOf(epsilon),
        epsilon === Number.POSITIVE_INFINITY ? "∞" : mean(of("spent")).toFixed(3),
      ],
      ...[four(of("served")), four(of("sorted")), four(lossesOf(seeds, level))],
      ...[four(threshold), four(likelihood), mean(of("epochs")).toFixed(0)],
      mean(of("cpuSeconds")).toFixed(1),
    ];
  });
  report.table(
    [
      ...["ε", "spent", "reward served", "sorted", "relative loss", "AUC threshold", "AUC LiRA"],
      ...["epochs or steps", "CPU s"],
    ],
    rows,
  );
  const strongest = (level: number) => {
    const { threshold, likelihood } = attack(seeds, level);
    return Math.max(mean(threshold), mean(likelihood));
  };
  report.figure("relative loss of reward at ε = 8", mean(lossesOf(seeds, 1)));
  report.figure("relative loss of reward at ε = 3", mean(lossesOf(seeds, 2)));
  report.figure("relative loss of reward at ε = 1", mean(lossesOf(seeds, 3)));
  report.figure("AUC of the stronger attack without privacy", strongest(0));
  report.figure("AUC of the stronger attack at ε = 8", strongest(1));
}

export const privacyBench: Bench<{
  readonly seeds: number;
  readonly users: number;
  readonly samplingRate: number;
  readonly epochs: number;
}> = {
  name: "privacy",
  description:
    "rewards of policies trained with differential privacy, and attacks that ask who was trained on",
  options: { seeds: 10, users: 10_000, samplingRate: 0.025, epochs: 14 },
  run: async ({ seeds: count, users, samplingRate, epochs }, report) => {
    const delta = 1e-5;
    const folder = openRunFolder("privacy", { format, users, samplingRate, epochs });
    const pool = createPool(2 * users);
    const attacked = pool.world.users.slice(0, attackedUsers).map(({ userId }) => userId);
    report.note(
      `${users} users train, as many others measure; δ = ${delta}; kept in ${folder.path}`,
    );
    const seeds: MeasuredSeed[] = [];
    for (let seed = 1; seed <= count; seed++) {
      const members = drawMembers(pool, seed);
      const levels: MeasuredLevel[] = [];
      for (const epsilon of epsilons) {
        const name = `${seed}-${nameOf(epsilon)}`;
        const level: Level = { epsilon, delta, samplingRate, epochs };
        const known = folder.load<MeasuredLevel>(name);
        const measured = known ?? (await measureLevel(pool, level, { seed, attacked }));
        if (known === undefined) folder.save(name, measured);
        levels.push(measured);
      }
      report.note(`seed ${seed}: ${levels.map(({ served }) => served.toFixed(4)).join(", ")}`);
      seeds.push({ isMember: attacked.map((user) => members.has(user)), levels });
    }
    show(report, seeds);
  },
};
