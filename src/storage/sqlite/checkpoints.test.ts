import { expect, onTestFinished, test } from "vitest";
import { createCheckpointStore, prepareCheckpoints } from "./checkpoints.ts";
import { openConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";

const megabyte = 2 ** 20;

function open() {
  const connection = openConnection(":memory:");
  onTestFinished(() => connection.close());
  migrate(connection);
  const { replace } = prepareCheckpoints(connection);
  const lengths = () =>
    connection.prepare("SELECT name, part, length(bytes) AS size FROM checkpoints").all();
  return { replace, lengths, store: createCheckpointStore(connection) };
}

test("a checkpoint is kept in parts of 16 MiB, and fewer bytes leave none of the parts before", async () => {
  const { replace, lengths, store } = open();
  const bytes = Uint8Array.from({ length: 33 * megabyte }, (_, at) => (at >> 16) & 255);
  replace("training/shop", bytes);
  replace("critic/shop", Uint8Array.of(7));
  expect(lengths()).toMatchObject([
    { name: "training/shop", part: 0, size: 16 * megabyte },
    { name: "training/shop", part: 1, size: 16 * megabyte },
    { name: "training/shop", part: 2, size: megabyte },
    { name: "critic/shop", part: 0, size: 1 },
  ]);
  const loaded = await store.load("training/shop");
  expect(Buffer.compare(loaded!, bytes)).toBe(0);

  replace("training/shop", Uint8Array.of(1, 2));
  expect(await store.load("training/shop")).toEqual(Uint8Array.of(1, 2));
  replace("training/shop");
  expect(await store.load("training/shop")).toBeUndefined();
  expect(await store.load("critic/shop")).toEqual(Uint8Array.of(7));
});

test("a checkpoint without bytes is one all the same", async () => {
  const { replace, store } = open();
  replace("critic/shop", new Uint8Array());
  expect(await store.load("critic/shop")).toEqual(new Uint8Array());
});
