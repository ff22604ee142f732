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
import { startOf } from "./start-of-loop.ts";

interface Beginning {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Behaviour that is imported in parts renews a start at twice its choices: few versions, whatever the parts. */
const renewedAt = 2;

/** Choices that the start was counted from; undefined once another policy serves, or an operator has spoken. */
async function choicesOfStart(
  store: Store,
  { serving, mode }: Assignment,
): Promise<number | undefined> {
  if (serving === undefined) return 0;
  if (mode !== undefined) return undefined;
  return (await store.policies.find(serving))?.evidence.choices;
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
  const { network, baseline, reason, choices } = start;
  const common = { scenario, status: "serving", createdAt: now } as const;
  const evidence = { reason, choices };
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
        serving,
        baseline: counts,
        // By chance alone candidates are drawn by lot.
        ...(choices > 0 && { retriever: serving }),
      },
      replaces,
    }),
  });
}

async function startLoop(parts: Beginning, scenario: Scenario): Promise<void> {
  const { store, configuration } = withConsent(parts);
  const { name } = scenario;
  const replaces = await parts.store.policies.assignment(name);
  const known = await choicesOfStart(parts.store, replaces);
  // So few events hold no more choices, and need no count.
  if (known === undefined || (known > 0 && (await store.events.count()) < renewedAt * known))
    return;
  // Counts without noise would tell of people.
  const isPrivate = configuration.privacy.differential !== undefined;
  const behaviour = isPrivate
    ? { users: new Map(), items: 0 }
    : await countBehaviour(store, scenario);
  const start = startOf(scenario, behaviour);
  const isBetter = start.choices > 0 && start.choices >= renewedAt * known;
  if (replaces.serving === undefined || isBetter)
    await publishStart(parts, name, { replaces, start });
}

/**
 * A loop starts with its first policy and baseline: popularity in the behaviour of before, if there is any. Behaviour that comes before the
 * first cycle renews them. Every scenario has a serving policy and a baseline afterwards.
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
