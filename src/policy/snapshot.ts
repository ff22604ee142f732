import { createHash } from "node:crypto";
import { EngineError } from "../domain/errors.ts";
import { type ItemId, itemId } from "../domain/ids.ts";

/**
 * Layout: "RCRV", format (u32), header length (u32), header (JSON), float32 arrays in the order of the header, SHA-256 of
 * all before it. Little endian. A change of hashing, pooling or layout is a new format.
 */
const magic = "RCRV";
const format = 2;
const digestBytes = 32;
const fixedBytes = 12;

/**
 * Named float32 arrays with their shapes, and the other data for restoring a policy or a
 * checkpoint.
 */
export interface TensorFile {
  readonly meta: {
    readonly kind: string;
    /** Item of each table row; row 0 represents unknown items. */
    readonly itemIds: readonly ItemId[];
    readonly numbers: Readonly<Record<string, number>>;
    /** Hash of the encoder that a network stands on, or that an encoder or its training continues; absent without one. */
    readonly encoder?: string;
  };
  readonly tensors: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
  >;
}

export const corruptSnapshot = (problem: string): EngineError =>
  new EngineError(
    "corrupt_snapshot",
    `policy snapshot is corrupt: ${problem}; roll back to another version`,
    {
      details: { problem },
    },
  );

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** @throws RangeError on NaN or ±∞, so that a diverged network is never stored */
export function encodeTensors(file: TensorFile): Uint8Array {
  const entries = Object.entries(file.tensors);
  for (const [name, { shape, values }] of entries) {
    if (values.length !== size(shape))
      throw new RangeError(`${name}: ${values.length} values for shape [${shape}]`);
    if (!values.every(Number.isFinite))
      throw new RangeError(`${name} holds a number that is not finite`);
  }
  const layout = entries.map(([name, { shape }]) => ({ name, shape }));
  const header = Buffer.from(JSON.stringify({ ...file.meta, layout }));
  const values = entries.map(([, tensor]) => tensor.values);
  const length = values.reduce((sum, { byteLength }) => sum + byteLength, 0);
  // One buffer: a checkpoint of a large network has a gigabyte.
  const bytes = Buffer.alloc(fixedBytes + header.length + length + digestBytes);
  bytes.write(magic, 0, "latin1");
  bytes.writeUInt32LE(format, 4);
  bytes.writeUInt32LE(header.length, 8);
  bytes.set(header, fixedBytes);
  let at = fixedBytes + header.length;
  for (const { buffer, byteOffset, byteLength } of values) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  bytes.set(createHash("sha256").update(bytes.subarray(0, at)).digest(), at);
  return bytes;
}

function checkEnvelope(bytes: Buffer): void {
  if (bytes.length < fixedBytes + digestBytes) throw corruptSnapshot(`only ${bytes.length} bytes`);
  if (bytes.toString("latin1", 0, 4) !== magic)
    throw corruptSnapshot("it does not start with RCRV");
  const found = bytes.readUInt32LE(4);
  const body = bytes.subarray(0, -digestBytes);
  if (!createHash("sha256").update(body).digest().equals(bytes.subarray(-digestBytes))) {
    throw corruptSnapshot("its checksum does not fit");
  }
  if (found !== format) {
    throw new EngineError(
      "unsupported_snapshot_version",
      `policy snapshot has format ${found}, this Recurve reads ${format}; upgrade Recurve or train again`,
      { details: { found, supported: format } },
    );
  }
}

interface Header {
  readonly kind: string;
  readonly itemIds: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
  readonly encoder?: string;
  readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The checksum covers the header, so its fields are trusted once it holds. */
function parseHeader(bytes: Buffer): { header: Header; end: number } {
  const end = fixedBytes + bytes.readUInt32LE(8);
  return { header: JSON.parse(bytes.toString("utf8", fixedBytes, end)) as Header, end };
}

/** @throws corrupt_snapshot, unsupported_snapshot_version */
export function decodeTensors(input: Uint8Array): TensorFile {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  checkEnvelope(bytes);
  const { header, end } = parseHeader(bytes);
  const tensors: Record<string, { shape: readonly number[]; values: Float32Array }> = {};
  let offset = end;
  for (const { name, shape } of header.layout) {
    // Copied, because float32 views must start at a multiple of four.
    const values = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * size(shape)),
    );
    if (!values.every(Number.isFinite))
      throw corruptSnapshot(`${name} holds a number that is not finite`);
    tensors[name] = { shape, values };
    offset += 4 * size(shape);
  }
  return {
    meta: {
      kind: header.kind,
      itemIds: header.itemIds.map(itemId),
      numbers: header.numbers,
      ...(header.encoder !== undefined && { encoder: header.encoder }),
    },
    tensors,
  };
}
