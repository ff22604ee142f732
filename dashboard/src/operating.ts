import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { PoliciesResponse, PolicyBody } from "../../src/contract/policies.ts";

// The actions of an operator on this page, in words.

type Kind = InterventionBody["kind"];
type Mode = PoliciesResponse["mode"];

export const modeNames: Readonly<Record<Mode, string>> = {
  automatic: "automatic",
  ask: "ask first",
  paused: "paused",
  pinned: "pinned",
};

export const modeSentences: Readonly<Record<Mode, string>> = {
  automatic: "A policy that the gate passes takes over by itself.",
  ask: "A policy that the gate passes waits here for approval. A promotion that does harm is still rolled back.",
  paused:
    "Cycles continue to learn and judge, and promote nothing. A promotion that does harm is still rolled back.",
  pinned:
    "One policy answers all users except those of the baseline and of the uniform slice. Cycles continue, and neither promote nor roll back.",
};

/** The modes that a mode may change to. */
export function kindsFor(mode: Mode): readonly Kind[] {
  const all = [
    ["resume", "automatic"],
    ["ask", "ask"],
    ["pause", "paused"],
  ] as const;
  return [...all.filter(([, leadsTo]) => leadsTo !== mode).map(([kind]) => kind), "pin"];
}

export const kindNames: Readonly<Record<Kind, string>> = {
  "roll-back": "Roll back",
  pause: "Pause",
  ask: "Ask first",
  resume: "Resume",
  pin: "Pin…",
  approve: "Approve",
  reject: "Reject",
};

/** At the head of its line in the chart. */
export function markerLabel({ kind, version = 0 }: InterventionBody): string {
  const labels: Readonly<Record<Kind, string>> = {
    "roll-back": `↩ v${version}`,
    pause: "pause",
    ask: "ask first",
    resume: "resume",
    pin: `pin v${version}`,
    approve: `✓ v${version}`,
    reject: `✕ v${version}`,
  };
  return labels[kind];
}

/** An intervention as text of a table's cell. */
export function describeDone({ kind, version = 0, replaced }: InterventionBody): string {
  const instead = replaced === undefined ? "" : ` in place of ${replaced}`;
  const sentences: Readonly<Record<Kind, string>> = {
    "roll-back": `rolled back to policy ${version}${instead}`,
    pause: "paused promotions",
    ask: "had promotions ask first",
    resume: "resumed promotions",
    pin: `pinned policy ${version}${instead}`,
    approve: `approved policy ${version}${instead}`,
    reject: `rejected policy ${version}`,
  };
  return sentences[kind];
}

/** The claimed name, and the API key that asked; empty if neither is known. */
export function describeMaker({ by, key }: Pick<InterventionBody, "by" | "key">): string {
  const parts = [by !== undefined && `by ${by}`, key !== undefined && `with the key ${key}`];
  return parts.filter(Boolean).join(" ");
}

/** A question before an intervention. Its scenario and policy are those that the page showed then. */
export interface Question {
  readonly kind: Kind;
  readonly scenario: string;
  readonly serving: number | undefined;
  readonly title: string;
  readonly text: string;
  /** Versions to choose from, if the kind is about one; the first is preselected. */
  readonly versions: readonly number[];
}

const isNetwork = ({ kind }: PolicyBody) => kind === "network";

/** The serving policy first, then the others, newest first. */
function pinnable({ serving, policies }: PoliciesResponse): readonly number[] {
  const versions = policies.filter(isNetwork).map(({ version }) => version);
  versions.sort((left, right) => right - left);
  return serving === undefined
    ? versions
    : [serving, ...versions.filter((version) => version !== serving)];
}

export function askOf(kind: Kind, response: PoliciesResponse): Question {
  const { serving, waiting = 0, scenario, policies } = response;
  const parent = policies.find(({ version }) => version === serving)?.parent ?? 0;
  const questions: Readonly<Record<Kind, Omit<Question, "kind" | "scenario" | "serving">>> = {
    "roll-back": {
      title: `Roll back to policy ${parent}?`,
      text: `Policy ${parent} answers in scenario ${scenario} from the next request on. Policy ${serving} is kept, marked as rolled back. Feedback and cycles continue. Pause promotions too if no other policy may take over for now.`,
      versions: [],
    },
    pause: { title: "Pause promotions?", text: modeSentences.paused, versions: [] },
    ask: { title: "Ask before each promotion?", text: modeSentences.ask, versions: [] },
    resume: {
      title: "Let the gate promote by itself?",
      text: `${modeSentences.automatic} Policy ${serving} serves until then.`,
      versions: [],
    },
    pin: {
      title: "Pin a policy?",
      text: `${modeSentences.pinned} Canary, holdback and anchor end; a policy that waits for approval is retired.`,
      versions: pinnable(response),
    },
    approve: {
      title: `Let policy ${waiting} serve?`,
      text: `It takes the place of policy ${serving} in scenario ${scenario} from the next request on, as if the gate had promoted it. Live rewards are compared with those of policy ${serving} as after any promotion.`,
      versions: [waiting],
    },
    reject: {
      title: `Reject policy ${waiting}?`,
      text: "It is retired. Later candidates are judged as before, and may pass the gate.",
      versions: [waiting],
    },
  };
  return { kind, scenario, serving, ...questions[kind] };
}
