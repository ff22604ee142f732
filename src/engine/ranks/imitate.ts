import type { Cycle } from "../../domain/cycle.ts";
import { createRandom } from "../../numeric/random.ts";
import type { CycleOptions } from "../learner/cycle/cycle-options.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { encodersOf } from "../state/encoders.ts";
import { type CallerChoice, cloneChoices, measureMatches, toChoices } from "./clone-choices.ts";
import { readDemonstrations } from "./demonstrations.ts";
import { readRankSettings } from "./rank-settings.ts";

/** Events of which a policy learns; of each tenth the choice is held out. */
const mostEvents = 20_000;
const heldOutEvery = 10;

const imitated = { kind: "settings", id: "imitated" } as const;

/** Number of the newest document, if enough have come since the last imitation. */
async function findDue({ store, configuration, scenario, clock }: CycleOptions) {
  if (configuration.compatibility?.personalizer?.scenario !== scenario.name) return undefined;
  if ((await readRankSettings(store)).mode !== "apprentice") return undefined;
  const before = Number((await store.documents.find(imitated, clock())) ?? 0);
  const { count, last } = await store.documents.since("demonstration", before);
  return count >= configuration.learner.minDecisions ? last : undefined;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** It serves if it matches more of the held-out choices than the policy that served. */
async function publish(
  { store, scenario, clock }: CycleOptions,
  { bytes, matches, before }: { bytes: Uint8Array; matches: number; before: number },
  startedAt: number,
): Promise<Cycle> {
  const { name } = scenario;
  const assignment = await store.policies.assignment(name);
  const { serving } = assignment;
  const serves = matches > before && assignment.mode === undefined;
  const reason = `imitates the caller: ${percent(matches)} of held-out choices matched, ${percent(before)} by the serving policy`;
  const parent = serving === undefined ? {} : { parent: serving };
  const cycle = {
    scenario: name,
    outcome: serves ? "initial" : "hold",
    reason,
    startedAt,
    ...(serving !== undefined && { policyVersion: serving }),
    finishedAt: clock(),
    throughSequence: await store.sequence(),
    record: {},
  } as const;
  const applied = await store.policies.apply({
    add: [
      {
        scenario: name,
        kind: "network",
        createdAt: clock(),
        bytes,
        evidence: { reason },
        ...parent,
        status: serves ? "serving" : "held",
      },
    ],
    statuses: serves && serving !== undefined ? [{ version: serving, status: "retired" }] : [],
    assign: ([version = 0]) => ({
      scenario: name,
      assignment: { ...assignment, ...(serves && { serving: version, retriever: version }) },
      replaces: assignment,
    }),
    cycle: ([version = 0]) => ({ ...cycle, candidateVersion: version }),
  });
  const [candidateVersion = 0] = applied.added;
  return { ...cycle, cycle: applied.cycle ?? 0, candidateVersion };
}

/**
 * Trains a policy on the caller's choices, if its loop is an
 * apprentice and enough choices are new. No reward has a part in it. Nothing is answered by the
 * policy until the loop is online.
 */
export async function imitate(options: CycleOptions): Promise<Cycle | undefined> {
  const through = await findDue(options);
  if (through === undefined) return undefined;
  return options.store.learnAlone(() => imitateThrough(options, through));
}

async function imitateThrough(options: CycleOptions, through: number): Promise<Cycle> {
  const { store, configuration, scenario, clock, seed, threads } = options;
  const startedAt = clock();
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(await store.sequence());
  const demonstrations = await readDemonstrations(store, mostEvents);
  const choices = toChoices(demonstrations, { scenario, catalogue });
  const isHeldOut = (_: CallerChoice, index: number) => index % heldOutEvery === 0;
  const heldOut = choices.filter(isHeldOut);
  const rows = choices.filter((choice, index) => !isHeldOut(choice, index));
  const random = createRandom(seed).split(`imitate/${scenario.name}`);
  const bytes = await cloneChoices({ rows, heldOut, random, threads });
  const { serving } = await store.policies.assignment(scenario.name);
  const served = serving === undefined ? undefined : await store.policies.bytes(serving);
  const encoders = encodersOf(store.policies);
  const before = served === undefined ? 0 : await measureMatches(served, heldOut, encoders);
  const matches = await measureMatches(bytes, heldOut, encoders);
  const cycle = await publish(options, { bytes, matches, before }, startedAt);
  await store.documents.put(imitated, through, { now: clock() });
  return cycle;
}
