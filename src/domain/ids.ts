/** A user's id, made by `userId`. Its brand keeps it out of the place of an item's id. */
export type UserId = string & { readonly brand: "UserId" };

/** An item's id, made by `itemId`. */
export type ItemId = string & { readonly brand: "ItemId" };

/** A decision's id, made by `decisionId`. */
export type DecisionId = string & { readonly brand: "DecisionId" };

/** A campaign's id, made by `campaignId`. */
export type CampaignId = string & { readonly brand: "CampaignId" };

/** Brands a text as a user's id. It checks nothing: calls refuse an unfit id. */
export const userId = (text: string): UserId => text as UserId;

/** Brands a text as an item's id. It checks nothing: calls refuse an unfit id. */
export const itemId = (text: string): ItemId => text as ItemId;

/** Brands a text as a decision's id. It checks nothing: calls refuse an unfit id. */
export const decisionId = (text: string): DecisionId => text as DecisionId;

/** Brands a text as a campaign's id. It checks nothing: calls refuse an unfit id. */
export const campaignId = (text: string): CampaignId => text as CampaignId;

/** UTF-16 units of an id, an event type or a category. */
export const maxNameLength = 256;

// Control characters break logs. Lone surrogates don't survive UTF-8. "." and ".." vanish from URLs.
const unfit = /[\p{Cc}\p{Cs}]|^\.{1,2}$/u;
export const isPlain = (text: string): boolean => !unfit.test(text);

/** Whether the text can be an id, an event type or a category. */
export const isName = (text: string): boolean =>
  text.length > 0 && text.length <= maxNameLength && isPlain(text);
