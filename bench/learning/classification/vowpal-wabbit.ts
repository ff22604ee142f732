import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Visit } from "./visits.ts";

const peers = resolve(import.meta.dirname, "../../peers");
const python = join(peers, ".venv-vw/bin/python");

export const vowpalWabbitIsThere: boolean = existsSync(python);

/** Its exploration algorithms, each with what the bake-off found to be good. */
export const algorithms = {
  SquareCB: "--squarecb",
  cover: "--cover 4 --nounif",
  bag: "--bag 4 --greedify",
  first: "--first 200",
  RegCB: "--regcbopt --mellowness 0.01",
  "ε-greedy": "--epsilon 0.02",
} as const;
export type Algorithm = keyof typeof algorithms;

// A cost of -1 for right and 0 for wrong helps most algorithms; RegCB has to be told the range.
const encodings = ["", "--loss0 -1 --loss1 0 --cb_min_cost -1 --cb_max_cost 0"];
/** What it gets: the standardised inputs, or the fast loop's head's own features, Fourier features among them. */
export const peerInputs = ["inputs", "Fourier features"] as const;
export type PeerInputs = (typeof peerInputs)[number];

// Left out for cover, which would take far longer than any other on the 54 inputs of covtype-10k, and where there are hundreds of features.
const interactionsOf = (algorithm: Algorithm, on: PeerInputs) =>
  algorithm === "cover" || on === "Fourier features" ? [""] : ["", "-q ::"];
const learningRates = [0.1, 0.5, 2, 8];

/** Every setting of an algorithm that is tried. */
export const listSettings = (algorithm: Algorithm, on: PeerInputs): readonly string[] =>
  learningRates.flatMap((rate) =>
    interactionsOf(algorithm, on).flatMap((quadratic) =>
      encodings.map((encoding) =>
        [algorithms[algorithm], `-l ${rate}`, quadratic, encoding].filter(Boolean).join(" "),
      ),
    ),
  );

/**
 * A line a row: `class | f0:… f1:…`, classes from 1. Names that are whole numbers would be taken for hashes, which collide
 * where --cbify makes an action's features by multiplication.
 */
export const toExamples = (visits: readonly Visit[]): string =>
  visits
    .map(({ inputs, classIndex }) => {
      const features = Array.from(inputs, (value, input) => `f${input}:${value.toPrecision(6)}`);
      return `${classIndex + 1} | ${features.join(" ")}\n`;
    })
    .join("");

export interface VowpalWabbit {
  /** Share of wrong choices over a file of examples (progressive validation). */
  measure(file: string, run: { classes: number; setting: string; seed: number }): Promise<number>;
  close(): void;
}

/** In a process of its own, which runs one setting at a time. */
export async function startVowpalWabbit(): Promise<VowpalWabbit> {
  const child = spawn(python, [join(peers, "vw_server.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("Vowpal Wabbit ended without an answer; its error is above");
    return JSON.parse(value);
  };
  await read();
  return {
    measure: (file, { classes, setting, seed }) => {
      const command = `--cbify ${classes} --cb_explore_adf ${setting} -b 20 --random_seed ${seed} -d ${file}`;
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return read();
    },
    close: () => child.stdin.end(),
  };
}
