import type { BehaviourEvent } from "../../domain/behaviour.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Item, User } from "../../domain/catalogue.ts";
import type { Edge } from "../../domain/edge.ts";

/** The line on which a row begins, 1 being the first of its file. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A row that did not go in. */
export type Refusal = Place & { readonly reason: string };

/** An event always has an id here, so that importing it again changes nothing. */
export type ImportedEvent = BehaviourEvent & { readonly eventId: string };

/** The fields of a row without an id, whose hash with its user is the event's id. No time is null. */
export interface EventContent {
  readonly type: string;
  readonly itemId: string;
  readonly value: number;
  readonly occurredAt: number | null;
}

/** An event of a file. */
export interface Imported {
  readonly event: ImportedEvent;
  /** Absent if the row brought an id. */
  readonly content?: EventContent;
}

export type ParsedRow =
  | { readonly kind: "item"; readonly item: Item }
  | { readonly kind: "user"; readonly user: User }
  | { readonly kind: "campaign"; readonly campaign: Campaign }
  | { readonly kind: "edge"; readonly edge: Edge }
  | ({ readonly kind: "event" } & Imported)
  | { readonly kind: "refused"; readonly reason: string };

/** A row as its format gives it, before it is checked against the schema of its kind. */
export type RawRow =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly reason: string };

export type ImportRow = Place & ParsedRow;

export type AcceptedRow = Exclude<ImportRow, { kind: "refused" }>;

/** Content of a file or a folder, in the order in which it goes into the store. */
export interface RowSource {
  readonly rows: AsyncIterable<ImportRow> | Iterable<ImportRow>;
  /** Part of the source that has been read, in [0, 1]; `undefined` if its size is unknown. */
  share(): number | undefined;
  /** Its events come in order of time. */
  readonly inOrder?: true;
  close(): void;
}
