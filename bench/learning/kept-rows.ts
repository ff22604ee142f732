import { readPlayedSources } from "../machine.ts";
import { openRunFolder } from "../run-folder.ts";
import type { UnitOfWork } from "./world.ts";

interface Rows<Row> {
  /** Under `learning/kept`. */
  readonly folder: string;
  /** With other settings every row is played anew. */
  readonly settings: unknown;
  /** Of the policies, a row each. */
  readonly names: readonly string[];
  /** Of those, the ones that are played on the first seed alone: each takes as long as the main policy, and no target is about it. */
  readonly ablations?: readonly string[];
  readonly play: (name: string, unit: UnitOfWork) => Promise<Row>;
}

/** The policies of a seed. */
export const listRows = (
  { names, ablations = [] }: Pick<Rows<unknown>, "names" | "ablations">,
  seed: number,
): readonly string[] => (seed === 1 ? names : names.filter((name) => !ablations.includes(name)));

/**
 * A row of each policy in turn. One takes minutes to hours, so each is kept as soon as it is played, for these sources.
 */
export async function playRows<Row>(
  { folder, settings, play, ...rest }: Rows<Row>,
  unit: UnitOfWork,
): Promise<readonly (readonly [string, Row])[]> {
  const kept = openRunFolder(`learning/kept/${folder}`, [settings, readPlayedSources()]);
  const names = listRows(rest, unit.seed);
  const rows: [string, Row][] = [];
  for (const [index, name] of names.entries()) {
    const file = `${unit.caseName}-seed-${unit.seed}-${name}.json`;
    const onProgress = (share: number) => unit.onProgress((index + share) / names.length);
    const found = kept.load<Row>(file);
    const row = found ?? (await play(name, { ...unit, onProgress }));
    if (found === undefined) kept.save(file, row);
    rows.push([name, row]);
  }
  return rows;
}
