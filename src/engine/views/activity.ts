import type { ArmActivity } from "../../domain/activity.ts";
import { type Arm, arms } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import { compareActivity, measureActivity } from "../../evaluation/activity.ts";
import type { Store } from "../../storage/store.ts";
import type { Activity } from "../calls/measure-calls.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { findScenario } from "../configuration/find-scenario.ts";
import type { ActivityInput } from "../input/input.ts";

/** Four weeks: each weekday counts the same. */
export const defaultActivityDays = 28;

/** Requests are answered between two figures of many users. */
const turn = () => new Promise(setImmediate);

/** @throws unknown_scenario */
export async function readActivity(
  parts: {
    readonly store: Store;
    readonly configuration: Configuration;
    readonly clock: () => number;
  },
  { scenario, since, against = "baseline" }: ActivityInput,
): Promise<Activity> {
  const { name, sessionGapSeconds } = findScenario(parts.configuration, scenario);
  const to = parts.clock();
  const from = since ?? to - defaultActivityDays * dayMs;
  const span = { scenario: name, from, to, sessionGapSeconds };
  const users = await parts.store.decisions.userActivity(span);
  const usersOf = (wanted: Arm) => users.filter(({ arm }) => arm === wanted);
  const others = usersOf(against);
  const measured: ArmActivity[] = [];
  for (const arm of arms) {
    const own = usersOf(arm);
    if (own.length === 0) continue;
    const sessions = own.reduce((sum, user) => sum + user.sessions, 0);
    const about = { arm, users: own.length, sessions, figures: measureActivity(own) };
    await turn();
    const difference = arm === against ? {} : { difference: compareActivity(own, others) };
    measured.push({ ...about, ...difference });
    await turn();
  }
  return { scenario: name, from, to, against, arms: measured };
}
