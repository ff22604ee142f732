/** Branded strings, so that a user can't be passed where an item is meant. */
export type UserId = string & { readonly brand: "UserId" };
export type ItemId = string & { readonly brand: "ItemId" };
export type DecisionId = string & { readonly brand: "DecisionId" };

export const userId = (text: string): UserId => text as UserId;
export const itemId = (text: string): ItemId => text as ItemId;
export const decisionId = (text: string): DecisionId => text as DecisionId;
