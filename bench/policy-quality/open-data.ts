import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  countInteractions,
  type InteractionData,
} from "../../src/analysis/ranking/interaction-data.ts";
import { readInteractions } from "../../src/analysis/ranking/read-interactions.ts";
import type { Preset } from "../../src/domain/preset.ts";
import type { Configuration } from "../../src/engine/configuration/configuration.ts";
import { formatWhole } from "../../src/numeric/format.ts";
import type { Report } from "../bench.ts";
import { repository } from "../machine.ts";
import { openRunFolder, type RunFolder } from "../run-folder.ts";
import { configureShop, threads } from "./shop.ts";

export interface PolicyData {
  readonly data: InteractionData;
  readonly preset: Preset;
  readonly folder: RunFolder;
  readonly print: (text: string) => void;
  /** Of training at most. */
  readonly minutes: number;
  readonly configuration: Configuration;
}

/** Minutes of a training that ends by itself. */
export const unlimited = 1440;

/** @returns undefined if there is no such data set, which the report says */
export async function openPolicyData(
  report: Report,
  {
    name,
    path,
    preset,
    minutes,
    epsilon = 0,
  }: Pick<PolicyData, "preset" | "minutes"> & {
    readonly name: string;
    readonly path: string;
    /** Of a private training. */
    readonly epsilon?: number;
  },
): Promise<PolicyData | undefined> {
  const source = resolve(repository, path);
  if (!existsSync(source)) {
    report.skip(`needs the data set ${path}`);
    return undefined;
  }
  const { signal } = new AbortController();
  const data = await readInteractions(source, { now: Date.now(), signal });
  const size = { items: data.itemCount, interactions: countInteractions(data) };
  const folder = openRunFolder(`${name}/${basename(source)}`, {
    ...size,
    preset,
    threads,
    ...(minutes < unlimited && { minutes }),
    ...(epsilon > 0 && { epsilon }),
  });
  report.note(`${formatWhole(size.interactions)} interactions, ${threads} threads, ${preset}`);
  report.note(`kept in   ${folder.path}; remove it to measure anew`);
  const configuration = configureShop(epsilon);
  return { data, preset, folder, minutes, configuration, print: report.note };
}
