import { describe, expect, test } from "vitest";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { createRandom } from "../numeric/random.ts";
import {
  changeOne,
  defaultSetting,
  describeSetting,
  memoryHalfLives,
  settingPool,
  standingSettings,
} from "./meta-settings.ts";
import { bootstraps } from "./row-scores.ts";

const grid = defaultMpo.challengers;
const settings = settingPool(grid);

describe("the pool", () => {
  test("has no setting twice, each within its ranges, its memory summing to one", () => {
    expect(new Set(settings.map(describeSetting)).size).toBe(settings.length);
    for (const setting of settings) {
      expect(setting.memory.length).toBe(memoryHalfLives.length);
      expect(setting.memory.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(setting.klRadius).toBeGreaterThan(0);
      expect(setting.proximity).toBeGreaterThanOrEqual(0);
      expect(setting.proximity).toBeLessThanOrEqual(1);
      expect(setting.discriminator).toBeGreaterThanOrEqual(0);
    }
  });

  test("holds the standing settings and the default", () => {
    const pool = settings.map(describeSetting);
    for (const setting of [...standingSettings, defaultSetting])
      expect(pool).toContain(describeSetting(setting));
  });

  test("every memory has its reward heads", () => {
    expect(rewardHeadCount).toBe(memoryHalfLives.length * bootstraps);
  });
});

test("a setting is described in a line", () => {
  expect(describeSetting(defaultSetting)).toBe("ε 0.3, κ 0.5, α 0, ρ 1, memory mixed");
  const between = { ...defaultSetting, klRadius: 0.8, memory: [0.5, 0.25, 0.25] };
  expect(describeSetting(between)).toBe("ε 0.8, κ 0.5, α 0, ρ 1, memory 0.5/0.25/0.25");
});

test("a change is one coordinate of the pool, and in time it is each of them", () => {
  const random = createRandom(67);
  const pool = settings.map(describeSetting);
  const names = ["klRadius", "pessimism", "discriminator", "proximity", "memory"] as const;
  const changed = new Set<string>();
  for (let draw = 0; draw < 100; draw++) {
    const setting = changeOne(defaultSetting, grid, random);
    const different = names.filter((name) => setting[name] !== defaultSetting[name]);
    expect(different.length).toBe(1);
    expect(pool).toContain(describeSetting(setting));
    changed.add(different[0]!);
  }
  expect(changed.size).toBe(names.length);
});
