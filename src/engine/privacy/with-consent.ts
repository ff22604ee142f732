import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";

interface Learning {
  readonly store: Store;
  /** The record with the rows of all users, if `store` has fewer. */
  readonly whole?: Store;
  readonly configuration: Pick<Configuration, "privacy">;
}

/** The same work on the part of the record that may be learnt from. */
export const withConsent = <Options extends Learning>(options: Options): Options => ({
  ...options,
  whole: options.whole ?? options.store,
  store: {
    ...options.store,
    ...options.store.learnable(options.configuration.privacy.consent.train),
  },
});
