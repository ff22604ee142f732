import type { Cycle } from "../../domain/cycle.ts";
import type { TriedSetting } from "../../domain/improvement-record.ts";
import { cycleValues, epochValues, settingNumbers } from "../cycle-values.ts";
import { drawDifference, drawGate } from "./draw-cycle.ts";

/** A tag or a parameter of MLflow. */
export interface Label {
  readonly key: string;
  readonly value: string;
}

export const toLabels = (
  values: Readonly<Record<string, string | number | undefined>>,
): readonly Label[] =>
  Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [{ key, value: String(value) }],
  );

export const tagNames = {
  record: "recurve.record",
  cycle: "recurve.cycle",
  kind: "recurve.kind",
  policy: "recurve.policy",
} as const;

const settingsFile = "settings.json";

/** Tags of a cycle's run; MLflow shows those that begin with mlflow in places of their own. */
export function runTags(cycle: Cycle, parentRun: string | undefined): readonly Label[] {
  const { record } = cycle;
  return toLabels({
    [tagNames.cycle]: cycle.cycle,
    [tagNames.kind]: record.training ? "training" : "cycle",
    "recurve.scenario": cycle.scenario,
    "recurve.outcome": cycle.outcome,
    "recurve.serving": cycle.policyVersion,
    "recurve.candidate": cycle.candidateVersion,
    "mlflow.note.content": cycle.reason,
    "mlflow.parentRunId": parentRun,
    "mlflow.source.name": "recurve",
    "mlflow.source.type": "JOB",
    "mlflow.loggedArtifacts":
      record.settings && JSON.stringify([{ path: settingsFile, type: "table" }]),
  });
}

/** ω of the setting with the largest weight, and the figures that a repetition needs. */
export function runParams({ record, throughSequence }: Cycle): readonly Label[] {
  const { chosenSetting, settings = [], training } = record;
  const chosen = settings.find(({ name }) => name === chosenSetting);
  return toLabels({
    setting: chosenSetting,
    ...(chosen && settingNumbers(chosen)),
    seed: record.seed,
    through_sequence: throughSequence,
    preset: training?.preset,
    length: training?.length,
  });
}

/** MLflow allows these characters in a metric's name. */
const toName = (text: string) => text.replaceAll(/[^\w./ -]+/g, "");

/** A point of a curve. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/**
 * The curves of TensorBoard's export: a point each, whose step is the cycle; and of a training those by epoch, whose step is the
 * epoch.
 */
export function runMetrics(cycle: Cycle): readonly Metric[] {
  const { finishedAt: timestamp, cycle: step, record } = cycle;
  const points = [
    { step, values: cycleValues(cycle) },
    ...epochValues(record).map(({ epoch, values }) => ({ step: epoch, values })),
  ];
  return points.flatMap(({ step, values }) =>
    values.flatMap((value) =>
      "scalar" in value ? [{ key: toName(value.tag), value: value.scalar, timestamp, step }] : [],
    ),
  );
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;

const settingColumns = {
  setting: ({ name }: TriedSetting) => name,
  kl_radius: ({ klRadius }: TriedSetting) => klRadius,
  pessimism: ({ pessimism }: TriedSetting) => pessimism,
  discriminator: ({ discriminator }: TriedSetting) => discriminator,
  proximity: ({ proximity }: TriedSetting) => proximity,
  memory: ({ memory }: TriedSetting) => memory.join(" "),
  kl: ({ kl }: TriedSetting) => kl,
  difference: ({ difference }: TriedSetting) => difference,
  standard_error: ({ standardError }: TriedSetting) => standardError,
  z: ({ z }: TriedSetting) => z,
  weight: ({ weight }: TriedSetting) => weight,
} as const;

/** All settings that were tried, as MLflow keeps tables. */
const toTable = (settings: readonly TriedSetting[]) => ({
  columns: Object.keys(settingColumns),
  data: settings.map((setting) => Object.values(settingColumns).map((read) => read(setting))),
});

/** Files of a cycle's run by name: record, gate's record, plots, settings. */
export function runArtefacts(cycle: Cycle): Readonly<Record<string, string>> {
  const { gate, settings } = cycle.record;
  const files = {
    "cycle.json": pretty(cycle),
    "gate.json": gate && pretty(gate),
    "gate.svg": drawGate(cycle),
    "policy-difference.svg": drawDifference(cycle),
    [settingsFile]: settings && pretty(toTable(settings)),
  };
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, content]) => (content ? [[name, content]] : [])),
  );
}
