import Table from "cli-table3";
import type { DoubtfulItem } from "../../domain/improvement-record.ts";
import { formatSignificant } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

const digits = (value: number | undefined) =>
  value === undefined ? "–" : formatSignificant(value);

/**
 * Items with a high predicted reward that satisfied users don't choose, as lines; empty if there
 * are none.
 */
export function describeDoubtfulItems(items: readonly DoubtfulItem[] = []): string[] {
  if (items.length === 0) return [];
  const table = new Table({
    head: ["too good to be true", "states", "expected", "discriminator", "shown", "earned"],
    colAligns: ["left", "right", "right", "right", "right", "right"],
    style: plain,
  });
  for (const { itemId, states, prediction, discriminator, shown, reward } of items) {
    const figures = [states, prediction, discriminator, shown, reward].map(digits);
    table.push([itemId, ...figures]);
  }
  return [table.toString()];
}
