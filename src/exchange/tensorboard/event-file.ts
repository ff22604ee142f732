import { crc32c } from "./crc32c.ts";
import { eventProto, hparamsProto, stringType } from "./event-schema.ts";

/** Counts or masses between limits: bucket i ends at `limits[i]`. */
export interface EventHistogram {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly limits: readonly number[];
  readonly masses: readonly number[];
}

export type EventValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly text: string }
  | { readonly tag: string; readonly histogram: EventHistogram }
  | { readonly settings: Readonly<Record<string, number>>; readonly startedAt: number };

export interface LoggedEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: number;
  readonly values: readonly EventValue[];
}

const msPerSecond = 1000;

const ofPlugin = (pluginName: string, content?: Uint8Array) => ({
  pluginData: { pluginName, ...(content && { content }) },
});

function encodeHistogram({ min, max, mean, limits, masses }: EventHistogram) {
  const num = masses.reduce((sum, mass) => sum + mass, 0);
  return { min, max, num, sum: num * mean, bucketLimit: limits, bucket: masses };
}

/** The start of a session of TensorBoard's hparams plugin. */
function encodeSettings(settings: Readonly<Record<string, number>>, startedAt: number) {
  const hparams = Object.fromEntries(
    Object.entries(settings).map(([name, numberValue]) => [name, { numberValue }]),
  );
  const sessionStartInfo = { hparams, startTimeSecs: startedAt / msPerSecond };
  const content = hparamsProto.encode({ version: 0, sessionStartInfo }).finish();
  return { tag: "_hparams_/session_start_info", metadata: ofPlugin("hparams", content) };
}

function encodeValue(value: EventValue) {
  if ("scalar" in value) return { tag: value.tag, simpleValue: value.scalar };
  if ("histogram" in value) return { tag: value.tag, histo: encodeHistogram(value.histogram) };
  if ("settings" in value) return encodeSettings(value.settings, value.startedAt);
  const stringVal = [Buffer.from(value.text)];
  const tensor = { dtype: stringType, tensorShape: { dim: [{ size: 1 }] }, stringVal };
  return { tag: value.tag, tensor, metadata: ofPlugin("text") };
}

/** Length and its checksum before the data, and the data's after it. */
const [headBytes, tailBytes] = [12, 4];

/** A checksum of a part that holds checksums would be weak, so they are masked. */
const mask = (sum: number) => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;

function frame(data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(headBytes + data.length + tailBytes);
  bytes.writeBigUInt64LE(BigInt(data.length));
  bytes.writeUInt32LE(mask(crc32c(bytes.subarray(0, 8))), 8);
  bytes.set(data, headBytes);
  bytes.writeUInt32LE(mask(crc32c(data)), headBytes + data.length);
  return bytes;
}

/** The first record of an event file. */
export const encodeStart = (at: number): Buffer =>
  frame(eventProto.encode({ wallTime: at / msPerSecond, fileVersion: "brain.Event:2" }).finish());

/** A record of an event file, TFRecord's format: length, data and masked CRC-32C of both, little endian. */
export const encodeEvent = ({ at, step, values }: LoggedEvent): Buffer =>
  frame(
    eventProto
      .encode({ wallTime: at / msPerSecond, step, summary: { value: values.map(encodeValue) } })
      .finish(),
  );

/** The last step of an event file, and the length of its whole records: a writer may have been killed in one. */
export function readEnd(bytes: Buffer): { readonly step: number; readonly length: number } {
  let [step, length] = [-1, 0];
  while (bytes.length - length >= headBytes) {
    const size = Number(bytes.readBigUInt64LE(length));
    const end = length + headBytes + size + tailBytes;
    if (end > bytes.length) break;
    const data = bytes.subarray(length + headBytes, end - tailBytes);
    if (bytes.readUInt32LE(end - tailBytes) !== mask(crc32c(data))) break;
    const event = eventProto.toObject(eventProto.decode(data), { longs: Number });
    if (event.summary !== undefined) step = Math.max(step, event.step ?? 0);
    length = end;
  }
  return { step, length };
}
