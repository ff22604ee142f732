import {
  anchorSchema,
  auditedArmsSchema,
  checkpointPartsSchema,
  encodersSchema,
  holdbackSchema,
  retrieversSchema,
} from "./migrations/assignments.ts";
import { campaignsSchema } from "./migrations/campaigns.ts";
import {
  checksumsSchema,
  closedDecisionsSchema,
  deferralsSchema,
  fastLoopSchema,
  rewardRulesSchema,
  secretSchema,
  viewsSchema,
} from "./migrations/decisions.ts";
import { initialSchema } from "./migrations/initial-schema.ts";
import { edgesSchema, itemTimesSchema } from "./migrations/items-and-edges.ts";
import {
  apiKeysSchema,
  interventionsSchema,
  livenessSchema,
  trailSchema,
} from "./migrations/operators.ts";
import { consentSchema, removalSchema } from "./migrations/privacy.ts";
import { documentsSchema, reactionsSchema } from "./migrations/wires.ts";

// Numbered from 1, in order, never changed once released: a change of the schema is a new entry at the end.
// Every name is binary-collated TEXT; a rowid table's INTEGER PRIMARY KEY is part of each of its indexes.
export const migrations: readonly string[] = [
  initialSchema,
  holdbackSchema,
  fastLoopSchema,
  rewardRulesSchema,
  closedDecisionsSchema,
  interventionsSchema,
  livenessSchema,
  auditedArmsSchema,
  secretSchema,
  viewsSchema,
  anchorSchema,
  retrieversSchema,
  reactionsSchema,
  documentsSchema,
  encodersSchema,
  apiKeysSchema,
  itemTimesSchema,
  campaignsSchema,
  edgesSchema,
  consentSchema,
  removalSchema,
  trailSchema,
  deferralsSchema,
  checkpointPartsSchema,
  checksumsSchema,
];
