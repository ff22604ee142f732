import { existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { dataFolder } from "../../../tests/support/data-folder.ts";
import { referenceRewards } from "../../../tests/support/reference-rewards.ts";
import { EngineError } from "../../domain/errors.ts";
import { itemId } from "../../domain/ids.ts";
import { readJester } from "./jester-files.ts";
import { createJesterWorld } from "./jester-world.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const jokeRows = Array.from({ length: 40 }, (_, i) => `j${i + 1}\tText of joke ${i + 1}.`);

/** Rating of joke j by user u, in hundredths from −10 to 10. */
const rating = (user: number, joke: number) => (((user * 379 + joke * 617) % 2001) - 1000) / 100;

/** Users 1 and 2 rated all jokes, user 3 all but j1, user 4 the last 30, user 5 the first 15. */
const rated: [user: number, first: number, last: number][] = [
  [1, 1, 40],
  [2, 1, 40],
  [3, 2, 40],
  [4, 11, 40],
  [5, 1, 15],
];
const ratingRows = rated.flatMap(([user, first, last]) =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i).map(
    (joke) => `u${user}\tj${joke}\t${rating(user, joke).toFixed(2)}`,
  ),
);

function writeFolder(files: {
  readonly jokes?: readonly string[];
  readonly ratings?: readonly string[];
  readonly lineEnd?: string;
}): string {
  const folder = mkdtempSync(join(tmpdir(), "recurve-jester-"));
  folders.push(folder);
  const { jokes = jokeRows, ratings = ratingRows, lineEnd = "\n" } = files;
  const write = (name: string, rows: readonly string[]) =>
    writeFileSync(join(folder, name), [...rows, ""].join(lineEnd));
  write("jokes.tsv", ["joke\ttext", ...jokes]);
  write("ratings.tsv", ["user\tjoke\trating", ...ratings]);
  return folder;
}

/** j11 to j15 were rated by all five users; of those rated by four, the first five are j2 to j6. */
const gauge = ["j11", "j12", "j13", "j14", "j15", "j2", "j3", "j4", "j5", "j6"];

test("the history holds the ratings of the jokes rated most, which are never candidates", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({}) });
  const first = world.history.filter((event) => event.userId === "u1");
  expect(first).toEqual(
    gauge.map((joke) => ({
      userId: "u1",
      itemId: joke,
      type: "rating",
      value: rating(1, Number(joke.slice(1))) / 10,
    })),
  );
  const fourth = world.history.filter((event) => event.userId === "u4");
  expect(fourth.map((event) => event.itemId)).toEqual(["j11", "j12", "j13", "j14", "j15"]);
  for (let turn = 0; turn < 100; turn++) {
    const ids = world.visit(turn).candidates.map((candidate) => candidate.itemId);
    expect(new Set(ids).size).toBe(20);
    expect(ids.filter((id) => gauge.includes(id))).toEqual([]);
  }
});

test("the answer is the user's own rating over ten", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({}) });
  for (let turn = 0; turn < 50; turn++) {
    const { userId, candidates } = world.visit(turn);
    const value = (id: string) => rating(Number(userId.slice(1)), Number(id.slice(1))) / 10;
    for (const { itemId: id } of candidates) {
      expect(world.react(turn, [id])).toEqual([{ itemId: id, type: "rating", value: value(id) }]);
      expect(world.expectedReward(turn, [id])).toBe(value(id));
    }
    const highest = Math.max(...candidates.map((candidate) => value(candidate.itemId)));
    expect(world.expectedReward(turn, world.bestSlate(turn))).toBe(highest);
  }
});

test("users with fewer than 20 ratings outside the gauge set are left out", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({}) });
  expect(world.users.map((user) => user.userId).sort()).toEqual(["u1", "u2", "u3", "u4"]);
});

test("items carry the joke's text", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({}) });
  expect(world.items).toHaveLength(40);
  expect(world.items[0]).toEqual({
    itemId: "j1",
    categories: [],
    attributes: { text: "Text of joke 1." },
    available: true,
  });
});

test("the same seed gives the same users and visits, another seed other ones", () => {
  const folder = writeFolder({});
  const play = (seed: number) => {
    const world = createJesterWorld({ seed, folder, users: 2 });
    return { users: world.users, visits: [...Array(30).keys()].map(world.visit) };
  };
  expect(play(1)).toEqual(play(1));
  expect(play(2)).not.toEqual(play(1));
  expect(play(1).users).toHaveLength(2);
});

test("files with the line ends of Windows are read as well", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({ lineEnd: "\r\n" }) });
  expect(world.items[39]?.attributes).toEqual({ text: "Text of joke 40." });
  expect(world.users).toHaveLength(4);
});

