import { z } from "zod";
import { type FastLoopSettings, type FastLoopUse, fastLoopUses } from "../../domain/fast-loop.ts";
import { defaultExploration, type Scenario } from "../../domain/scenario.ts";

/** Defaults that depend on other parts of the configuration may be missing. */
type WrittenFastLoop = Omit<FastLoopSettings, "enabled" | "drawScale"> &
  Partial<Pick<FastLoopSettings, "enabled" | "drawScale">>;

/** A scenario before `completeFastLoop`. */
export interface WrittenScenario
  extends Omit<Scenario, "fastLoop" | "exploration">,
    Partial<Pick<Scenario, "exploration">> {
  readonly fastLoop: WrittenFastLoop;
}

export const writtenFastLoop: z.ZodType<WrittenFastLoop, object> = z.strictObject({
  enabled: z
    .literal(fastLoopUses, 'must be true, false, "until-encoder" or "on-popularity"')
    .exactOptional(),
  forgetting: z.number().min(0.9).max(0.9999).default(0.9998),
  temperature: z.number().min(0.001).max(1).default(0.02),
  drawScale: z.number().min(0).max(3).exactOptional(),
});

interface LoopGround extends Pick<Scenario, "discount"> {
  readonly ads?: object | undefined;
  readonly social?: object | undefined;
  /** Trainings have noise, which a loop has not. */
  readonly isPrivate: boolean;
}

/** Ads close and posts age before a cycle has seen them (docs/decisions/0099). Elsewhere trained policies know more than it (0101). */
function chooseUse({ ads, social, discount, isPrivate }: LoopGround): FastLoopUse {
  if (discount > 0 || isPrivate) return false;
  if (ads) return true;
  return social ? "until-encoder" : "on-popularity";
}

const complete = (given: WrittenFastLoop, ground: LoopGround): FastLoopSettings => ({
  enabled: chooseUse(ground),
  drawScale: ground.ads ? 0.3 : 0.05,
  ...given,
});

export const defaultFastLoop: FastLoopSettings = Object.freeze(
  complete(writtenFastLoop.parse({}), { discount: 0, isPrivate: false }),
);

/** The scenario with its loop and the exploration that goes with it, as far as they are not written. */
export function completeFastLoop(scenario: WrittenScenario, isPrivate: boolean): Scenario {
  const fastLoop = complete(scenario.fastLoop, { ...scenario, isPrivate });
  const { exploration } = scenario;
  if (exploration !== undefined) return { ...scenario, exploration, fastLoop };
  // Beside popularity with a loop trained policies serve without it, so they explore.
  const isForPopularity = fastLoop.enabled === "on-popularity";
  return {
    exploration: defaultExploration(fastLoop.enabled !== false && !isForPopularity),
    ...(isForPopularity && { loopExploration: defaultExploration(true) }),
    ...scenario,
    fastLoop,
  };
}
