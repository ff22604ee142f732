import { existsSync } from "node:fs";
import { mean } from "../statistics.ts";
import { readSet, type SetName, setFiles, setPath } from "./classification/read-set.ts";
import { defaultSettings, playThompson } from "./classification/thompson.ts";
import { createVisits } from "./classification/visits.ts";
import type { LearningWorld } from "./world.ts";

const head = "fast loop's head";
const names = Object.keys(setFiles) as SetName[];

/** Share of wrong choices up to each tenth of the rows. */
const toCurve = (wrong: Uint8Array) =>
  Array.from({ length: 10 }, (_, tenth) =>
    mean([...wrong.subarray(0, Math.ceil(((tenth + 1) / 10) * wrong.length))]),
  );

/** Bietti, Agarwal & Langford 2021: every row counts once, before it is learned from (progressive validation). */
export const classificationWorld: LearningWorld = {
  name: "classification",
  description:
    "classification sets as bandits: a class is chosen for each row, and only whether it was right is seen",
  value: "share of wrong choices",
  better: "lower",
  cases: names,
  policies: [head],
  main: head,
  step: "tenth of the rows",
  settings: defaultSettings,
  targets: [],
  findObstacle: (caseName) => {
    const name = caseName as SetName;
    return existsSync(setPath(name)) ? undefined : `needs ${setFiles[name]} in RECURVE_DATA`;
  },
  run: async ({ caseName, seed, onProgress }) => {
    const set = readSet(caseName as SetName);
    const play = { classes: set.classes.length, settings: defaultSettings, seed };
    const wrong = playThompson(createVisits(set, seed), play, onProgress);
    return { values: { [head]: mean([...wrong]) }, curves: { [head]: toCurve(wrong) } };
  },
};
