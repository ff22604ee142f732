/** A node of the syntax tree, as the parser gives it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** The nodes below a property of a node: none, one or several. */
export const nodesOf = (value: unknown): readonly SyntaxNode[] =>
  (Array.isArray(value) ? value : [value]).filter(isNode);

export const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  Object.values(node).flatMap(nodesOf);

/** Name of an identifier, or of the identifier below a key. */
export const identifier = (value: unknown): string | undefined =>
  isNode(value) && typeof value.name === "string" ? value.name : undefined;
