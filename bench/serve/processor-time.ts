import { readdirSync, readFileSync } from "node:fs";

/** Of Linux on every machine that Node.js runs on. */
const ticksPerSecond = 100;

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly seconds: number;
}

function read(pid: number): Running | undefined {
  try {
    // After the name, which may hold anything: state, parent, …, user and system ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { pid, parent: Number(fields[1]), seconds: ticks / ticksPerSecond };
  } catch {
    return undefined;
  }
}

const runs = (pid: number, program: string) =>
  readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(program);

/** Processor seconds of a server and its workers until now, and of its learner. */
export function processorTime(server: number): {
  readonly server: number;
  readonly learner: number;
} {
  const all = readdirSync("/proc").flatMap((name) =>
    /^\d+$/.test(name) ? (read(Number(name)) ?? []) : [],
  );
  const children = all.filter(({ parent }) => parent === server);
  const isLearner = ({ pid }: Running) => runs(pid, "learner-process");
  const sum = (some: readonly Running[]) => some.reduce((total, { seconds }) => total + seconds, 0);
  const own = all.filter(({ pid }) => pid === server);
  return {
    server: sum([...own, ...children.filter((child) => !isLearner(child))]),
    learner: sum(children.filter(isLearner)),
  };
}
