/**
 * Training sequences are of codes: the number of an item that is to be foreseen, or −1 − number if
 * it is only read, such as a view in a shop that counts purchases.
 */
export const onlyRead = (item: number): number => -1 - item;

export const itemOf = (code: number): number => (code < 0 ? -1 - code : code);

export const isTarget = (code: number): boolean => code >= 0;
