import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { ErasureReceipt } from "../../domain/erasure.ts";
import { EngineError } from "../../domain/errors.ts";
import { isName, type UserId } from "../../domain/ids.ts";
import { eraseUser } from "../../engine/privacy/erase-user.ts";
import { findRecordId, nobody } from "../../engine/privacy/pseudonyms.ts";
import { parseReceipt } from "../../engine/privacy/receipt.ts";
import { type Verification, verifyReceipt } from "../../engine/privacy/verify-receipt.ts";
import { formatCounted, formatWhole } from "../../numeric/format.ts";
import {
  type DatabaseOptions,
  databaseOption,
  withDatabase,
  withDatabaseOptions,
  withRecord,
} from "../database.ts";
import { readNote } from "../intervention-note.ts";
import { parseName, parseNeeded } from "../parse-options.ts";
import { createProgressLine } from "../progress.ts";
import { openReceiptPlace } from "../receipt-place.ts";

export function parseUser(text: string): string {
  if (isName(text)) return text;
  throw new InvalidArgumentError("Expected 1 to 256 characters without control characters.");
}

const sumOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** "7, 8 of items, 9 of ads"; empty if there are none. */
const listVersions = (versions: Readonly<Record<string, readonly number[]>>) =>
  Object.entries(versions)
    .filter(([, listed]) => listed.length > 0)
    .map(([scenario, listed]) => `${listed.join(", ")} of ${scenario}`)
    .join(", ");

const erasedRows = (count: number) => `${formatCounted(count, "row")} erased`;

function describeErasure(receipt: ErasureReceipt): string {
  const { rows, policies, retireBy, files, differential } = receipt;
  const budget = differential ? "; private ones stay while the privacy budget is spent" : "";
  const sum = sumOf(rows);
  const learnt = listVersions(policies);
  return [
    sum === 0 ? "nothing was stored of this user" : erasedRows(sum),
    ...(learnt === ""
      ? []
      : [
          `policies ${learnt} are replaced from ${retireBy} on, or by recurve privacy relearn${budget}`,
        ]),
    ...files.map(({ kind, path, writtenAt }) => `${kind} of ${writtenAt} may hold rows: ${path}`),
    "keep the receipt: recurve privacy verify <receipt> needs it",
  ].join("\n");
}

/** The receipt commits to the id on record, which nobody can look up any more. */
const describePseudonym = (id: string, user: UserId) =>
  user === id || user === nobody
    ? ""
    : `the receipt commits to pseudonym ${user}: give it to the person with the receipt\n`;

async function erase(
  id: string,
  { receipt: path, ...options }: DatabaseOptions & { readonly receipt?: string },
): Promise<void> {
  const place = openReceiptPlace(path);
  const line = createProgressLine({ stream: process.stderr, clock: Date.now });
  const { receipt, user } = await withDatabase(options, async (parts) => {
    const user = await findRecordId(parts, id);
    const onProgress = (rows: number) => line.update(erasedRows(rows));
    const scene = { ...parts, clock: Date.now, who: readNote({}), onProgress };
    return { user, receipt: await eraseUser(scene, user) };
  })
    .catch((error) => {
      place.drop();
      throw error;
    })
    .finally(() => line.stop());
  place.write(receipt);
  process.stderr.write(`${describeErasure(receipt)}\n${describePseudonym(id, user)}`);
}

export function privacyEraseCommand(): Command {
  const command = new Command("erase").description(
    "Erase all rows of a user and write a signed receipt; also while servers and learners run",
  );
  return withDatabaseOptions(command)
    .argument("<user>", "id of the user", parseUser)
    .option("--receipt <file>", "new file for the receipt; default: standard output", parseName)
    .addHelpText(
      "after",
      "\nA command that was broken off is completed by the same command. The receipts are also in <database>-erasures.jsonl, which recurve restore reads.",
    )
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve privacy erase ada --receipt ada.json --database shop.db",
    )
    .action(erase);
}

/** @throws invalid_file */
export function readReceipts<Receipts>(path: string, parse: (text: string) => Receipts): Receipts {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const message = `${path} can't be read: ${(cause as Error).message}; name a file of receipts`;
    throw new EngineError("invalid_file", message, { details: { file: path }, cause });
  }
}

function describeVerification(found: Verification): string {
  const pending = listVersions(found.pending);
  const retired = listVersions(found.retired);
  return [
    "signature            valid, of this database",
    `on record            ${found.isOnRecord ? "yes" : "no"}`,
    `rows of the user     ${formatWhole(found.rowsBefore)} from before the erasure, ${formatWhole(found.rowsSince)} since`,
    `policies to replace  ${pending || "none"}`,
    `policies replaced    ${retired || "none"}`,
  ].join("\n");
}

function checkFound({ isOnRecord, rowsBefore }: Verification): void {
  if (rowsBefore === 0 && isOnRecord) return;
  const problem =
    rowsBefore > 0
      ? `the database holds ${rowsBefore} rows of the user from before the erasure`
      : "the database has no such erasure";
  const message = `${problem}; it may be a copy of before: restore it again with --erasures, or erase the user again`;
  throw new EngineError("audit_failed", message, { details: { rowsBefore, isOnRecord } });
}

export const privacyVerifyCommand = (): Command =>
  new Command("verify")
    .description(
      "Check a receipt against a database: signature, rows that are left, policies to be replaced",
    )
    .argument("<receipt>", "file that recurve privacy erase wrote", parseNeeded)
    .addOption(databaseOption())
    .addHelpText("after", "\nExits with 1 if the receipt was changed, or a row is left.")
    .addHelpText("after", "\nExample:\n  $ recurve privacy verify ada.json --database shop.db")
    .action(async (path: string, { database }: { readonly database: string }) => {
      const receipt = readReceipts(path, parseReceipt);
      const found = await withRecord(database, (store) => verifyReceipt(store, receipt));
      process.stdout.write(`${describeVerification(found)}\n`);
      checkFound(found);
    });
