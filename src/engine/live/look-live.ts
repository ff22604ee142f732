import { dayMs } from "../../domain/durations.ts";
import type { PromotionAction, PromotionReview } from "../../domain/policy-evidence.ts";
import type { LiveVerdict } from "../../evaluation/live-difference.ts";
import { type ArmTraffic, compareLive, type LiveScene, tellDifference } from "./compare-live.ts";

/**
 * Looks and whole days after which a comparison that found neither better nor worse ends: cycles may be minutes apart, and weekdays differ.
 */
const most = { looks: 20, days: 14 };

function decide(
  verdict: LiveVerdict,
  { looks, days }: { readonly looks: number; readonly days: number },
): PromotionAction {
  if (verdict === "worse") return "roll-back";
  if (verdict !== "open") return "confirm";
  return looks >= most.looks && days >= most.days ? "expire" : "keep";
}

/** Traffic of the serving arm or of the holdback. */
interface HeldTraffic extends ArmTraffic {
  readonly arm: "serving" | "holdback";
}

/** A look with its finding, and words for it. */
export interface LiveLook {
  readonly look: Omit<PromotionReview, "version" | "replaced" | "reason">;
  /** `Policy 7 live: worse by 0.02 a row, …; the policy before serves again.` */
  tell(
    name: string,
    words: { readonly others: string; readonly ends: Readonly<Record<PromotionAction, string>> },
  ): string;
}

/** The end of a comparison that found nothing. */
export const foundNothing: string = `that decides nothing after ${most.looks} looks and ${most.days} days`;

/**
 * Serving arm and holdback, one policy each, since a moment. However often it looks, an end of its interval errs for at most
 * 1 % of the comparisons (docs/methods/gate.md).
 * @param arms the difference is that of the tested one less the other
 * @param before the last look at the same two
 */
export async function lookLive(
  scene: LiveScene,
  arms: { readonly tested: HeldTraffic; readonly reference: HeldTraffic },
  { since, before }: { readonly since: number; readonly before: PromotionReview | undefined },
): Promise<LiveLook> {
  const { now, scenario } = scene;
  const { verdict, tested, reference, found } = await compareLive(scene, arms, { since });
  const isServingTested = arms.tested.arm === "serving";
  const [serving, holdback] = isServingTested ? [tested, reference] : [reference, tested];
  const looks = (before?.since === since ? before.looks : 0) + 1;
  const action = decide(verdict, { looks, days: Math.floor((now - since) / dayMs) });
  return {
    look: { since, looks, action, serving, holdback, ...found },
    tell: (name, { others, ends }) => {
      const users = `${tested.users} users against ${reference.users} ${others}`;
      const told = tellDifference(found, scenario);
      return told === undefined
        ? `${name} live: too few to tell, ${users}.`
        : `${name} live: ${told}, ${users}; ${ends[action]}.`;
    },
  };
}
