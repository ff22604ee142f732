import type { Assignment } from "./policy-snapshot.ts";

/** An anchor stays 90 days, in milliseconds. */
const anchorMs = 90 * 86_400_000;

/**
 * The assignment with the anchor until the next cycle. The serving policy becomes the anchor if there is none, or after 90
 * days; not while it is itself compared with the policy that it replaced. A pinned policy has no anchor beside it.
 */
export function withAnchor(
  { anchor, anchorSince = 0, anchorShare: _, ...rest }: Assignment,
  { share, now }: { readonly share: number; readonly now: number },
): Assignment {
  if (share === 0 || rest.mode === "pinned") return rest;
  const isDue = anchor === undefined || now - anchorSince >= anchorMs;
  if (isDue && rest.serving !== undefined && rest.holdback === undefined)
    return { ...rest, anchor: rest.serving, anchorShare: share, anchorSince: now };
  return anchor === undefined ? rest : { ...rest, anchor, anchorShare: share, anchorSince };
}
