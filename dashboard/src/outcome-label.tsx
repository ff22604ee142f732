import type { ReactNode } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import type { PolicyStatus } from "../../src/contract/policies.ts";

type Tone = "good" | "wary" | "bad" | "plain";

const outcomes: Readonly<Record<CycleBody["outcome"], readonly [text: string, tone: Tone]>> = {
  promote: ["promote", "good"],
  canary: ["canary", "wary"],
  waiting: ["waiting", "wary"],
  hold: ["hold", "plain"],
  "not-enough-data": ["not enough data", "plain"],
  initial: ["initial", "plain"],
  "roll-back": ["roll back", "bad"],
  skipped: ["skipped", "plain"],
  failed: ["failed", "bad"],
};

const statusTones: Readonly<Record<PolicyStatus, Tone>> = {
  serving: "good",
  canary: "wary",
  waiting: "wary",
  holdback: "plain",
  held: "plain",
  retired: "plain",
  "rolled-back": "bad",
  lost: "bad",
  undecided: "plain",
};

function Label({ text, tone }: { readonly text: string; readonly tone: Tone }): ReactNode {
  return <span className={`label label-${tone}`}>{text}</span>;
}

export function OutcomeLabel({ outcome }: { readonly outcome: CycleBody["outcome"] }): ReactNode {
  const [text, tone] = outcomes[outcome];
  return <Label text={text} tone={tone} />;
}

export function StatusLabel({ status }: { readonly status: PolicyStatus }): ReactNode {
  return <Label text={status.replace("-", " ")} tone={statusTones[status]} />;
}
