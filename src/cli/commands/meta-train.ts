import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { trainPrior } from "../../lab/compact-loop/train-prior.ts";
import { createBanditWorld } from "../../lab/worlds/bandit/bandit-world.ts";
import { drawMember, trainingFamily } from "../../lab/worlds/bandit/world-family.ts";
import { formatShareToTenth } from "../../numeric/format.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { integerIn } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";

interface MetaTrainOptions {
  readonly worlds: number;
  readonly cycles: number;
  readonly seed: number;
  readonly output: string;
}

/** The prior is part of the build, so that every loop of a release starts alike. */
const use =
  "To use it, replace src/mpo/meta-prior.json in the sources of Recurve and run npm run build";

/** Before the worlds are played, so that nothing is found out at their end. */
function checkFolder(path: string): void {
  const folder = dirname(resolve(path));
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new EngineError(
      "invalid_request",
      `${path} can't be written: its folder ${folder} is missing or closed; make the folder, or name another file with --output`,
      { details: { path, folder }, cause },
    );
  }
}

async function metaTrain({ worlds, cycles, seed, output }: MetaTrainOptions): Promise<void> {
  checkFolder(output);
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    const work = () => `${worlds} worlds of ${cycles} cycles`;
    const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
    const draw = (one: number) => {
      const { options, visitsPerCycle } = drawMember(trainingFamily, one, cycles);
      return { world: createBanditWorld(options), visitsPerCycle };
    };
    const onWorld = (done: number) => line.update(`${done} of ${worlds} worlds`, done / worlds);
    const prior = await trainPrior({ draw, worlds, seed, cycles, onWorld }).finally(() =>
      line.stop(),
    );
    writeFileSync(output, `${JSON.stringify(prior)}\n`);
    const deviation = Math.sqrt(prior.misfit);
    process.stdout.write(
      `${output}: ${prior.mean.length} weights from ${worlds} worlds of ${cycles} cycles; they leave ± ${formatShareToTenth(deviation)} of the serving value unexplained\n${use}\n`,
    );
  });
}

export function metaTrainCommand(): Command {
  return new Command("meta-train")
    .description("Fit the prior of new loops over settings, on simulated worlds")
    .option("--worlds <count>", "number of worlds", integerIn(2, 10_000), 200)
    .option("--cycles <count>", "cycles per world", integerIn(2, 100), 4)
    .option("--seed <seed>", "seed of the first world", integerIn(0, 4_000_000_000), 1)
    .option("--output <file>", "file for the prior", "meta-prior.json")
    .addHelpText("after", `\n${use}.`)
    .addHelpText("after", "\nExample:\n  $ recurve meta-train --worlds 20 --output prior.json")
    .action(metaTrain);
}
