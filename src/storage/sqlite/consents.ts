import type { Consent } from "../../domain/consent.ts";
import type { UserId } from "../../domain/ids.ts";
import { readNumber } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";

const flags = ["train", "personalise"] as const;

/** An event keeps its refusals as a sum of these; NULL if there are none. */
export const refusalBits = { train: 1, personalise: 2 } as const;

export function encodeRefusals(consent: Consent = {}): number | null {
  const bits = flags.reduce(
    (sum, flag) => sum + (consent[flag] === false ? refusalBits[flag] : 0),
    0,
  );
  return bits === 0 ? null : bits;
}

/** Empty if the event refuses nothing. */
export function decodeRefusals(refused: unknown): { readonly consent?: Consent } {
  if (typeof refused !== "number") return {};
  const kept = flags.flatMap((flag) => (refused & refusalBits[flag] ? [[flag, false]] : []));
  return { consent: Object.fromEntries(kept) };
}

/** A row of two flags, each of which may be absent. */
export function decodeConsent(row: Row = {}): Consent {
  const stated = flags.flatMap((flag) =>
    typeof row[flag] === "number" ? [[flag, row[flag] === 1]] : [],
  );
  return Object.fromEntries(stated);
}

const encodeFlag = (flag: boolean | undefined) => (flag === undefined ? null : Number(flag));

interface Consents {
  of(user: UserId, asOf?: number): Consent;
  newest(): number;
  /** Inside a write transaction. A flag that is absent stays as it was. @returns whether one changed */
  put(user: UserId, stated: Consent, numbers: EventNumbers): boolean;
}

/** A user's consent; each revision has both flags. */
export function prepareConsents(connection: Connection): Consents {
  const find = connection.prepare(
    `SELECT train, personalise FROM consents WHERE user_id = ? AND sequence <= ?
     ORDER BY sequence DESC LIMIT 1`,
  );
  const newest = connection.prepare("SELECT coalesce(max(sequence), 0) AS newest FROM consents");
  const insert = connection.prepare("INSERT INTO consents VALUES (?, ?, ?, ?)");
  const of = (user: UserId, asOf = Number.MAX_SAFE_INTEGER): Consent =>
    decodeConsent(find.get(user, asOf));
  return {
    of,
    newest: () => readNumber(newest.get() ?? {}, "newest"),
    put: (user, stated, numbers) => {
      const before = of(user);
      const { train, personalise } = { ...before, ...stated };
      if (train === before.train && personalise === before.personalise) return false;
      insert.run(user, numbers.next(), encodeFlag(train), encodeFlag(personalise));
      return true;
    },
  };
}
