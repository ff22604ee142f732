import { readJson, readMember, readNumber, readText } from "./columns.ts";
import type { Row, SqlValue } from "./connection.ts";

/** A field of a stored thing in its table. */
export interface Column<Field> {
  readonly name: string;
  readonly encode: (field: Field) => SqlValue;
  readonly decode: (row: Row, name: string) => Field;
}

/** The kinds of columns; a column of its own is written out at its use. */
export const column = {
  /** @param brand an id's constructor */
  text: <Text extends string = string>(
    name: string,
    brand: (text: string) => Text = (text) => text as Text,
  ): Column<Text> => ({
    name,
    encode: (text) => text,
    decode: (row) => brand(readText(row, name)),
  }),
  number: (name: string): Column<number> => ({
    name,
    encode: (number) => number,
    decode: readNumber,
  }),
  member: <Member extends string>(name: string, members: readonly Member[]): Column<Member> => ({
    name,
    encode: (member) => member,
    decode: (row) => readMember(row, name, members),
  }),
  json: <Field>(name: string): Column<Field> => ({
    name,
    encode: (field) => JSON.stringify(field),
    decode: readJson<Field>,
  }),
  /** An absent field is NULL. */
  optional: <Field>({ name, encode, decode }: Column<Field>): Column<Field | undefined> => ({
    name,
    encode: (field) => (field === undefined ? null : encode(field)),
    decode: (row) => (row[name] === null ? undefined : decode(row, name)),
  }),
};

/** Every field of `T`, optional ones by a column that gives undefined. */
type Columns<T> = { readonly [Field in keyof T]-?: Column<T[Field]> };

/**
 * A stored thing and its table, from one declaration: inserted columns, selected columns, and the
 * decoding of a row.
 */
export interface Table<T> {
  /** Names for SELECT and INSERT, in the order of the declaration. */
  readonly columns: string;
  /** A question mark for each. */
  readonly placeholders: string;
  encode(thing: T): readonly SqlValue[];
  decode(row: Row): T;
  /** Some of its fields, so that no other column is read. */
  pick<Field extends keyof T & string>(fields: readonly Field[]): Reader<Pick<T, Field>>;
}

type Reader<T> = Pick<Table<T>, "columns" | "decode">;
type Entries = readonly (readonly [field: string, column: Column<unknown>])[];

const defineReader = <T>(entries: Entries): Reader<T> => ({
  columns: entries.map(([, { name }]) => name).join(", "),
  decode: (row) => {
    const thing: Record<string, unknown> = {};
    for (const [field, { name, decode }] of entries) {
      const value = decode(row, name);
      if (value !== undefined) thing[field] = value;
    }
    return thing as T;
  },
});

export function defineTable<T extends object>(fields: Columns<T>): Table<T> {
  const entries = Object.entries(fields) as [string, Column<unknown>][];
  return {
    ...defineReader<T>(entries),
    placeholders: entries.map(() => "?").join(", "),
    encode: (thing) =>
      entries.map(([field, { encode }]) => encode((thing as Record<string, unknown>)[field])),
    pick: (picked) =>
      defineReader(entries.filter(([field]) => (picked as readonly string[]).includes(field))),
  };
}
