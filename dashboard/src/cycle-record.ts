import type { JsonObject } from "../../src/contract/api.ts";
import { formatReward, formatSignedPercent, formatSignedReward } from "./format.ts";
import { intervalAt, numberAt, objectAt, objectsAt, textAt } from "./json-read.ts";

/** A gate's estimate, relative to the serving policy where the record allows it, else in reward units. */
export interface GateLift {
  readonly value: number;
  readonly interval?: readonly [number, number];
  readonly unit: "share" | "reward";
}

/** The review before the gate, where it changed who serves and the gate did not change that again. */
function decisiveReview(record: JsonObject): JsonObject | undefined {
  const review = objectAt(record, "review");
  const hasChanged = ["promote", "roll-back"].includes(textAt(review, "action") ?? "");
  const isReplaced = textAt(objectAt(record, "gate"), "verdict") === "promote";
  return hasChanged && !isReplaced ? review : undefined;
}

/** The canary that took over, or the parent that came back, where the review said so. */
export function reviewedVersion(record: JsonObject): number | undefined {
  return numberAt(decisiveReview(record) ?? {}, "version");
}

/** The gate's interval is in reward units; the serving policy's value, difference / relative lift, makes it a share. */
export function gateLift(record: JsonObject): GateLift | undefined {
  const gate = objectAt(decisiveReview(record) ?? record, "gate");
  const difference = numberAt(gate, "difference");
  const lift = numberAt(gate, "relativeLift");
  const interval = intervalAt(gate, "interval");
  if (lift !== undefined && difference !== undefined && lift * difference > 0) {
    const scale = lift / difference;
    const scaled = interval && ([interval[0] * scale, interval[1] * scale] as const);
    return { value: lift, unit: "share", ...(scaled && { interval: scaled }) };
  }
  return difference === undefined
    ? undefined
    : { value: difference, unit: "reward", ...(interval && { interval }) };
}

export interface Guard {
  readonly name: string;
  readonly value: string;
  readonly limit: string;
  readonly passed: boolean;
}

function looseNumber(object: JsonObject, key: string): string {
  const value = numberAt(object, key);
  return value === undefined ? (textAt(object, key) ?? "") : formatReward(value);
}

export function guardsOf(record: JsonObject): readonly Guard[] {
  return objectsAt(objectAt(record, "gate"), "guards").map((guard) => ({
    name: textAt(guard, "name") ?? "unnamed",
    value: looseNumber(guard, "value"),
    limit: looseNumber(guard, "limit"),
    passed: guard.passed === true,
  }));
}

export interface Setting {
  readonly name: string;
  readonly klRadius: string;
  readonly memory: string;
  readonly pessimism: string;
  readonly discriminator: string;
  readonly proximity: string;
  readonly predicted: string;
  readonly difference: string;
  readonly z: string;
  /** Share in the mixture, in [0, 1]. */
  readonly weight: number | undefined;
  /** The next cycle's incumbent. */
  readonly isChosen: boolean;
}

function differenceText(setting: JsonObject): string {
  const difference = numberAt(setting, "difference");
  const error = numberAt(setting, "standardError");
  if (difference === undefined) return "";
  const text = formatSignedReward(difference);
  return error === undefined ? text : `${text} ± ${formatReward(error)}`;
}

/** A word, a number, or the weight of each memory length, shortest first. */
function memoryText(setting: JsonObject): string {
  const memory = setting.memory;
  return Array.isArray(memory)
    ? memory
        .filter((weight) => typeof weight === "number")
        .map((weight) => weight.toFixed(2))
        .join(" / ")
    : looseNumber(setting, "memory");
}

export function settingsOf(record: JsonObject): readonly Setting[] {
  return objectsAt(record, "settings").map((setting) => {
    const z = numberAt(setting, "z");
    const predicted = numberAt(setting, "predicted");
    return {
      name: textAt(setting, "name") ?? "unnamed",
      klRadius: looseNumber(setting, "klRadius"),
      memory: memoryText(setting),
      pessimism: looseNumber(setting, "pessimism"),
      discriminator: looseNumber(setting, "discriminator"),
      proximity: looseNumber(setting, "proximity"),
      predicted: predicted === undefined ? "" : formatSignedPercent(predicted),
      difference: differenceText(setting),
      z: z === undefined ? "" : formatSignedReward(z),
      weight: numberAt(setting, "weight"),
      isChosen: setting.name !== undefined && setting.name === record.chosenSetting,
    };
  });
}
