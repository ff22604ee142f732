import { EngineError } from "../../domain/errors.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { mark } from "../../domain/take-over.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { encodePopularity } from "../../policy/popularity.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { withConsent } from "../privacy/with-consent.ts";
import { countBehaviour } from "../state/count-behaviour.ts";
import { findSlates } from "./slates-of-start.ts";
import { renewedAt, type Start, startOf } from "./start-of-loop.ts";

interface Beginning {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Counts behind the start; undefined once another policy serves or stands trial, or an operator has spoken. */
async function countsOfStart(
  store: Store,
  { serving, canary, mode }: Assignment,
): Promise<Pick<Start, "choices" | "decisions"> | undefined> {
  if (serving === undefined) return { choices: 0, decisions: 0 };
  if (canary !== undefined || mode !== undefined) return undefined;
  const { choices, decisions = 0 } = (await store.policies.find(serving))?.evidence ?? {};
  return choices === undefined ? undefined : { choices, decisions };
}

/** A popularity, or chance, serves from now on. @throws conflict if another process was quicker */
export async function publishStart(
  { store, now }: Pick<Beginning, "store" | "now">,
  scenario: string,
  {
    replaces,
    start,
  }: { readonly replaces: Assignment; readonly start: ReturnType<typeof startOf> },
): Promise<void> {
  const { network, baseline, reason, choices, decisions } = start;
  const common = { scenario, status: "serving", createdAt: now } as const;
  const evidence = { reason, choices, ...(decisions > 0 && { decisions }) };
  await store.policies.apply({
    add: [
      { ...common, kind: "network", bytes: encodeNetwork(network), evidence },
      { ...common, kind: "popularity", bytes: encodePopularity(baseline), evidence },
    ],
    statuses: [...mark(replaces.serving, "retired"), ...mark(replaces.baseline, "retired")],
    assign: ([serving = 0, counts = 0]) => ({
      scenario,
      assignment: {
        ...replaces,
        ...{ serving, baseline: counts },
        // By chance alone candidates are drawn by lot.
        ...(choices + decisions > 0 && { retriever: serving }),
      },
      replaces,
    }),
  });
}

/** So few events hold no more choices, and need no count; from the first start by slates on, slates alone renew it. */
const mayHoldMore = async (
  store: Pick<Store, "events">,
  { choices, decisions }: Pick<Start, "choices" | "decisions">,
): Promise<boolean> =>
  decisions === 0 && (choices === 0 || (await store.events.count()) >= renewedAt * choices);

async function startLoop(parts: Beginning, scenario: Scenario): Promise<void> {
  const { store, configuration } = withConsent(parts);
  const { name } = scenario;
  const replaces = await parts.store.policies.assignment(name);
  const known = await countsOfStart(parts.store, replaces);
  if (known === undefined) return;
  const { minDecisions } = configuration.learner;
  const slates = await findSlates(
    { store, now: parts.now, minDecisions },
    scenario,
    known.decisions,
  );
  if (slates === undefined && !(await mayHoldMore(store, known))) return;
  // Counts without noise would tell of people.
  const isPrivate = configuration.privacy.differential !== undefined;
  const behaviour = isPrivate
    ? { users: new Map(), items: 0 }
    : await countBehaviour(store, scenario);
  const start = startOf(scenario, behaviour, slates);
  const isBetter = start.choices > 0 && start.choices >= renewedAt * known.choices;
  if (replaces.serving === undefined || slates !== undefined || isBetter)
    await publishStart(parts, name, { replaces, start });
}

/**
 * A loop starts with its first policy and baseline: popularity in the behaviour of before, if there is any. Until the first cycle more
 * behaviour renews them, and so do slates of rare rewards. Every scenario has a serving policy and a baseline afterwards.
 */
export async function ensurePolicies(
  parts: Beginning,
  scenarios?: readonly Scenario[],
): Promise<void> {
  for (const scenario of scenarios ?? parts.configuration.scenarios) {
    await startLoop(parts, scenario).catch((error: unknown) => {
      if (!(error instanceof EngineError && error.code === "conflict")) throw error;
    });
  }
}
