/**
 * Chance that a member scores higher than another one, ties counted half: the area under the ROC curve.
 * @param isMember of each score
 * @returns NaN unless there are both
 * @example areaUnderCurve([1, 2, 3], [false, true, true]); // 1
 */
export function areaUnderCurve(scores: readonly number[], isMember: readonly boolean[]): number {
  const sorted = scores
    .map((score, index) => ({ score, member: isMember[index]! }))
    .sort((left, right) => left.score - right.score);
  let [below, wins, members] = [0, 0, 0];
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    let [tiedMembers, tiedOthers] = [0, 0];
    for (; end < sorted.length && sorted[end]!.score === sorted[start]!.score; end++) {
      if (sorted[end]!.member) tiedMembers++;
      else tiedOthers++;
    }
    wins += tiedMembers * (below + tiedOthers / 2);
    below += tiedOthers;
    members += tiedMembers;
    start = end;
  }
  return wins / (members * below);
}
