import type { CycleRecord } from "../../domain/cycle-record.ts";
import { type PrivacyEvidence, privacyClaim } from "../../domain/privacy.ts";

/** `ε 2.41 at δ 1e-6`. */
export const describeEpsilon = ({ epsilon, delta }: PrivacyEvidence): string =>
  `ε ${epsilon.toFixed(2)} at δ ${delta}`;

/** The budget after a private training; nothing after any other. */
export function describePrivacy({ privacy }: CycleRecord): readonly string[] {
  if (privacy === undefined) return [];
  const { budget, ownEpsilon } = privacy;
  return [
    `privacy    ${describeEpsilon(privacy)} of a budget of ${budget} is spent, ε ${ownEpsilon.toFixed(2)} by this training; it ${privacyClaim}`,
  ];
}
