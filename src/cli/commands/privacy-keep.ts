import { Command } from "commander";
import { exportUser } from "../../engine/privacy/export-user.ts";
import { findPending } from "../../engine/privacy/learnt-policies.ts";
import { type Pruned, prune } from "../../engine/privacy/prune.ts";
import { findRecordId } from "../../engine/privacy/pseudonyms.ts";
import { relearn } from "../../engine/privacy/relearn.ts";
import { tellStaying } from "../../engine/privacy/stay-private.ts";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { formatWhole } from "../../numeric/format.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { noteFile } from "../exported-part.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { noteDeed } from "../note-deed.ts";
import { parseName } from "../parse-options.ts";
import { createProgressLine } from "../progress.ts";
import { createTimedLine } from "../timed-line.ts";
import { showTraining } from "../training-line.ts";
import { writeOutput } from "../write-output.ts";
import { parseUser } from "./privacy-erase.ts";

const describePruned = (pruned: Pruned): string => {
  const parts = Object.entries(pruned).filter(([, count]) => count > 0);
  return parts.map(([name, count]) => `${formatWhole(count)} ${name}`).join(", ") || "nothing";
};

async function runPrune({
  compact,
  ...options
}: DatabaseOptions & { readonly compact: boolean }): Promise<void> {
  await withInterruption(async (signal) => {
    const line = createProgressLine({ stream: process.stderr, clock: Date.now });
    const pruned = await withDatabase(options, async (parts) => {
      const done = await prune({
        ...parts,
        clock: Date.now,
        signal,
        onProgress: (so) => line.update(`${describePruned(so)} removed`),
      });
      if (compact && !signal.aborted) {
        line.update("the file is written anew");
        await parts.store.retention.compact();
      }
      return done;
    }).finally(() => line.stop());
    process.stdout.write(`${describePruned(pruned)} removed\n`);
  });
}

export function privacyPruneCommand(): Command {
  const command = new Command("prune").description(
    "Remove now the rows that are past their time by privacy.retention; a learner does it every ten minutes",
  );
  return withDatabaseOptions(command)
    .option(
      "--compact",
      "then write the file anew without free pages; it is locked meanwhile, and its disk needs its size again",
      false,
    )
    .addHelpText("after", "\nExample:\n  $ recurve privacy prune --database shop.db --compact")
    .action(runPrune);
}

async function runRelearn(options: DatabaseOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    const work = () => "training without the erased users";
    const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
    const lines: string[] = [];
    await withDatabase(options, async ({ store, configuration }) => {
      for (const scenario of configuration.scenarios) {
        if ((await findPending(store, scenario.name)) === undefined) continue;
        const cycle = await store.learnAlone(() =>
          relearn({
            seed: learnerSeed,
            threads: learnerThreads,
            clock: Date.now,
            store,
            configuration,
            scenario,
            onProgress: (progress) => showTraining(line, progress),
          }),
        );
        const staying = await tellStaying({ store, configuration }, scenario.name);
        lines.push(...[cycle && describeCycle(cycle), staying].filter((one) => one !== undefined));
      }
    }).finally(() => line.stop());
    const none = "no policy in use may have learnt from an erased user";
    process.stdout.write(`${lines.join("\n") || none}\n`);
  });
}

export function privacyRelearnCommand(): Command {
  const command = new Command("relearn").description(
    "Replace now the policies that may have learnt from erased users; a learner begins with it within privacy.relearnDays",
  );
  return withDatabaseOptions(command)
    .addHelpText("after", "\nExample:\n  $ recurve privacy relearn --database shop.db")
    .action(runRelearn);
}

/** A file is often called after its user, whose id would outlive the erasure in the list of files and in all later receipts. */
const withoutIds = (path: string | undefined, ids: readonly string[]) =>
  [...new Set(ids)].reduce((left, id) => left?.replaceAll(id, "<user>"), path);

async function runExport(
  id: string,
  { output, ...options }: DatabaseOptions & { readonly output?: string },
): Promise<void> {
  const found = await withDatabase(options, async (parts) => {
    const user = await findRecordId(parts, id);
    await noteFile(parts.store, withoutIds(output, [id, user]));
    // Without the file's name.
    await noteDeed(parts.store, "export", "all rows of a user");
    return exportUser(parts.store, user);
  });
  await writeOutput(
    (async function* () {
      yield `${JSON.stringify(found, undefined, 2)}\n`;
    })(),
    output,
  );
}

export function privacyExportCommand(): Command {
  const command = new Command("export").description(
    "Write all that is stored of a user as JSON, earlier revisions and ended edges too",
  );
  return withDatabaseOptions(command)
    .argument("<user>", "id of the user", parseUser)
    .option("--output <file>", "new file to write; default: standard output", parseName)
    .addHelpText("after", "\nExample:\n  $ recurve privacy export ada --output ada.json")
    .action(runExport);
}
