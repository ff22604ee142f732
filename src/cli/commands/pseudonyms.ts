import Table from "cli-table3";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { PseudonymKey, Store } from "../../engine/open-store.ts";
import { openPseudonyms } from "../../engine/privacy/pseudonyms.ts";
import { readKeyring } from "../../engine/privacy/read-key.ts";
import { formatCounted } from "../../numeric/format.ts";
import {
  type DatabaseOptions,
  withDatabase,
  withDatabaseOptions,
  withRecord,
} from "../database.ts";
import { parseNeeded } from "../parse-options.ts";
import { plain } from "../table-style.ts";

interface Parts {
  readonly store: Store;
  readonly configuration: Configuration;
}

/** @throws not_found if nobody came by this id, conflict if the record has the ids themselves */
async function findPseudonym({ store, configuration }: Parts, user: string): Promise<string> {
  const pseudonyms = await openPseudonyms(store, configuration, Date.now());
  if (pseudonyms === undefined) {
    const message =
      "the configuration has no privacy.pseudonyms: the record names users as callers do";
    throw new EngineError("conflict", message);
  }
  const found = await pseudonyms.find(user);
  if (found !== undefined) return found;
  const message = `no user '${user}' in the record; check the id, and that this is the right --database`;
  throw new EngineError("not_found", message, { details: { userId: user } });
}

export const pseudonymCommand = (): Command =>
  withDatabaseOptions(new Command("pseudonym"))
    .description("Print the id that the record has for a user; it needs the key")
    .argument("<user>", "id that callers send", parseNeeded)
    .addHelpText("after", "\nExample:\n  $ recurve privacy pseudonym ada --database shop.db")
    .action(async (user: string, options: DatabaseOptions) => {
      const id = await withDatabase(options, (parts) => findPseudonym(parts, user));
      process.stdout.write(`${id}\n`);
    });

const toTime = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);

async function describeKeys({ store, configuration }: Parts): Promise<string> {
  const keys = await store.pseudonyms.keys();
  if (keys.length === 0)
    return "There are no pseudonym keys: the record names users as callers do.";
  const { pseudonyms: settings } = configuration.privacy;
  const [present, ...previous] = settings ? readKeyring(settings).names : [];
  const stateOf = (key: string) => {
    if (key === present) return "present";
    return previous.includes(key) ? "previous" : "not in the configuration";
  };
  const table = new Table({ head: ["key", "first used", "users", "state"], style: plain });
  for (const { key, createdAt, users } of keys)
    table.push([key, toTime(createdAt), users, stateOf(key)]);
  return table.toString();
}

export const pseudonymKeysCommand = (): Command =>
  withDatabaseOptions(new Command("keys"))
    .description("List the keys of pseudonyms by name, with the users under each")
    .addHelpText("after", "\nExample:\n  $ recurve privacy keys --database shop.db")
    .action(async (options: DatabaseOptions) => {
      process.stdout.write(`${await withDatabase(options, describeKeys)}\n`);
    });

interface RetireOptions {
  readonly database: string;
  readonly withUsers?: true;
}

/** A record without keys would seem to have the ids that callers send. */
function checkOthers(keys: readonly PseudonymKey[], key: string): void {
  if (keys.some((one) => one.key !== key)) return;
  const message = `'${key}' is the record's only key; start a server with another one in privacy.pseudonyms first`;
  throw new EngineError("conflict", message, { details: { key } });
}

async function retire({ pseudonyms }: Store, key: string, { withUsers }: RetireOptions) {
  const keys = await pseudonyms.keys();
  const known = keys.find((one) => one.key === key);
  if (known) checkOthers(keys, key);
  if (known && known.users > 0 && !withUsers) {
    const message = `${formatCounted(known.users, "user")} of the key '${key}' did not come since it was replaced; wait for them, or add --with-users, after which nobody can find their data again`;
    throw new EngineError("conflict", message, { details: { key, users: known.users } });
  }
  return pseudonyms.retire(key);
}

export const retireCommand = (): Command =>
  withDatabaseOptions(new Command("retire"))
    .description("Forget a key of pseudonyms, if no user is under it any more")
    .argument("<key>", "name of the key, as recurve privacy keys shows it")
    .option("--with-users", "also the users under it: their data stays, and belongs to nobody")
    .addHelpText("after", "\nExample:\n  $ recurve privacy retire 3f9c2a7d51e0b846")
    .action(async (key: string, options: RetireOptions) => {
      const users = await withRecord(options.database, (store) => retire(store, key, options));
      process.stdout.write(`key ${key} is retired, with ${formatCounted(users, "user")}\n`);
    });
