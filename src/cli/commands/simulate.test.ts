import { expect, test } from "vitest";
import { createProgram } from "../program.ts";

/** Exit code and standard error of wrong usage. */
async function refusal(...words: string[]) {
  const program = createProgram();
  const parts: string[] = [];
  const output = { writeErr: (part: string) => void parts.push(part) };
  for (const command of program.commands) command.configureOutput(output);
  const error = await program.parseAsync(words, { from: "user" }).then(
    () => expect.fail("expected wrong usage"),
    (cause: { exitCode: number }) => cause,
  );
  return `${error.exitCode}: ${parts.join("").trim()}`;
}

test.each([
  [["simulate"], /required option '--world <world>' not specified/],
  [
    ["simulate", "--world", "moon"],
    /'moon' is invalid\. Allowed choices are synthetic, jester, catalogue, shop, ads, feed\./,
  ],
  [["simulate", "--world", "jester", "--drift"], /^2: error: --drift is for --world synthetic/],
  [
    ["simulate", "--world", "catalogue"],
    /^2: error: --world catalogue needs --data <sequences>, such as --data ml-100k/,
  ],
  [
    ["simulate", "--world", "jester", "--check", "--seed", "3"],
    /^2: error: --check needs two seeds/,
  ],
  [
    ["simulate", "--world", "jester", "--seed", "5..1"],
    /Expected seeds such as 3, 1,2,5 or 1\.\.10/,
  ],
  [["simulate", "--world", "jester", "--cycles", "0"], /Expected an integer in 1…1000/],
  [["serve", "--port", "99999"], /Expected an integer in 0…65535/],
  [["roll-back"], /required option '--scenario <name>' not specified/],
])("wrong usage: %j", async (words, message) => {
  expect(await refusal(...words)).toMatch(message);
});

test("every command explains itself with an example", () => {
  for (const command of createProgram().commands) {
    const help: string[] = [];
    command.configureOutput({ writeOut: (text) => void help.push(text) });
    command.outputHelp();
    const isGroup = command.commands.length > 0;
    expect([command.name(), help.join("")]).toEqual([
      command.name(),
      isGroup
        ? expect.stringContaining("Commands:")
        : expect.stringMatching(/Example.*\n {2}\$ recurve /),
    ]);
  }
});
