import { expect, test, vi } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";

test.each(["nope", "localhost:7400", ""])(
  "the address '%s' is wrong usage at once",
  async (url) => {
    expect((await runCommand("demo", "--url", url)).exitCode).toBe(2);
  },
);

test("a server that does not answer is waited for, which one line says", async () => {
  const ended = runCommand("demo", "--url", "http://127.0.0.1:9");
  const written = vi.mocked(process.stdout.write);
  await vi.waitFor(() => expect(written).toHaveBeenCalled());
  const lines = written.mock.calls.map(([text]) => String(text));
  process.emit("SIGTERM");
  expect((await ended).exitCode).toBe(0);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: "warn",
      name: "users",
      msg: expect.stringMatching(/^can't reach .* Waiting until it/),
    },
  ]);
});
