import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ColumnType, RecordTable, TableRow } from "./table.ts";

type SchemaElement = ParquetWriter["schema"][number];

/** Bytes of JSON that become a row group: all of it is in memory, some times over. */
const groupBytes = 8_000_000;

const utf8 = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;

/** Parquet's types. Nested JSON is its text, which every reader takes. */
const leaves: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  text: utf8,
  integer: { type: "INT64" },
  number: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  texts: utf8,
  numbers: { type: "DOUBLE" },
  integers: { type: "INT64" },
  json: utf8,
};

const isList = (type: ColumnType) => type === "texts" || type === "numbers" || type === "integers";

/** A list has three levels, as the format wants it. */
function schemaOf([name, type]: readonly [string, ColumnType]): readonly SchemaElement[] {
  const leaf = leaves[type];
  if (!isList(type)) return [{ ...leaf, name, repetition_type: "OPTIONAL" }];
  return [
    { name, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { ...leaf, name: "element", repetition_type: "REQUIRED" },
  ];
}

function toValue(value: TableRow[string], type: ColumnType): unknown {
  if (value === undefined || value === null) return undefined;
  switch (type) {
    case "integer":
      return BigInt(value as number);
    case "integers":
      return (value as readonly number[]).map(BigInt);
    case "time":
      return new Date(value as string);
    case "json":
      return JSON.stringify(value);
    default:
      return value;
  }
}

/** A dictionary would take −0 for 0. */
const encodingOf = (type: ColumnType) =>
  type === "number" || type === "numbers" ? { encoding: "PLAIN" as const } : {};

/** A Parquet file, compressed with Snappy, a row group at a time. */
export async function* toParquet(table: RecordTable): AsyncGenerator<Uint8Array, void> {
  const columns = Object.entries(table.columns);
  const root = { name: "root", num_children: columns.length };
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [root, ...columns.flatMap(schemaOf)],
    createdBy: "recurve",
  });
  const take = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  let [group, size] = [[] as TableRow[], 0];
  const write = async () => {
    const columnData = columns.map(([name, type]) => ({
      name,
      ...encodingOf(type),
      data: group.map((row) => toValue(row[name], type)),
    }));
    await file.write({ columnData, rowGroupSize: group.length });
    [group, size] = [[], 0];
    return take();
  };
  for await (const row of table.rows) {
    group.push(row);
    size += JSON.stringify(row).length;
    if (size >= groupBytes) yield await write();
  }
  if (group.length > 0) yield await write();
  await file.finish();
  yield take();
}
