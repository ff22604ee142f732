import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { copyJson } from "./copy-json.ts";

const nest = (depth: number) =>
  JSON.parse(`${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`);

test("100,000 values are taken, one more is not", () => {
  // The list itself is a value too.
  expect(copyJson(Array.from({ length: 99_999 }, () => 0))).toHaveLength(99_999);
  expect(() => copyJson(Array.from({ length: 100_000 }, () => 0))).toThrow(
    "holds more than 100000 values; send fewer",
  );
});

test("32 levels are taken, one more is not", () => {
  expect(copyJson(nest(32))).toEqual(nest(32));
  expect(() => copyJson(nest(33))).toThrow("is nested deeper than 32 levels");
});

test("a mebibyte of text, keys included, is taken, a byte more is too large", () => {
  const text = "å".repeat(2 ** 19 - 1);
  expect(copyJson({ ab: text })).toEqual({ ab: text });
  expect(() => copyJson({ abc: text })).toThrow(
    expect.objectContaining({ isTooLarge: true, message: expect.stringContaining("1048576") }),
  );
});

test("what is copied is out of its owner's reach, and a getter is asked once", () => {
  let asked = 0;
  const input = {
    list: [{ x: 1 }],
    get lazy() {
      asked += 1;
      return asked;
    },
    absent: undefined,
  };
  const copy = copyJson(input);
  input.list[0]!.x = 2;
  expect(JSON.stringify(copy)).toBe('{"list":[{"x":1}],"lazy":1}');
});

test("objects without a prototype, and of another realm, are plain", () => {
  const bare = Object.assign(Object.create(null), { a: 1 });
  expect(copyJson([bare, runInNewContext("({ b: [1] })")])).toEqual([{ a: 1 }, { b: [1] }]);
});

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const wide: unknown[] = [];
wide.push(wide, wide);
const throwing = {
  get a(): never {
    throw new Error("no");
  },
};
const hostile = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error("no");
    },
  },
);

test.each<[string, unknown, string, string]>([
  ["a number that is none", { a: [0, Number.NaN] }, "a,1", "is NaN: must be a finite number"],
  ["a number without end", [Number.NEGATIVE_INFINITY], "0", "is -Infinity: must be a finite"],
  ["an integer without bounds", { a: 1n }, "a", "is 1: must be text"],
  ["a date", { a: new Date(0) }, "a", "is a Date: must be text"],
  ["a map", { a: new Map() }, "a", "is a Map: must be text"],
  ["bytes", new Uint8Array(2), "", "is a Uint8Array: must be text"],
  ["an instance of a class", { a: new (class Shoe {})() }, "a", "is {}: must be text"],
  ["a function", { a: () => 1 }, "a", "is a function: must be text"],
  ["a symbol", { a: Symbol("s") }, "a", "is Symbol(s): must be text"],
  ["nothing", undefined, "", "is missing: must be text"],
  ["nothing in a list", { a: [1, undefined] }, "a,1", "is missing: must be text"],
  ["a list with holes", { a: new Array(3) }, "a,0", "is missing: must be text"],
  ["a list with holes without end", new Array(2 ** 32 - 1), "", "holds more than 100000 values"],
  ["an object that holds itself", cyclic, "", "or holds itself; flatten it"],
  ["a list that holds itself twice", wide, "", "or holds itself; flatten it"],
  ["a getter that throws", throwing, "", "can't be read; send plain data"],
  ["a proxy that throws", hostile, "", "can't be read; send plain data"],
  ["a key that sets prototypes", JSON.parse('{"a":{"__proto__":1}}'), "a,__proto__", "rename it"],
])("%s is refused by its path", (_, value, path, message) => {
  let problem: { path: readonly PropertyKey[]; message: string } | undefined;
  try {
    copyJson(value);
  } catch (error) {
    problem = error as typeof problem;
  }
  expect(problem?.path.join(",")).toBe(path);
  expect(problem?.message).toContain(message);
});
