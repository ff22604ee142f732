import { expect, test } from "vitest";
import { openConnection, type SqlValue } from "./connection.ts";

test("a value that would abort the process is refused before it is bound", () => {
  const connection = openConnection(":memory:");
  const select = connection.prepare("SELECT ? AS value");
  for (const value of [true, undefined, 1n, {}] as unknown as SqlValue[]) {
    expect(() => select.get(value)).toThrow(TypeError);
  }
  expect(select.get(1)).toMatchObject({ value: 1 });
  connection.close();
});
