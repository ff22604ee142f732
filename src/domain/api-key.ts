/**
 * Rights of an API key: `serve` asks for slates and sends events, `write` changes items and users,
 * `read` sees everything, `admin` intervenes and includes the others.
 */
export const scopes = ["serve", "write", "read", "admin"] as const;

/** A right of an API key: an entry of `scopes`. */
export type Scope = (typeof scopes)[number];

/** An API key without its text, which only its bearer has. */
export interface ApiKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string;
  /** Requests a second that it may send, 1…100,000; each slate of a batch counts. Absent without a limit. */
  readonly rate?: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** It is refused from then on. Absent without an end. */
  readonly endsAt?: number;
}

export const hasEnded = ({ endsAt }: ApiKey, now: number): boolean =>
  endsAt !== undefined && endsAt <= now;

export const grants = ({ scopes: granted }: ApiKey, scope: Scope): boolean =>
  granted.includes(scope) || granted.includes("admin");
