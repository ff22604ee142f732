import type { DeedKind } from "../domain/trail.ts";
import type { Store } from "../engine/open-store.ts";
import { readNote } from "./intervention-note.ts";

/** Puts on record that a command did something, with the user of the machine. */
export const noteDeed = (store: Store, kind: DeedKind, subject: string): Promise<void> =>
  store.trail.add({ kind, madeAt: Date.now(), subject, ...readNote({}) });
