/** Wall time by stage of a cycle, in milliseconds. */
export interface StageClock {
  measure<T>(stage: string, work: () => T | Promise<T>): Promise<T>;
  readonly stageMs: Readonly<Record<string, number>>;
}

export function createStageClock(clock: () => number): StageClock {
  const stageMs: Record<string, number> = {};
  return {
    stageMs,
    measure: async (stage, work) => {
      const startedAt = clock();
      const result = await work();
      stageMs[stage] = (stageMs[stage] ?? 0) + clock() - startedAt;
      return result;
    },
  };
}
