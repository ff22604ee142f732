import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";
import { type ApiKey, hasEnded, type Scope, scopes } from "../../domain/api-key.ts";
import { hourMs } from "../../domain/durations.ts";
import { isName } from "../../domain/ids.ts";
import { createKey, rotateKey } from "../../engine/keys/manage-keys.ts";
import { openStore } from "../../engine/open-store.ts";
import { databaseOption, withRecord } from "../database.ts";
import { noteDeed } from "../note-deed.ts";
import { integerIn } from "../parse-options.ts";
import { plain } from "../table-style.ts";

interface KeyOptions {
  readonly database: string;
}

function parseScopes(text: string): readonly Scope[] {
  const named = text.split(",").map((part) => scopes.find((scope) => scope === part.trim()));
  const known = named.filter((scope) => scope !== undefined);
  if (known.length === named.length) return [...new Set(known)];
  throw new InvalidArgumentError(`Expected some of ${scopes.join(", ")}, with commas between.`);
}

function parseKeyName(text: string): string {
  if (isName(text)) return text;
  throw new InvalidArgumentError("Expected 1 to 256 characters without control characters.");
}

const rateOption = "requests a second that it may send, each slate of a batch counted";
const parseRate = integerIn(1, 100_000);

const keyCommand = (name: string, description: string): Command =>
  new Command(name).description(description).addOption(databaseOption());

/** The key alone on standard output, for scripts. */
function printKey(key: string, about: string): void {
  process.stderr.write(`${about}; it is shown this once\n`);
  process.stdout.write(`${key}\n`);
}

interface CreateOptions extends KeyOptions {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly rate?: number;
}

/** Before the first start there is no record: the key then begins it. */
async function create({ database, name, scope, rate }: CreateOptions): Promise<void> {
  const store = await openStore(database);
  try {
    const limit = rate === undefined ? {} : { rate };
    const key = await createKey(store, { name, scopes: scope, ...limit, now: Date.now() });
    await noteDeed(store, "create-key", name);
    printKey(key, `key '${name}' with the scopes ${scope.join(", ")} in ${database}`);
  } finally {
    await store.close();
  }
}

const createCommand = (): Command =>
  keyCommand("create", "Make a key and print it; from the first one on, requests need a key")
    .requiredOption("--name <name>", "its name in lists and in the record", parseKeyName)
    .requiredOption("--scope <scopes>", `some of ${scopes.join(", ")}`, parseScopes)
    .option("--rate <n>", `${rateOption}; default: no limit`, parseRate)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve keys create --scope serve,write --name shop --rate 200",
    )
    .action(create);

const rotateCommand = (): Command =>
  keyCommand("rotate", "Make another text for a key and print it; the one before ends later")
    .argument("<name>", "name of the key", parseKeyName)
    .option(
      "--overlap-hours <n>",
      "hours until the one before ends; 0 ends it at once",
      integerIn(0, 8760),
      24,
    )
    .addHelpText("after", "\nExample:\n  $ recurve keys rotate shop --overlap-hours 1")
    .action(async (name: string, options: KeyOptions & { readonly overlapHours: number }) => {
      const { database, overlapHours } = options;
      const overlapMs = overlapHours * hourMs;
      const key = await withRecord(database, async (store) => {
        const text = await rotateKey(store, { name, now: Date.now(), overlapMs });
        await noteDeed(store, "rotate-key", name);
        return text;
      });
      printKey(key, `key '${name}' has another text; the one before ends in ${overlapHours} hours`);
    });

const limitCommand = (): Command =>
  keyCommand("limit", "Change how much a key may send; running servers follow within a second")
    .argument("<name>", "name of the key", parseKeyName)
    .option("--rate <n>", `${rateOption}; without it there is no limit`, parseRate)
    .addHelpText("after", "\nExample:\n  $ recurve keys limit shop --rate 50")
    .action(async (name: string, { database, rate }: KeyOptions & Pick<ApiKey, "rate">) => {
      await withRecord(database, async (store) => {
        await store.keys.limit(name, rate, Date.now());
        await noteDeed(store, "limit-key", name);
      });
      process.stdout.write(`key '${name}' may send ${describeRate({ rate })}\n`);
    });

const revokeCommand = (): Command =>
  keyCommand("revoke", "End a key; running servers refuse it within a second")
    .argument("<name>", "name of the key", parseKeyName)
    .addHelpText("after", "\nExample:\n  $ recurve keys revoke shop")
    .action(async (name: string, { database }: KeyOptions) => {
      await withRecord(database, async (store) => {
        await store.keys.end(name, Date.now());
        await noteDeed(store, "revoke-key", name);
      });
      process.stdout.write(`key '${name}' has ended\n`);
    });

const describeRate = ({ rate }: { readonly rate?: number | undefined }) =>
  rate === undefined ? "without limit" : `${rate} a second`;

const toTime = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 19);

function describeEnd(key: ApiKey): string {
  if (key.endsAt === undefined) return "in use";
  return `${hasEnded(key, Date.now()) ? "ended" : "ends"} ${toTime(key.endsAt)}`;
}

function describeKeys(keys: readonly ApiKey[]): string {
  if (keys.length === 0) return "There are no keys: the server asks for none on this machine.";
  const table = new Table({
    head: ["name", "scopes", "requests", "created", "state"],
    style: plain,
  });
  for (const key of keys)
    table.push([
      ...[key.name, key.scopes.join(", "), describeRate(key)],
      ...[toTime(key.createdAt), describeEnd(key)],
    ]);
  return table.toString();
}

const listCommand = (): Command =>
  keyCommand("list", "List the keys, ended ones included; their texts are kept nowhere")
    .addHelpText("after", "\nExample:\n  $ recurve keys list --database shop.db")
    .action(async ({ database }: KeyOptions) => {
      const keys = await withRecord(database, (store) => store.keys.list());
      process.stdout.write(`${describeKeys(keys)}\n`);
    });

export function keysCommand(): Command {
  const command = new Command("keys").description(
    "Make, list, limit, rotate and revoke API keys; running servers follow within a second",
  );
  for (const child of [
    createCommand(),
    listCommand(),
    limitCommand(),
    rotateCommand(),
    revokeCommand(),
  ])
    command.addCommand(child);
  return command;
}