const refusedRows: [problem: string, row: string][] = [
  ["expected 3 filled cells (user, joke, rating), got 'u9\tj1'", "u9\tj1"],
  ["expected 3 filled cells (user, joke, rating), got 'u9\t\t1.00'", "u9\t\t1.00"],
  ["expected 3 filled cells (user, joke, rating), got ''", ""],
  ["rating must be a number from -10 to 10, got '10.01'", "u9\tj1\t10.01"],
  ["rating must be a number from -10 to 10, got 'NaN'", "u9\tj1\tNaN"],
  ["rating must be a number from -10 to 10, got '0x1'", "u9\tj1\t0x1"],
  ["joke 'j99' is not in jokes.tsv", "u9\tj99\t1.00"],
  ["user 'u1' rated 'j1' before", "u1\tj1\t1.00"],
];

test.each(refusedRows)("a rating's row is refused by its line: %s", (problem, row) => {
  const folder = writeFolder({ ratings: [...ratingRows, row, "u8\tj1\t1.00"] });
  const file = join(folder, "ratings.tsv");
  const line = ratingRows.length + 2;
  const attempt = () => createJesterWorld({ seed: 1, folder });
  expect(attempt).toThrow(EngineError);
  expect(attempt).toThrow(`${file}, line ${line}: ${problem}`);
  expect(attempt).toThrow(
    expect.objectContaining({ code: "invalid_file", details: { file, line } }),
  );
});

test("a second row of a joke, a wrong header and ratings of too few jokes are refused", () => {
  const attempt = (files: Parameters<typeof writeFolder>[0]) => () =>
    createJesterWorld({ seed: 1, folder: writeFolder(files) });
  expect(attempt({ jokes: [...jokeRows, "j3\tAgain."] })).toThrow("line 42: joke 'j3' came before");
  expect(attempt({ ratings: ratingRows.slice(0, 25) })).toThrow(
    "ratings.tsv must have a user with at least 20 ratings outside the 10 jokes rated most",
  );
  const folder = writeFolder({});
  writeFileSync(join(folder, "ratings.tsv"), "user,joke,rating\n");
  expect(() => createJesterWorld({ seed: 1, folder })).toThrow(
    "line 1: the header must be user, joke, rating, separated by tabs",
  );
});

test("an absent folder is told with what should be there", () => {
  const folder = join(writeFolder({}), "absent");
  const attempt = () => createJesterWorld({ seed: 1, folder });
  expect(attempt).toThrow(expect.objectContaining({ code: "not_found" }));
  expect(attempt).toThrow(/can't read .*absent.*must hold Jester's ratings\.tsv/);
});

test("a file above 32 MB is refused before it is read", () => {
  const folder = writeFolder({});
  truncateSync(join(folder, "ratings.tsv"), 32 * 1024 * 1024 + 1);
  expect(() => createJesterWorld({ seed: 1, folder })).toThrow(
    expect.objectContaining({ code: "payload_too_large" }),
  );
});

test.each([
  ["users", { seed: 1, users: 5 }],
  ["users", { seed: 1, users: 0 }],
  ["seed", { seed: -1 }],
])("a bad %s is refused by name", (field, options) => {
  expect(() => createJesterWorld({ folder: writeFolder({}), ...options })).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      details: expect.objectContaining({ field }),
    }),
  );
});

test("a joke that the user didn't rate, a longer slate and a turn below 0 are programmer's errors", () => {
  const world = createJesterWorld({ seed: 1, folder: writeFolder({}) });
  expect(() => world.react(0, [itemId("j99")])).toThrow(
    /'j99' is no candidate: 'u\d' did not rate it/,
  );
  expect(() =>
    world.react(
      0,
      world.visit(0).candidates.map((c) => c.itemId),
    ),
  ).toThrow("a slate has at most 1 joke, got 20");
  expect(() => world.visit(-1)).toThrow(RangeError);
  expect(world.react(0, [])).toEqual([]);
  expect(world.expectedReward(0, [])).toBe(0);
});

const data = join(dataFolder, "jester5k");

test.skipIf(!existsSync(data))("Jester 5k has its published counts (needs RECURVE_DATA)", () => {
  const { ratings, jokes } = readJester(data);
  const values = [...ratings.values()].flatMap((own) => [...own.values()]);
  expect([ratings.size, jokes.size, values.length]).toEqual([5000, 100, 363_209]);
  // Mean by another program over the same file.
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.915908, 6);
});

// The row in docs/methods/worlds.md: uniform, popularity, personal.
test.skipIf(!existsSync(data))("Jester 5k has the documented rewards (needs RECURVE_DATA)", () => {
  const world = createJesterWorld({ seed: 1, folder: data });
  expect([world.users.length, world.history.length]).toEqual([5000, 49_996]);
  const { uniform, popularity, personal } = referenceRewards(world, { from: 0, to: 5000 });
  const rounded = [uniform, popularity, personal].map((value) => Math.round(value * 1000) / 1000);
  expect(rounded).toEqual([0.121, 0.324, 0.716]);
});
