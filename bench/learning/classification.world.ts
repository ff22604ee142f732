import { existsSync } from "node:fs";
import { mean } from "../statistics.ts";
import { algorithmNames, measurePeer, type PeerLoss } from "./classification/peer-losses.ts";
import { readSet, type SetName, setFiles, setPath } from "./classification/read-set.ts";
import { defaultSettings, playThompson } from "./classification/thompson.ts";
import { createVisits } from "./classification/visits.ts";
import {
  type Algorithm,
  listSettings,
  type PeerInputs,
  peerInputs,
  vowpalWabbitIsThere,
} from "./classification/vowpal-wabbit.ts";
import { bound } from "./targets.ts";
import type { LearningTarget, LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const head = "fast loop's head";
const fourierHead = "Fourier features in any case";
const linearHead = "without Fourier features";
const nameOf = (algorithm: Algorithm, on: PeerInputs) =>
  on === "inputs" ? `VW ${algorithm}` : `VW ${algorithm} on ${on}`;
const peersOn = (on: PeerInputs) => algorithmNames.map((algorithm) => nameOf(algorithm, on));
const sets = Object.keys(setFiles) as SetName[];
const settingsOf = {
  [head]: defaultSettings,
  [fourierHead]: { ...defaultSettings, byEvidence: false },
  [linearHead]: { ...defaultSettings, byEvidence: false, fourierFeatures: 0 },
};

/** Share of wrong choices up to each tenth of the rows. */
const toCurve = (wrong: readonly number[]) =>
  Array.from({ length: 10 }, (_, tenth) =>
    mean(wrong.slice(0, Math.ceil(((tenth + 1) / 10) * wrong.length))),
  );

async function run({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> {
  const set = readSet(caseName as SetName);
  const visits = createVisits(set, seed);
  const classes = set.classes.length;
  const ours = Object.entries(settingsOf).map(([policy, settings], index) => {
    // The last part is the peer's.
    const advance = (share: number) =>
      onProgress((index + share) / (1 + Object.keys(settingsOf).length));
    const wrong = playThompson(visits, { classes, settings, seed }, advance);
    return [policy, [...wrong]] as const;
  });
  const theirs: (readonly [string, PeerLoss])[] = [];
  for (const on of vowpalWabbitIsThere ? peerInputs : [])
    for (const found of await measurePeer({ set, seed, on }))
      theirs.push([nameOf(found.algorithm, on), found]);
  return {
    values: Object.fromEntries([
      ...ours.map(([policy, wrong]) => [policy, mean(wrong)]),
      ...theirs.map(([policy, { loss }]) => [policy, loss]),
    ]),
    curves: Object.fromEntries(ours.map(([policy, wrong]) => [policy, toCurve(wrong)])),
    notes: theirs.map(([policy, { setting }]) => `${policy}, ${caseName}: ${setting}`),
  };
}

/** The peer's best is the one with the lowest mean over the reported seeds, which favours it. */
const belowPeer = (on: PeerInputs): LearningTarget => ({
  text: `${head} below Vowpal Wabbit's best setting on ${on} on at least 5 of ${sets.length} sets`,
  judge: ({ findValues }) => {
    const losses = sets.map((set) =>
      [head, ...peersOn(on)].map((policy) => findValues(policy, set)),
    );
    if (losses.flat().includes(undefined)) return undefined;
    const below = sets.filter((_, index) => {
      const [own, ...others] = losses[index]!.map((values) => mean(values!));
      return own! < Math.min(...others);
    });
    return { met: below.length >= 5, found: `on ${below.length}: ${below.join(", ")}` };
  },
});

const atMost = (set: SetName, limit: number) =>
  bound({ name: head, kind: "value", cases: [set], direction: "at most", limit });

/** Bietti, Agarwal & Langford 2021: every row counts once, before it is learned from (progressive validation). */
export const classificationWorld: LearningWorld = {
  name: "classification",
  description:
    "classification sets as bandits: a class is chosen for each row, and only whether it was right is seen",
  value: "share of wrong choices",
  better: "lower",
  cases: sets,
  policies: [...Object.keys(settingsOf), ...peerInputs.flatMap(peersOn)],
  main: head,
  step: "tenth of the rows",
  settings: {
    ours: settingsOf,
    theirs:
      vowpalWabbitIsThere &&
      peerInputs.map((on) => algorithmNames.map((algorithm) => listSettings(algorithm, on))),
  },
  targets: [
    ...peerInputs.map(belowPeer),
    atMost("letter", 0.26),
    atMost("pendigits", 0.045),
    atMost("satimage", 0.14),
  ],
  findObstacle: (caseName) => {
    const set = caseName as SetName;
    return existsSync(setPath(set)) ? undefined : `needs ${setFiles[set]} in RECURVE_DATA`;
  },
  run,
};
