import { parseSync } from "vite";
import type { SourceModule } from "./source-modules.ts";

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

/** Text of a string, a template without its expressions, or JSX; paths of imports are none. */
function literalsOf(node: Node): string[] {
  if (node.type === "ImportDeclaration") return [];
  if (node.type === "Literal") return typeof node.value === "string" ? [node.value] : [];
  if (node.type === "JSXText") return [String(node.value)];
  if (node.type === "TemplateElement") return [(node.value as { cooked: string }).cooked];
  return Object.values(node).flatMap((child) => (isNode(child) ? literalsOf(child) : []));
}

/** A comment as it is read: without the stars and code of examples. */
const readableComment = (comment: string): string =>
  comment
    .replace(/^\s*\*+ ?/gm, "")
    .replace(/^@example[\s\S]*?(?=^@|$(?![\s\S]))/gm, "")
    .replace(/\s@\w+ /g, "\n\n")
    .trim();

const isSql = /\b(CREATE|SELECT|INSERT|UPDATE|DELETE|ALTER) [\w*]/;

/** Comments and string literals of a module, each as a paragraph. A single word is a key and SQL is code. */
export function proseOf({ path, text }: Pick<SourceModule, "path" | "text">): string {
  const { comments, program } = parseSync(path, text);
  return [
    ...comments.map(({ value }) => readableComment(value)),
    ...literalsOf(program as unknown as Node).filter(
      (literal) => /\S\s+\S/.test(literal) && !isSql.test(literal),
    ),
  ].join("\n\n");
}
