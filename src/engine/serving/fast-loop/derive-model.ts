import type { FastLoopMark } from "../../../domain/fast-loop.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { LastUsedMap } from "../../../numeric/last-used-map.ts";
import { modelVersion, type ResidualModel } from "../../../policy/fast-loop/residual-model.ts";
import type { PolicyTowers } from "../../../policy/policy.ts";
import type { Store } from "../../../storage/store.ts";
import type { TextSettings } from "../../state/text/text-features.ts";
import { createRecordFold, type RecordFold } from "./fold.ts";

/** Models kept behind the newest: decisions that were made side by side may be some blocks apart. */
const kept = 8;
/** Folds kept: serving, canary and holdback of some scenarios take turns. */
const capacity = 12;

interface Derived {
  readonly fold: RecordFold;
  /** By event number of the newest decision in them. */
  readonly models: LastUsedMap<number, ResidualModel>;
}

export interface DerivedServing {
  readonly scenario: Scenario;
  readonly version: number;
  readonly towers: PolicyTowers;
  readonly mark: FastLoopMark;
}

/**
 * Models of the fast loop as of the marks of decisions, from the record. Cheap if marks come in
 * order.
 */
export function createModelDeriver(
  store: Store,
  text: TextSettings | undefined,
): (serving: DerivedServing) => Promise<ResidualModel> {
  const derived = new LastUsedMap<string, Derived>(capacity);

  let erasure = 0;

  /** A model of before may hold a user who was erased. */
  async function forgetErased(): Promise<void> {
    const last = await store.erasures.last();
    if (last > erasure) derived.clear();
    erasure = last;
  }

  async function create({ scenario, towers, mark }: DerivedServing): Promise<Derived> {
    const { through, renewal, forgetting, temperature } = mark;
    const until = await store.decisions.count({ scenario: scenario.name, asOf: through });
    const parts = { store, text, scenario, towers, renewal, forgetting, temperature };
    return { fold: await createRecordFold(parts, until), models: new LastUsedMap(kept) };
  }

  async function find(serving: DerivedServing): Promise<Derived> {
    const { scenario, version, mark } = serving;
    const { through, renewal, forgetting, temperature } = mark;
    const { name, reward, ads } = scenario;
    const rules = [name, reward, ads?.outcomes ?? null];
    const key = JSON.stringify([...rules, version, renewal, forgetting, temperature]);
    let found = derived.get(key);
    if (found === undefined || (found.fold.through > through && !found.models.has(through)))
      found = await create(serving);
    derived.set(key, found);
    return found;
  }

  async function advance({ fold, models }: Derived, through: number): Promise<void> {
    while (
      fold.through < through &&
      (await fold.next((block) => block.every(({ sequence }) => sequence <= through)))
    ) {
      if (fold.model !== undefined) models.set(fold.through, fold.model.clone());
    }
  }

  return async (serving) => {
    const { through, version } = serving.mark;
    if (version !== modelVersion) {
      const known = `this program has version ${modelVersion}; audit it with the release that made it`;
      throw new RangeError(`its fast loop is of version ${version}, ${known}`);
    }
    await forgetErased();
    const found = await find(serving);
    await advance(found, through);
    const model = found.fold.through === through ? found.fold.model : found.models.get(through);
    if (model !== undefined) return model;
    throw new RangeError(`the fast loop has no state at event number ${through}`);
  };
}
