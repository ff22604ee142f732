import { readJsonl } from "../../exchange/import/read-jsonl.ts";
import { invalidFile, openFile, type TextSource } from "../../exchange/import/text-source.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { isDsjson, readInteraction } from "./read-dsjson.ts";
import { isExportedDecision, readExportedDecision } from "./read-exported.ts";
import { parseRow, withSource } from "./read-rows.ts";

type Reader = (line: number, value: unknown) => readonly LogRow[];

async function* readRows(
  source: TextSource,
  read: Reader,
): AsyncGenerator<LogRow | MalformedRow, void> {
  for await (const row of readJsonl(source)) {
    const { line } = row;
    if ("reason" in row) yield { line, problem: row.reason };
    else yield* parseRow(line, () => read(line, row.value));
  }
}

/** The first JSON line determines the format. */
async function detect(open: () => Promise<TextSource>): Promise<boolean | undefined> {
  for await (const row of withSource(open, readJsonl)) {
    if ("reason" in row) continue;
    if (isExportedDecision(row.value)) return false;
    return isDsjson(row.value) ? true : undefined;
  }
  return undefined;
}

const exportFormat = "Recurve export";

/** Whether the rows are decisions of `recurve export decisions`. */
export const isExported = ({ format }: Pick<DecisionLog, "format">): boolean =>
  format === exportFormat;

/** Our own export, or VowpalWabbit's dsjson. @throws invalid_file if it is neither */
export async function openJsonlLog(file: string): Promise<DecisionLog> {
  const open = () => openFile(file, new AbortController().signal);
  const isVowpalWabbit = await detect(open);
  if (isVowpalWabbit === undefined) {
    throw invalidFile(
      file,
      "begins with no line of recurve export decisions and with none of VowpalWabbit's dsjson",
    );
  }
  const read = isVowpalWabbit ? readInteraction : readExportedDecision;
  return {
    file,
    format: isVowpalWabbit ? "VowpalWabbit dsjson" : exportFormat,
    read: () => withSource(open, (source) => readRows(source, read)),
  };
}
