/** Tables without lines or colours, one row a line. */
export const plain: { readonly head: string[]; readonly border: string[]; readonly compact: true } =
  { head: [], border: [], compact: true };
