import { dayMs } from "../../domain/durations.ts";
import type { EncoderWatch, NextItemLoss } from "../../domain/encoder-record.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import type { Scenario } from "../../domain/scenario.ts";
import { formatWhole } from "../../numeric/format.ts";
import type { Encoder } from "../../policy/encoder/encoder.ts";
import type { Network } from "../../policy/network.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { measureForesight } from "../learner/training/foresight.ts";
import { holdOutNewest } from "../learner/training/hold-out.ts";
import { readBehaviour } from "../learner/training/read-behaviour.ts";
import { readItems } from "../learner/training/training-data.ts";
import { loadLastEncoder } from "./last-encoder.ts";

/** Behaviour events from which a loop without an encoder trains its first one. */
const firstEvents = 10_000;
const measuredUsers = 500;
const fewestUsers = 20;
/** Standard errors of a difference beyond its noise. */
const certainErrors = 2;

interface WatchScene {
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
}

/** Reason why a new encoder could not be tried now; undefined if it could. */
export function whyNoTrial(
  { canaryShare }: Pick<Configuration, "canaryShare">,
  { mode, canary, waiting }: Assignment,
): string | undefined {
  if (mode === "paused" || mode === "pinned") return `promotions are ${mode}`;
  if (canary !== undefined) return `canary ${canary} is not decided yet`;
  // Without canaries it would take the place of the policy that waits.
  if (canaryShare > 0 || waiting === undefined) return undefined;
  return `policy ${waiting} waits for approval`;
}

/** Undefined if too few users have new events. */
async function measureLoss(
  { store, configuration, scenario }: WatchScene,
  encoder: Encoder,
): Promise<NextItemLoss | undefined> {
  const { loss: before, throughSequence: after } = encoder.model;
  if (before === undefined) return undefined;
  const asOf = await store.sequence();
  const behaviour = await readBehaviour(store, scenario, { after, asOf, onProgress: () => {} });
  const context = await readItems({ store, configuration, scenario }, asOf);
  const heldOut = await holdOutNewest(store, behaviour, { ...context, most: measuredUsers });
  if (heldOut.size < fewestUsers) return undefined;
  const measured = await measureForesight(encoder, [...heldOut.values()], context);
  return { now: measured.loss, users: measured.users, before };
}

const isWorse = ({ now, before }: NextItemLoss) =>
  now.mean - before.mean > certainErrors * Math.hypot(now.standardError, before.standardError);

const describeLoss = ({ now, before, users }: NextItemLoss) =>
  `the newest events of ${users} users cost it ${now.mean.toFixed(2)} ± ${now.standardError.toFixed(2)} nats, those held out of its training ${before.mean.toFixed(2)} ± ${before.standardError.toFixed(2)}`;

async function readFigures(
  { store, scenario, clock }: WatchScene,
  encoder: Encoder | undefined,
): Promise<Pick<EncoderWatch, "newEvents" | "knownEvents" | "days">> {
  const last = await loadLastEncoder(store, scenario.name);
  const after = last?.throughSequence ?? encoder?.model.throughSequence ?? 0;
  const newEvents = await store.events.count({ after });
  return {
    newEvents,
    knownEvents: (await store.events.count()) - newEvents,
    ...(last && { days: (clock() - last.trainedAt) / dayMs }),
  };
}

/**
 * Whether the encoder learns on, or a first one begins: enough behaviour is new, and either a time
 * has passed or the serving encoder foresees the newest events worse than those that its training
 * held out, by more than two standard errors.
 * @returns undefined if encoders are trained by hand alone
 */
export async function watchEncoder(
  scene: WatchScene,
  { encoder }: Network,
  assignment: Assignment,
): Promise<EncoderWatch | undefined> {
  const { minutes, newShare, days: longest } = scene.configuration.learner.encoder;
  if (minutes === 0) return undefined;
  const figures = await readFigures(scene, encoder);
  const { newEvents, knownEvents, days = Number.POSITIVE_INFINITY } = figures;
  const end = (isDue: boolean, reason: string) => ({ ...figures, isDue, reason });
  const least = knownEvents === 0 ? firstEvents : Math.ceil(newShare * knownEvents);
  const found = `${formatWhole(newEvents)} events are new`;
  if (newEvents < least) return end(false, `${found} of the ${formatWhole(least)} that are needed`);
  const obstacle = whyNoTrial(scene.configuration, assignment);
  if (obstacle !== undefined) return end(false, `${found}, but ${obstacle}`);
  if (encoder === undefined) return end(true, `${found}, and no encoder serves`);
  if (days >= longest) return end(true, `${found}, and ${longest} days have passed`);
  const loss = await measureLoss(scene, encoder);
  if (loss === undefined) return end(false, `${found}, of too few users to tell`);
  const told = `${found}: ${describeLoss(loss)}`;
  return { ...end(isWorse(loss), told), loss };
}
