/** Branded strings, so that a user can't be passed in place of an item. */
export type UserId = string & { readonly brand: "UserId" };
export type ItemId = string & { readonly brand: "ItemId" };
export type DecisionId = string & { readonly brand: "DecisionId" };

export const userId = (text: string): UserId => text as UserId;
export const itemId = (text: string): ItemId => text as ItemId;
export const decisionId = (text: string): DecisionId => text as DecisionId;

/** UTF-16 units of an id, an event type or a category. */
export const maxNameLength = 256;

// Control characters break logs. Lone surrogates don't survive UTF-8. "." and ".." vanish from URLs.
const unfit = /[\p{Cc}\p{Cs}]|^\.{1,2}$/u;
export const isPlain = (text: string): boolean => !unfit.test(text);

/** Whether the text can be an id, an event type or a category. */
export const isName = (text: string): boolean =>
  text.length > 0 && text.length <= maxNameLength && isPlain(text);
