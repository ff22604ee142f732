/** A user's or an event's word about the use of its data. An absent flag says nothing. */
export type Consent = {
  /** Policies, encoders and their judges may learn from it, and exports for training may hold it. */
  readonly train?: boolean;
  /** Slates may depend on it: the user's own, and those of connected people. */
  readonly personalise?: boolean;
};

/** For users who have stated nothing. */
export type ConsentDefaults = Required<Consent>;

/** Whether a user who stated this consents. */
export const consents = (stated: Consent, flag: keyof Consent, defaults: Consent = {}): boolean =>
  stated[flag] ?? defaults[flag] ?? true;
