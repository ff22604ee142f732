import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { userId } from "../../domain/ids.ts";
import { invalidFile, unreadable } from "../../exchange/import/text-source.ts";
import {
  bareItem,
  createNumbering,
  describeRepeats,
  type InteractionData,
} from "./interaction-data.ts";

/**
 * "user item" a line (SASRec), or "user item item …", a user a line (S3-Rec); users' items oldest first. Of a user's repeats
 * the first counts.
 */
export async function readSequenceFile(path: string, name: string): Promise<InteractionData> {
  const lines = await readFields(path);
  const { items, users, sequences, repeats } = collectLines(lines);
  const times = await findLastTimes(dirname(path), users);
  return {
    name,
    form: lines[0]?.length === 2 ? "sequences, SASRec's form" : "sequences, S3-Rec's form",
    itemCount: items.length,
    items,
    users: users.map((id) => ({ userId: userId(id), attributes: {} })),
    sequences,
    times: times?.map((time, user) => new Float64Array(sequences[user]?.length ?? 0).fill(time)),
    notes: [...(times ? [lastTimesNote] : []), ...describeRepeats(repeats)],
  };
}

const lastTimesNote =
  "of each user only the last time is known: a split by time takes or leaves users whole";

function collectLines(lines: readonly string[][]) {
  const items = createNumbering();
  const byUser = new Map<string, Set<number>>();
  let total = 0;
  for (const [user = "", ...own] of lines) {
    const had = byUser.get(user) ?? new Set();
    byUser.set(user, had);
    for (const id of own) had.add(items.of(id));
    total += own.length;
  }
  // A set keeps the order of its members' first additions.
  const sequences = [...byUser.values()].map((had) => Int32Array.from(had));
  const repeats = total - sequences.reduce((sum, { length }) => sum + length, 0);
  return { items: items.ids().map(bareItem), users: [...byUser.keys()], sequences, repeats };
}

async function readFields(path: string): Promise<readonly string[][]> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const lines = text.split("\n").map((line) => line.split(/\s+/).filter((field) => field !== ""));
  const unfit = lines.findIndex(
    (fields) => fields.length === 1 || fields.some((field) => !/^\d+$/.test(field)),
  );
  if (unfit !== -1)
    throw invalidFile(
      path,
      `must hold "user item" or "user item item …" in numbers, got '${lines[unfit]?.join(" ").slice(0, 40)}' in line ${unfit + 1}`,
    );
  return lines.filter((fields) => fields.length > 0);
}

/**
 * When each user was last there, if files beside the sequences say so: `user_last_timestamp.tsv` by
 * original user ids, `sas_to_original_users.txt` from the sequences' ids to these.
 */
async function findLastTimes(
  folder: string,
  users: readonly string[],
): Promise<readonly number[] | undefined> {
  const read = (file: string) => readFile(join(folder, file), "utf8").catch(() => undefined);
  const times = await read("user_last_timestamp.tsv");
  const originals = await read("sas_to_original_users.txt");
  if (times === undefined || originals === undefined) return undefined;
  const pairs = (text: string) =>
    new Map(text.split("\n").map((line) => line.trim().split(/\s+/) as [string, string]));
  const [original, last] = [pairs(originals), pairs(times)];
  return users.map((user) => {
    const time = Number(last.get(original.get(user) ?? ""));
    if (!Number.isFinite(time))
      throw invalidFile(join(folder, "user_last_timestamp.tsv"), `lacks a time of user ${user}`);
    return time;
  });
}
