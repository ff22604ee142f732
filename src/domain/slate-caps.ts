/** How many candidates of a group a slate may still take. */
export interface SlateCaps {
  /** Numbers of the groups of each candidate. */
  readonly groupsOf: readonly (readonly number[])[];
  /** By group. */
  readonly limits: readonly number[];
}

/** Marks the candidates that a slate may no longer take, as it fills. */
export interface CapCounter {
  /** 1 for each candidate that was taken, or that a full group forbids. */
  readonly closed: Uint8Array;
  /** Takes a candidate. */
  take(candidate: number): void;
  /** Begins an empty slate. */
  clear(): void;
}

/** Without groups, a candidate can be taken once and that is all. */
export const noCaps = (candidates: number): SlateCaps => ({
  groupsOf: new Array<readonly number[]>(candidates).fill([]),
  limits: [],
});

/** By group, its candidates in ascending order. */
export function membersOf({ groupsOf, limits }: SlateCaps): readonly (readonly number[])[] {
  const members: number[][] = limits.map(() => []);
  for (const [candidate, groups] of groupsOf.entries())
    for (const group of groups) members[group]?.push(candidate);
  return members;
}

export function createCapCounter(caps: SlateCaps): CapCounter {
  const { groupsOf, limits } = caps;
  const members = membersOf(caps);
  const closed = new Uint8Array(groupsOf.length);
  const left = [...limits];
  const closeFull = (group: number) => {
    if ((left[group] ?? 0) <= 0) for (const member of members[group] ?? []) closed[member] = 1;
  };
  const clear = () => {
    closed.fill(0);
    for (const [group, limit] of limits.entries()) {
      left[group] = limit;
      closeFull(group);
    }
  };
  clear();
  return {
    closed,
    take: (candidate) => {
      closed[candidate] = 1;
      for (const group of groupsOf[candidate] ?? []) {
        left[group] = (left[group] ?? 0) - 1;
        closeFull(group);
      }
    },
    clear,
  };
}
