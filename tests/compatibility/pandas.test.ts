import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { decisionTable } from "../../src/exchange/tables/record-tables.ts";
import type { RecordTable } from "../../src/exchange/tables/table.ts";
import { toParquet } from "../../src/exchange/tables/write-parquet.ts";
import { toCsv, toJsonl } from "../../src/exchange/tables/write-text.ts";
import { installPeer } from "../support/python-peer.ts";
import { ann, openShop, shopConfiguration } from "../support/shop.ts";
import { createTestFolder } from "../support/store.ts";

const writers = { parquet: toParquet, csv: toCsv, jsonl: toJsonl } as const;

/** As Python's `float.hex` writes it, by its bits. */
const bitsOf = (value: number) => Buffer.from(Float64Array.of(value).buffer).toString("hex");

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "pandas reads the decisions in each format, numbers to the bit (needs RECURVE_FULL, and Python)",
  { timeout: 1_800_000 },
  async ({ skip }) => {
    const peer = installPeer("pandas");
    if (peer === undefined) return skip("pandas can't be installed");
    const { store, engine, advance, clock } = await openShop();
    const [scenario] = parseConfiguration(shopConfiguration()).scenarios;
    for (let turn = 0; turn < 30; turn++)
      await engine.recommend({ userId: ann, context: { turn, note: 'a "b", c' } });
    advance(3600);
    const table = () => decisionTable({ store, scenario: scenario!, now: clock(), range: {} });
    const rows = [];
    for await (const row of table().rows) rows.push(row);
    const folder = createTestFolder();
    const read = async (format: keyof typeof writers) => {
      const path = join(folder, `shop.${format}`);
      const write: (table: RecordTable) => AsyncIterable<string | Uint8Array> = writers[format];
      await pipeline(Readable.from(write(table())), createWriteStream(path));
      return JSON.parse(peer.run("read_tables.py", path).toString());
    };
    const parquet = await read("parquet");
    expect(parquet.types).toMatchObject({
      userId: "string",
      seed: "int64",
      exploration: "double",
      context: "string",
      decidedAt: "timestamp[ms, tz=UTC]",
      slate: "list<element: string not null>",
      rewards: "list<element: double not null>",
    });
    for (const found of [parquet, await read("csv"), await read("jsonl")]) {
      expect(found.floats.slatePropensity).toEqual(
        rows.map(({ slatePropensity }) => bitsOf(slatePropensity as number)),
      );
      const ids = found.rows.map(({ decisionId }: { readonly decisionId: string }) => decisionId);
      expect(ids).toEqual(rows.map(({ decisionId }) => decisionId));
    }
    const lists = (row: Record<string, unknown>) => [row.slate, row.context];
    expect(parquet.rows.map(lists)).toEqual(
      rows.map(({ slate, context }) => [slate, JSON.stringify(context)]),
    );
    expect(parquet.floats["positionPropensities[]"]).toEqual(
      rows.flatMap(({ positionPropensities }) =>
        (positionPropensities as readonly number[]).map(bitsOf),
      ),
    );
    return undefined;
  },
);
