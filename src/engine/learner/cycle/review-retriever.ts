import type { PromotionReview } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicySnapshot } from "../../../domain/policy-snapshot.ts";
import { withoutHoldback } from "../../../domain/take-over.ts";
import { formatSignificant } from "../../../numeric/format.ts";
import type { LiveScene } from "../../live/compare-live.ts";
import { foundNothing, lookLive } from "../../live/look-live.ts";
import type { Reviewed } from "./review.ts";

/** Of the newest decisions. */
const looked = 20;

/** Whether slates are chosen from retrieved candidates: else it makes no difference who retrieves. */
async function isRetrieved({ store, scenario: { name }, now }: LiveScene): Promise<boolean> {
  const span = { scenario: name, from: 0, before: { decidedAt: now + 1 }, limit: looked };
  const { rows } = await store.decisions.list(span);
  return rows.some(
    ({ decision }) => decision.arm !== "uniform" && decision.retriever !== undefined,
  );
}

/**
 * A confirmed promotion makes its policy the retriever of all arms but the holdback, which gets the same policy on candidates of the
 * retriever before: live rewards decide about the retrieval too.
 * @param assignment with the holdback of the promotion
 */
export async function tryRetriever(
  scene: LiveScene,
  assignment: Assignment,
  version: number,
): Promise<{ readonly assignment: Assignment; readonly retrieval?: PromotionReview }> {
  const { retriever: replaced = version, holdbackShare = 0 } = assignment;
  if (replaced === version || !(await isRetrieved(scene)))
    return { assignment: { ...withoutHoldback(assignment), retriever: version } };
  const none = { users: 0, rows: 0 };
  const reason = `Policy ${version} retrieves the candidates; for ${formatSignificant(100 * holdbackShare)} % of the users retriever ${replaced} does.`;
  const begun = {
    since: scene.now,
    looks: 0,
    action: "keep",
    serving: none,
    holdback: none,
  } as const;
  return {
    assignment: {
      ...assignment,
      ...{ retriever: version, holdback: version, holdbackRetriever: replaced },
    },
    retrieval: { version, replaced, reason, ...begun },
  };
}

const ends = {
  keep: "that decides nothing yet",
  confirm: "a loss of 5 % is ruled out, so it stays",
  expire: `${foundNothing}, so the retriever before returns`,
  "roll-back": "the retriever before returns",
} as const;

/**
 * Compares two retrievers under one policy, on live rewards of users assigned at random. The new one stays only if a loss is ruled out.
 * @param replaced the retriever of the holdback
 */
export async function reviewRetriever(
  scene: LiveScene,
  assignment: Assignment,
  {
    serving: { version, evidence },
    replaced,
  }: { readonly serving: PolicySnapshot; readonly replaced: number },
): Promise<Reviewed> {
  const { retrieval: before } = evidence;
  const versions = { serving: version, holdback: version };
  const { look, tell } = await lookLive(scene, versions, { since: before?.since ?? 0, before });
  const reason = tell(`Retriever ${version}`, { kept: "retriever", ends });
  const retrieval = { version, replaced, reason, ...look };
  const rest = withoutHoldback(assignment);
  const left = look.action === "confirm" ? { ...rest, retriever: version } : rest;
  return {
    assignment: look.action === "keep" ? assignment : left,
    statuses: [{ version, status: "serving", evidence: { ...evidence, retrieval } }],
    retrieval,
  };
}
