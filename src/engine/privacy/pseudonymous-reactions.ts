import { userId } from "../../domain/ids.ts";
import type { ReactionKey } from "../../domain/reaction.ts";
import type { Reactions } from "../reactions/create-reactions.ts";
import type { CallIds, Translator } from "./as-sent.ts";
import { authorsIn, renameAuthors } from "./authors.ts";

type Filter = Partial<ReactionKey>;

const withUser = ({ userId: sent, ...filter }: Filter, { of }: CallIds): Filter =>
  sent === undefined ? filter : { ...filter, userId: of(sent) };

/**
 * Reactions for callers who send other ids of users than the record has.
 * @param authors paths of the attributes that name an item's authors
 */
export function pseudonymousReactions(
  reactions: Reactions,
  { write, read }: Translator,
  authors: readonly (readonly string[])[],
): Reactions {
  const sentIn = ({ userId: sent }: Filter) => (sent === undefined ? [] : [sent]);
  return {
    ...reactions,
    patchItem: (id, patch) =>
      write(authorsIn(patch.attributes, authors), ({ of }) =>
        reactions.patchItem(id, {
          ...patch,
          attributes: renameAuthors(patch.attributes, authors, of),
        }),
      ),
    patchUser: (user, patch) => read([user], ({ of }) => reactions.patchUser(of(user), patch)),
    recommend: (page) =>
      write([page.userId], ({ of }) => reactions.recommend({ ...page, userId: of(page.userId) })),
    record: (inputs, options) =>
      write(
        inputs.map((input) => input.userId),
        ({ of }) =>
          reactions.record(
            inputs.map((input) => ({ ...input, userId: of(input.userId) })),
            options,
          ),
      ),
    list: (filter, page) =>
      read(sentIn(filter), async (ids) => {
        const found = await reactions.list(withUser(filter, ids), page);
        return found.map((one) => ({ ...one, userId: userId(ids.back(one.userId)) }));
      }),
    delete: (filter) => read(sentIn(filter), (ids) => reactions.delete(withUser(filter, ids))),
    similarUsers: (user) => read([user], ({ of }) => reactions.similarUsers(of(user))),
  };
}
