import type { SourceModule } from "./source-modules.ts";
import { childrenOf, identifier, nodesOf, type SyntaxNode } from "./syntax.ts";

/** How much of a value is the parameter: all of it, parts by key (`*`: all others), or nothing. */
type Share = true | { readonly [key: string]: Share } | undefined;
type Names = Map<string, Share>;

const partOf = (share: Share, key: string): Share =>
  share === true ? true : (share?.[key] ?? share?.["*"]);

function join(one: Share, other: Share): Share {
  if (one === undefined || other === undefined) return one ?? other;
  return one === true || other === true ? true : { ...one, ...other };
}

const keyOf = (property: SyntaxNode) => identifier(property.key) ?? "";

/** An object made of the parameter holds it under the object's keys. */
const shareOfProperty = (property: SyntaxNode, names: Names): Share => {
  if (property.type !== "SpreadElement") {
    const share = shareOf(property.value, names);
    return share && { [keyOf(property)]: share };
  }
  const share = shareOf(property.argument, names);
  return share === true ? { "*": true } : share;
};

/** The part of an expression that is the parameter; the result of a call is not. */
function shareOf(value: unknown, names: Names): Share {
  const [node] = nodesOf(value);
  switch (node?.type) {
    case "Identifier":
      return names.get(identifier(node) ?? "");
    case "MemberExpression":
      return partOf(shareOf(node.object, names), identifier(node.property) ?? "");
    case "ObjectExpression":
      return nodesOf(node.properties)
        .map((property) => shareOfProperty(property, names))
        .reduce(join, undefined);
    case "ConditionalExpression":
      return join(shareOf(node.consequent, names), shareOf(node.alternate, names));
    case "LogicalExpression":
      return join(shareOf(node.left, names), shareOf(node.right, names));
    case "TSAsExpression":
    case "TSNonNullExpression":
      return shareOf(node.expression, names);
    default:
      return undefined;
  }
}

function bind(pattern: unknown, share: Share, names: Names): void {
  const [node] = nodesOf(pattern);
  if (node === undefined || share === undefined) return;
  if (node.type === "Identifier") names.set(identifier(node) ?? "", share);
  if (node.type === "AssignmentPattern") bind(node.left, share, names);
  if (node.type !== "ObjectPattern") return;
  for (const property of nodesOf(node.properties)) {
    if (property.type === "RestElement") bind(property.argument, share, names);
    else bind(property.value, partOf(share, keyOf(property)), names);
  }
}

/** Functions of a module by name: declarations, and constants that are functions. */
function functionsOf({ program }: SourceModule): ReadonlyMap<string, SyntaxNode> {
  const declared = nodesOf(program.body).flatMap((statement) => {
    const [declaration = statement] = nodesOf(statement.declaration);
    if (declaration.type === "FunctionDeclaration")
      return [[identifier(declaration.id), declaration]];
    return nodesOf(declaration.declarations).flatMap(({ id, init }) =>
      nodesOf(init)
        .filter(({ type }) => type === "ArrowFunctionExpression")
        .map((node) => [identifier(id), node]),
    );
  });
  return new Map(declared as [string, SyntaxNode][]);
}

/**
 * Follows the first parameter of a function through the calls that hand it, or a part of it, on: by its name, by names that
 * are taken out of it, in objects made of them. Calls are taken in the order of the code; a call of a module that is not
 * given, and one whose callee is chosen at run time, is not followed.
 *
 * @param modules all that may be entered
 * @returns the path of each module that is entered, in order, once for each stay
 */
export function followParameter(
  modules: readonly SourceModule[],
  start: { readonly path: string; readonly name: string },
): readonly string[] {
  const houses = new Map(
    modules.map((module) => [module.path, { module, functions: functionsOf(module) }]),
  );
  const seen = new Set<string>();
  const route: string[] = [];
  const resolve = (path: string, name: string) => {
    const house = houses.get(path);
    if (house?.functions.has(name)) return { path, name };
    const imported = house?.module.imports.find(({ names }) => names.has(name));
    return imported && { path: imported.path, name: imported.names.get(name) ?? name };
  };
  const enter = (path: string, name: string, shares: readonly Share[]): void => {
    const entered = houses.get(path)?.functions.get(name);
    if (entered === undefined) return;
    if (route.at(-1) !== path) route.push(path);
    const visit = `${path} ${name} ${JSON.stringify(shares)}`;
    if (seen.has(visit)) return;
    seen.add(visit);
    const names: Names = new Map();
    for (const [index, parameter] of nodesOf(entered.params).entries())
      bind(parameter, shares[index], names);
    const read = (node: SyntaxNode): void => {
      for (const child of childrenOf(node)) read(child);
      if (node.type === "VariableDeclarator") bind(node.id, shareOf(node.init, names), names);
      if (node.type !== "CallExpression") return;
      const passed = nodesOf(node.arguments).map((argument) => shareOf(argument, names));
      const callee = resolve(path, identifier(node.callee) ?? "");
      if (callee && passed.some((share) => share !== undefined))
        enter(callee.path, callee.name, passed);
    };
    read(entered);
  };
  enter(start.path, start.name, [true]);
  return route;
}
