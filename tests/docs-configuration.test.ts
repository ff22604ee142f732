import { expect, test } from "vitest";
import { serveCommand } from "../src/cli/commands/serve.ts";
import type { MpoField } from "../src/domain/mpo-field.ts";
import { mpoFields } from "../src/domain/mpo-fields.ts";
import { readDocument, readTables } from "./support/documents.ts";

const figures = (values: readonly number[]) =>
  values.map((one) => one.toLocaleString("en-US", { maximumFractionDigits: 10 })).join(", ");

function describeField(name: string, field: MpoField): readonly string[] {
  if (field.kind === "choice") {
    const choices = field.choices.map((choice) => `\`${choice}\``).join(", ");
    return [name, `\`${field.default}\``, choices, "–", field.meaning];
  }
  const { minimum, maximum, unit, meaning } = field;
  const fallback = field.kind === "numbers" ? field.default : [field.default];
  return [name, figures(fallback), `${figures([minimum])}–${figures([maximum])}`, unit, meaning];
}

test("the configuration guide has every field of learner.mpo with default, range, unit and meaning", () => {
  const groups = Object.keys(mpoFields);
  const told = readTables(readDocument("docs/guides/configuration.md").text).filter(([name = ""]) =>
    groups.some((group) => name.startsWith(`\`${group}.`)),
  );
  const fields = Object.entries(mpoFields).flatMap(([group, members]) =>
    Object.entries<MpoField>(members).map(([name, field]) =>
      describeField(`\`${group}.${name}\``, field),
    ),
  );
  expect(told).toEqual(fields);
});

test("the configuration guide has every environment variable that stands for an option", () => {
  const told = readTables(readDocument("docs/guides/configuration.md").text);
  const variables = serveCommand().options.filter(({ envVar }) => envVar !== undefined);
  expect(variables.length).toBeGreaterThan(3);
  for (const { long, envVar, defaultValue } of variables) {
    const row = told.find(([, option]) => option === `\`${long}\``);
    expect(row?.[2]).toBe(`\`${envVar}\``);
    expect(row?.[4]).toContain(String(defaultValue ?? "recurve.config.*"));
  }
});
