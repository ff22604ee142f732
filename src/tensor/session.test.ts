import { afterEach, expect, test } from "vitest";
import { add, multiply } from "./arithmetic.ts";
import { createGraph, input, type Precision } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { createSession, type GraphSession } from "./session.ts";

const open: GraphSession<Precision>[] = [];
afterEach(() => Promise.all(open.splice(0).map((session) => session.close())));

async function sessionOf(precision: Precision): Promise<GraphSession<Precision>> {
  const graph = createGraph(precision);
  const x = input(graph, "x", [2, 2]);
  const chosen = gatherRows(x, input(graph, "rows", [1], "int32"));
  const session = await createSession(graph, { twice: multiply(x, 2), chosen });
  open.push(session);
  return session;
}

const rows = Int32Array.of(1);

test("a session returns each output in the precision of the graph", async () => {
  const single = await (await sessionOf("float32")).run({ x: Float32Array.of(1, 2, 3, 0.1), rows });
  expect(single).toEqual({
    twice: Float32Array.of(2, 4, 6, 0.2),
    chosen: Float32Array.of(3, 0.1),
  });
  const double = await (await sessionOf("float64")).run({ x: Float64Array.of(1, 2, 3, 0.1), rows });
  expect(double).toEqual({
    twice: Float64Array.of(2, 4, 6, 0.2),
    chosen: Float64Array.of(3, 0.1),
  });
});

test("results stay as they are after the next run and after closing", async () => {
  const session = await sessionOf("float32");
  const first = await session.run({ x: Float32Array.of(1, 2, 3, 4), rows });
  await session.run({ x: Float32Array.of(9, 9, 9, 9), rows });
  await session.close();
  open.length = 0;
  expect([...first.twice!, ...first.chosen!]).toEqual([2, 4, 6, 8, 3, 4]);
});

test("a closed session does not run", async () => {
  const session = await sessionOf("float32");
  await session.close();
  open.length = 0;
  await expect(session.run({ x: new Float32Array(4), rows })).rejects.toThrow(
    /disposed|invalid session/,
  );
});

test("an input that is an output by itself is copied", async () => {
  const graph = createGraph();
  const x = input(graph, "x", [2]);
  const session = await createSession(graph, { same: x });
  open.push(session);
  const fed = Float32Array.of(1, 2);
  const { same } = await session.run({ x: fed });
  fed.fill(0);
  expect(same).toEqual(Float32Array.of(1, 2));
});

test("a feed of the wrong length, type or none is refused by its name", async () => {
  const session = await sessionOf("float32");
  await expect(session.run({ x: new Float32Array(3), rows })).rejects.toThrow(
    new RangeError("input x [2, 2] takes 4 values, got 3"),
  );
  await expect(session.run({ x: new Float32Array(4), rows: new Float32Array(1) })).rejects.toThrow(
    new TypeError("input rows takes Int32Array, got Float32Array"),
  );
  await expect(session.run({ rows })).rejects.toThrow(
    new RangeError("input x [2, 2] takes 4 values, got none"),
  );
});

test("inputs that no output depends on need no feed, and one may be given", async () => {
  const graph = createGraph();
  const x = input(graph, "x", [1]);
  add(x, input(graph, "label", [1]));
  const session = await createSession(graph, { next: add(x, 1) });
  open.push(session);
  expect(await session.run({ x: Float32Array.of(1) })).toEqual({ next: Float32Array.of(2) });
  const both = { x: Float32Array.of(2), label: Float32Array.of(5) };
  expect(await session.run(both)).toEqual({ next: Float32Array.of(3) });
});
