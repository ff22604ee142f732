import type { JsonObject } from "../../src/contract/api.ts";
import {
  formatCount,
  formatInterval,
  formatPercent,
  formatReward,
  formatSignedPercent,
  formatSignedReward,
} from "./format.ts";
import { intervalAt, numberAt, objectAt, textAt } from "./json-read.ts";

/** One measured thing in words and digits. */
export interface Figure {
  readonly label: string;
  readonly text: string;
}

type Reader = (object: JsonObject, key: string) => string | undefined;

const number =
  (format: (value: number) => string): Reader =>
  (object, key) => {
    const value = numberAt(object, key);
    return value === undefined ? undefined : format(value);
  };

const interval =
  (format: (value: number) => string): Reader =>
  (object, key) => {
    const value = intervalAt(object, key);
    return value && formatInterval(value, format);
  };

const count = number(formatCount);
const reward = number(formatReward);
const signedReward = number(formatSignedReward);
const percent = number(formatPercent);
const choices = number((value) => value.toFixed(1));
const nats = number((value) => `${formatReward(value)} nats`);
const signedNats = number((value) => `${formatSignedReward(value)} nats`);

type Row = readonly [key: string, label: string, read: Reader];

/** What a gate found of two policies. */
const found: readonly Row[] = [
  ["difference", "difference, rewards in 0…1", signedReward],
  ["standardError", "standard error", reward],
  ["interval", "lower to upper bound", interval(formatSignedReward)],
  ["relativeLift", "relative lift", number(formatSignedPercent)],
  ["probabilityPositive", "probability of a gain", percent],
];

/** Of the gate's record within a group. */
const inGate = ([key, label, read]: Row): Row => [
  key,
  label,
  (object) => read(objectAt(object, "gate"), key),
];

/** Hit rates of one policy's first slates. */
const hits = (policy: string, name: string): readonly Row[] =>
  (["served", "sorted"] as const).map((kind) => [
    policy,
    `${kind} hit rate of ${name}`,
    (object) => percent(objectAt(objectAt(object, policy), kind), "mean"),
  ]);

/** Group, then key within it, label and form: the order is that of the page. */
const groups: readonly {
  readonly title: string;
  readonly key: string;
  readonly figures: readonly Row[];
}[] = [
  {
    title: "Gate",
    key: "gate",
    figures: [
      ["statistic", "statistic", textAt],
      ...found,
      ["rows", "rows judged", count],
      ["clusters", "users judged", count],
      ["effectiveSampleShare", "effective sample share", percent],
      ["predictedDifference", "predicted difference", signedReward],
      ["minimalDetectableDifference", "smallest detectable", reward],
    ],
  },
  {
    title: "Review of the policy beside it",
    key: "review",
    figures: [
      ["kind", "which", textAt],
      ["version", "policy", count],
      ["action", "what became of it", textAt],
      inGate(["looks", "looks pooled", count]),
      ...found.map(inGate),
    ],
  },
  {
    title: "Last promotion, on live traffic",
    key: "promotion",
    figures: [
      ["version", "promoted policy", count],
      ["replaced", "against policy", count],
      ["action", "found", textAt],
      ["difference", "difference, rewards in 0…1", signedReward],
      ["interval", "99 % bounds", interval(formatSignedReward)],
      ["relativeLift", "realised lift", number(formatSignedPercent)],
      ["looks", "looks", count],
    ],
  },
  {
    title: "First slates, on held-out events",
    key: "slates",
    figures: [
      ["users", "users", count],
      ...hits("network", "the policy"),
      ...hits("popularity", "popularity"),
      ["temperature", "policy temperature", reward],
      [
        "network",
        "effective choices",
        (object) => choices(objectAt(object, "network"), "effectiveChoices"),
      ],
    ],
  },
  {
    title: "Policy difference Δ",
    key: "policyDifference",
    figures: [
      ["mean", "mean", signedNats],
      ["p05", "5 % quantile", signedNats],
      ["p50", "median", signedNats],
      ["p95", "95 % quantile", signedNats],
      ["max", "largest", signedNats],
    ],
  },
  {
    title: "Evaluation",
    key: "evaluation",
    figures: [
      ["meanReward", "mean reward per shown item", reward],
      ["interval", "interval", interval(formatReward)],
      ["successRate", "shown with success", percent],
      ["clickRate", "click rate", percent],
      ["baselineMeanReward", "baseline mean reward", reward],
      ["calibrationError", "calibration error", reward],
    ],
  },
  {
    title: "Feedback read",
    key: "feedback",
    figures: [
      ["decisions", "decisions", count],
      ["newDecisions", "of them new", count],
      ["rows", "rows, one per shown item", count],
      ["judged", "of them judged", count],
      ["users", "users", count],
    ],
  },
  {
    title: "Discriminator",
    key: "discriminator",
    figures: [["auc", "held-out AUC", reward]],
  },
  {
    title: "Reward model",
    key: "critic",
    figures: [
      ["firstLoss", "first loss", reward],
      ["lastLoss", "last loss", reward],
    ],
  },
  {
    title: "Calibration",
    key: "calibration",
    figures: [
      ["errorBefore", "error before", reward],
      ["errorAfter", "error after", reward],
    ],
  },
  {
    title: "Distillation",
    key: "distillation",
    figures: [
      ["objective", "objective", textAt],
      ["epochs", "epochs", count],
      ["firstLoss", "first loss", reward],
      ["lastLoss", "last loss", reward],
      ["klToServing", "KL to the serving policy", nats],
      ["way", "way to the target, nats", reward],
      ["gap", "of it left undone", reward],
    ],
  },
];

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** What a cycle's record holds of the known figures; groups of which nothing is there are left out. */
export function figureGroups(record: JsonObject): readonly FigureGroup[] {
  return groups
    .map(({ title, key, figures }) => ({
      title,
      figures: figures.flatMap(([name, label, read]) => {
        const text = read(objectAt(record, key), name);
        return text === undefined ? [] : [{ label, text }];
      }),
    }))
    .filter((group) => group.figures.length > 0);
}
