import { mean } from "../statistics.ts";

/** Loss of each attacked user under a policy, and who of them was a member. */
export interface Shadow {
  readonly losses: readonly number[];
  readonly isMember: readonly boolean[];
}

/** A small loss betrays a member (Yeom et al. 2018). */
export const thresholdScores = ({ losses }: Shadow): readonly number[] =>
  losses.map((loss) => -loss);

const squares = (values: readonly number[], center: number) =>
  values.reduce((sum, value) => sum + (value - center) ** 2, 0);

/**
 * Likelihood ratio of each user's loss by the losses under other policies, that had the user as a member or had not: normal, with
 * one variance (LiRA, Carlini et al. 2022, arXiv:2112.03570). A user of whom the others are all alike tells nothing: 0.
 */
export function likelihoodScores(target: Shadow, others: readonly Shadow[]): readonly number[] {
  const parts = target.losses.map((loss, user) => {
    const under = (member: boolean) =>
      others.filter(({ isMember }) => isMember[user] === member).map(({ losses }) => losses[user]!);
    return { loss, inside: under(true), outside: under(false) };
  });
  const known = parts.filter(({ inside, outside }) => inside.length > 0 && outside.length > 0);
  const sum = known.reduce(
    (total, { inside, outside }) =>
      total + squares(inside, mean(inside)) + squares(outside, mean(outside)),
    0,
  );
  const freedom = known.reduce(
    (total, { inside, outside }) => total + inside.length + outside.length - 2,
    0,
  );
  const variance = sum / Math.max(1, freedom);
  return parts.map(({ loss, inside, outside }) => {
    if (inside.length === 0 || outside.length === 0) return 0;
    return ((loss - mean(outside)) ** 2 - (loss - mean(inside)) ** 2) / (2 * variance);
  });
}
