import { join } from "node:path";
import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { Store } from "../../storage/store.ts";
import { cycleValues, epochValues, settingNumbers, settingValues } from "../cycle-values.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { projectedItems, readProjectedItems } from "./projected-items.ts";
import { writeProjector } from "./write-projector.ts";

export interface TensorboardOptions {
  readonly store: Store;
  readonly configuration: Configuration;
  /** The folder that TensorBoard is pointed at: `tensorboard --logdir <folder>`. */
  readonly folder: string;
}

/** A run of TensorBoard for each scenario, one for each setting that its cycles tried, and one for each training. */
interface ScenarioLogs {
  readonly cycles: EventLog;
  openTraining(cycle: number, at: number): Promise<EventLog>;
  settingLog(name: string, at: number): Promise<EventLog>;
}

async function openLogs(folder: string, at: number): Promise<ScenarioLogs> {
  const settings = new Map<string, EventLog>();
  const openSetting = async (name: string, at: number) => {
    const log = await openEventLog(join(folder, "settings", encodeURIComponent(name)), at);
    settings.set(name, log);
    return log;
  };
  return {
    cycles: await openEventLog(folder, at),
    openTraining: (cycle, at) => openEventLog(join(folder, "trainings", String(cycle)), at),
    settingLog: async (name, at) => settings.get(name) ?? openSetting(name, at),
  };
}

async function appendSettings({ settingLog }: ScenarioLogs, cycle: Cycle): Promise<void> {
  const { cycle: step, finishedAt: at, startedAt, record } = cycle;
  for (const setting of record.settings ?? []) {
    const log = await settingLog(setting.name, at);
    if (log.step >= step) continue;
    const session = { settings: settingNumbers(setting), startedAt };
    const values = settingValues(setting);
    await log.append({ at, step, values: log.step < 0 ? [session, ...values] : values });
  }
}

/** A training by epoch. */
async function appendEpochs({ openTraining }: ScenarioLogs, cycle: Cycle): Promise<void> {
  const epochs = epochValues(cycle.record);
  if (epochs.length === 0) return;
  const { cycle: number, finishedAt: at } = cycle;
  const log = await openTraining(number, at);
  for (const { epoch: step, values } of epochs)
    if (step > log.step) await log.append({ at, step, values });
}

/** Cycles that an export added, and items whose vectors it wrote. */
export interface TensorboardSummary {
  readonly cycles: number;
  readonly items: number;
}

/** @throws invalid_file if the folder is at fault */
async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    const message = `folder ${folder} can't be written: ${cause.message}; name a folder on a disk with room, which this process may write`;
    throw new EngineError("invalid_file", message, { details: { folder }, cause });
  }
}

/**
 * Writes the cycles of a record as TensorBoard's event files, in a run for each scenario: those that the files do not have yet.
 * So it may be called again, and after it was killed. Item vectors of each serving policy are for the projector.
 */
export function createTensorboardExport({
  store,
  configuration,
  folder,
}: TensorboardOptions): () => Promise<TensorboardSummary> {
  const logs = new Map<string, ScenarioLogs>();
  const projected = new Map<string, number>();
  const logsOf = async ({ scenario, finishedAt }: Cycle) => {
    const opened = logs.get(scenario) ?? (await openLogs(join(folder, scenario), finishedAt));
    logs.set(scenario, opened);
    return opened;
  };
  const append = async (cycle: Cycle): Promise<boolean> => {
    const own = await logsOf(cycle);
    if (cycle.cycle <= own.cycles.step) return false;
    await appendSettings(own, cycle);
    await appendEpochs(own, cycle);
    const { finishedAt: at, cycle: step } = cycle;
    await own.cycles.append({ at, step, values: cycleValues(cycle) });
    return true;
  };
  const project = async (scenario: string): Promise<number> => {
    const { serving } = await store.policies.assignment(scenario);
    if (serving === undefined || projected.get(scenario) === serving) return 0;
    const items = await readProjectedItems(
      { store, configuration },
      { version: serving, limit: projectedItems },
    );
    if (items.length > 0) await writeProjector(join(folder, scenario), items);
    projected.set(scenario, serving);
    return items.length;
  };
  let last = 0;
  const exportNew = async () => {
    const [newest] = await store.cycles.list({ limit: 1 });
    let cycles = 0;
    for (; last < (newest?.cycle ?? 0); last++) {
      const cycle = await store.cycles.find(last + 1);
      if (cycle && (await append(cycle))) cycles += 1;
    }
    let items = 0;
    for (const { name } of configuration.scenarios) items += await project(name);
    return { cycles, items };
  };
  return () => writing(folder, exportNew);
}
