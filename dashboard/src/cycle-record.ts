import type { PoliciesResponse } from "../../src/contract/policies.ts";
import type { CycleRecord, GateRecord, Review, TriedSetting } from "../../src/contract/records.ts";
import { formatFixed, formatReward, formatSignedPercent, formatSignedReward } from "./format.ts";

/**
 * A gate's estimate, relative to the serving policy if the record allows it, else in reward units.
 */
export interface GateLift {
  readonly value: number;
  readonly interval?: readonly [number, number];
  readonly unit: "share" | "reward";
}

/**
 * The review before the gate, if it changed the serving policy and the gate did not change that
 * again.
 */
function decisiveReview({ review, gate }: CycleRecord): Review | undefined {
  const hasChanged = review?.action === "promote" || review?.action === "roll-back";
  return hasChanged && gate?.verdict !== "promote" ? review : undefined;
}

/** The canary that took over, or the parent that came back, if live rewards or the review said so. */
export const reviewedVersion = (record: CycleRecord): number | undefined =>
  record.canary?.action === "promote" ? record.canary.version : decisiveReview(record)?.version;

/**
 * The lift to be expected. Older records have the judged one alone: its interval is in reward units, and the serving policy's value,
 * difference / relative lift, makes it a share.
 */
export function gateLift(record: CycleRecord): GateLift | undefined {
  const gate: Partial<GateRecord> = decisiveReview(record)?.gate ?? record.gate ?? {};
  const { difference, relativeLift: lift, interval, expected } = gate;
  if (expected?.relativeLift !== undefined) {
    const { relativeLift: value, relativeInterval } = expected;
    return { value, unit: "share", ...(relativeInterval && { interval: relativeInterval }) };
  }
  if (difference === undefined) return undefined;
  if (lift !== undefined && lift * difference > 0) {
    const scale = lift / difference;
    const scaled = interval && ([interval[0] * scale, interval[1] * scale] as const);
    return { value: lift, unit: "share", ...(scaled && { interval: scaled }) };
  }
  return { value: difference, unit: "reward", ...(interval && { interval }) };
}

/** One sentence for each live comparison of a cycle that found something. One that continues is left out if a policy took over since. */
export function liveLines(
  { canary, promotion, retrieval, anchor }: CycleRecord,
  now: Pick<PoliciesResponse, "canary" | "holdback">,
): readonly string[] {
  const isTried = canary?.action !== "keep" || canary.version === now.canary;
  const isCompared = promotion?.action !== "keep" || promotion.replaced === now.holdback;
  const since = (lift: number, version: number) =>
    `All promotions together: ${formatSignedPercent(lift)} against anchor ${version}, on live traffic.`;
  return [
    isTried ? canary?.reason : undefined,
    isCompared ? promotion?.reason : undefined,
    retrieval?.reason,
    anchor?.relativeLift === undefined ? undefined : since(anchor.relativeLift, anchor.version),
  ].filter((line) => line !== undefined);
}

/** A tried setting as text. */
export interface SettingRow {
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
  readonly weight: number;
  /** The next cycle's incumbent. */
  readonly isChosen: boolean;
}

function differenceText({ difference, standardError }: TriedSetting): string {
  const text = formatSignedReward(difference);
  return standardError === null ? text : `${text} ± ${formatReward(standardError)}`;
}

/** Each memory length by its weight, shortest first. */
const memoryText = ({ memory }: TriedSetting) =>
  memory.map((weight) => formatFixed(weight, 2)).join(" / ");

export const settingRows = ({ settings = [], chosenSetting }: CycleRecord): readonly SettingRow[] =>
  settings.map((setting) => ({
    name: setting.name,
    klRadius: formatReward(setting.klRadius),
    memory: memoryText(setting),
    pessimism: formatReward(setting.pessimism),
    discriminator: formatReward(setting.discriminator),
    proximity: formatReward(setting.proximity),
    predicted: formatSignedPercent(setting.predicted),
    difference: differenceText(setting),
    z: formatSignedReward(setting.z),
    weight: setting.weight,
    isChosen: setting.name === chosenSetting,
  }));
