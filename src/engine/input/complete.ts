import type { EdgeBody } from "../../contract/edges.ts";
import type { ItemInput } from "../../contract/items.ts";
import type { UserInput } from "../../contract/users.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { Item, User } from "../../domain/catalogue.ts";
import type { Edge } from "../../domain/edge.ts";
import { campaignId, itemId, userId } from "../../domain/ids.ts";
import type { CampaignInput } from "./input.ts";

/** Parsed input, completed with the defaults. */
export const completeItem = ({
  itemId: id,
  categories,
  attributes,
  available,
}: ItemInput): Item => ({
  itemId: itemId(id),
  categories: categories ?? [],
  attributes: attributes ?? {},
  available: available ?? true,
});

export const completeCampaign = ({ campaignId: id, ...fields }: CampaignInput): Campaign => ({
  ...fields,
  campaignId: campaignId(id),
});

export const completeUser = ({ userId: id, attributes, consent }: UserInput): User => ({
  userId: userId(id),
  attributes: attributes ?? {},
  ...(consent && { consent }),
});

export const completeEdge = ({ userId: id, type, to }: EdgeBody): Edge => ({
  userId: userId(id),
  type,
  to,
});
