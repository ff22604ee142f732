import type { PromotionReview } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicySnapshot } from "../../../domain/policy-snapshot.ts";
import { withoutHoldback } from "../../../domain/take-over.ts";
import { formatSignificant } from "../../../numeric/format.ts";
import type { LiveScene } from "../../live/compare-live.ts";
import { foundNothing, lookLive } from "../../live/look-live.ts";
import type { Reviewed } from "./review.ts";

/** Of the newest decisions. */
const looked = 500;

/** Whether slates are chosen from retrieved candidates: else it makes no difference who retrieves. */
async function isRetrieved({ store, scenario: { name }, now }: LiveScene): Promise<boolean> {
  const span = { scenario: name, from: 0, before: { decidedAt: now + 1 }, limit: looked };
  const { rows } = await store.decisions.list(span);
  return rows.some(
    ({ decision }) => decision.arm !== "uniform" && decision.retriever !== undefined,
  );
}

/**
 * A confirmed promotion makes its policy the retriever of the holdback, which gets the same policy as the serving arm: live rewards
 * decide about the retrieval too, at the cost of a small share of the users.
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
  const reason = `Policy ${version} retrieves the candidates of ${formatSignificant(100 * holdbackShare)} % of the users, for the others retriever ${replaced} does.`;
  const begun = {
    since: scene.now,
    looks: 0,
    action: "keep",
    serving: none,
    holdback: none,
  } as const;
  return {
    assignment: { ...assignment, holdback: version },
    retrieval: { version, replaced, reason, ...begun },
  };
}

const ends = {
  keep: "that decides nothing yet",
  confirm: "a loss of 5 % is ruled out, so it retrieves for all",
  expire: `${foundNothing}, so it does not retrieve`,
  "roll-back": "it does not retrieve any more",
} as const;

/** Compares two retrievers under one policy, on live rewards of users assigned at random. The new one takes over only if a loss is ruled out. */
export async function reviewRetriever(
  scene: LiveScene,
  assignment: Assignment,
  { version, evidence }: PolicySnapshot,
): Promise<Reviewed> {
  const { retriever: replaced = version } = assignment;
  const { retrieval: before } = evidence;
  const arms = {
    tested: { arm: "holdback", policyVersion: version },
    reference: { arm: "serving", policyVersion: version },
  } as const;
  // Without its evidence it begins anew.
  const { look, tell } = await lookLive(scene, arms, { since: before?.since ?? scene.now, before });
  const others = `with retriever ${replaced}`;
  const retrieval = {
    version,
    replaced,
    reason: tell(`Retriever ${version}`, { others, ends }),
    ...look,
  };
  const left = withoutHoldback(assignment);
  const ended = look.action === "confirm" ? { ...left, retriever: version } : left;
  return {
    assignment: look.action === "keep" ? assignment : ended,
    statuses: [{ version, status: "serving", evidence: { ...evidence, retrieval } }],
    retrieval,
  };
}
