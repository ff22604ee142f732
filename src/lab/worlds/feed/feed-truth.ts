import type { Item, User } from "../../../domain/catalogue.ts";
import type { Edge } from "../../../domain/edge.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { dot } from "../../../numeric/dot.ts";
import { logistic } from "../../../numeric/logistic.ts";
import { createRandom, type RandomStream } from "../../../numeric/random.ts";

const [topics, communities] = [8, 20];
const [friendsPerUser, followsPerUser] = [8, 4];

// A shown post is liked with σ of the sum: together they put a random feed near 0.1 likes an examined post.
const intercept = -3.4;
const [tasteSlope, qualityDeviation, appealDeviation, followBonus] = [2.6, 0.6, 1.4, 0.8];
/** Logits an hour of age. */
const ageing = 0.02;

/** A user or an author: a vector of length 1 near the axis of a topic. */
interface Person {
  readonly topic: number;
  readonly taste: Float64Array;
}

interface Reader extends Person {
  readonly userId: User["userId"];
  /** Friends are of the same community, which likes the same posts for reasons of its own. */
  readonly community: number;
  /** Numbers of authors. */
  readonly follows: readonly number[];
}

/** A post, its author, and the truth about it. */
interface Post {
  readonly item: Item;
  readonly author: number;
  readonly quality: number;
  /** By community, in logits. */
  readonly appeals: Float64Array;
}

export interface FeedTruth {
  readonly readers: readonly Reader[];
  readonly edges: readonly Edge[];
  /** The n-th post, the same for every policy. */
  post(number: number): Post;
  /** Probability that a reader who looks at a post likes it. @param ageHours since it was made */
  likes(reader: Reader, post: Post, ageHours: number): number;
  /** Product of the reader's taste and the author's, in [−1, 1]. */
  taste(reader: Reader, post: Post): number;
}

function drawPerson(random: RandomStream): Person {
  const topic = random.integer(topics);
  const taste = Float64Array.from(
    { length: topics },
    (_, axis) => (axis === topic ? 1 : 0) + 0.25 * random.normal(),
  );
  const length = Math.hypot(...taste);
  return { topic, taste: taste.map((coordinate) => coordinate / length) };
}

/** Of three times as many authors those that the reader likes best. */
function drawFollows({ taste }: Person, authors: readonly Person[], random: RandomStream) {
  const met = Array.from({ length: 3 * followsPerUser }, () => random.integer(authors.length));
  const affinity = (author: number) => dot(taste, authors[author]!.taste);
  return [...new Set(met)].sort((a, b) => affinity(b) - affinity(a)).slice(0, followsPerUser);
}

const authorName = (author: number) => `author-${author + 1}`;

function drawEdges(readers: readonly Reader[], random: RandomStream): readonly Edge[] {
  return readers.flatMap((reader): Edge[] => {
    const others = readers.filter(
      (other) => other.community === reader.community && other !== reader,
    );
    // A friendship that others ask for counts for both: half as many are asked for.
    const friends = Array.from({ length: friendsPerUser / 2 }, () =>
      others.length === 0 ? undefined : others[random.integer(others.length)]!.userId,
    ).filter((friend) => friend !== undefined);
    return [
      ...[...new Set(friends)].map((to): Edge => ({ userId: reader.userId, type: "friend", to })),
      ...reader.follows.map(
        (author): Edge => ({ userId: reader.userId, type: "follow", to: authorName(author) }),
      ),
    ];
  });
}

function createPosts(authors: readonly Person[], random: RandomStream) {
  const made = new Map<number, Post>();
  const draw = (number: number): Post => {
    const own = random.split(`post/${number}`);
    const author = own.integer(authors.length);
    return {
      item: {
        itemId: itemId(`post-${number + 1}`),
        categories: [`topic-${authors[author]!.topic + 1}`],
        attributes: { author: authorName(author) },
        available: true,
      },
      author,
      quality: qualityDeviation * own.normal(),
      appeals: Float64Array.from({ length: communities }, () => appealDeviation * own.normal()),
    };
  };
  return (number: number): Post => {
    const post = made.get(number) ?? draw(number);
    made.set(number, post);
    return post;
  };
}

export function createFeedTruth(options: {
  readonly seed: number;
  readonly users: number;
  readonly authors: number;
}): FeedTruth {
  const random = createRandom(options.seed).split("feed-world");
  const draw = (count: number, stream: RandomStream) =>
    Array.from({ length: count }, () => drawPerson(stream));
  const authors = draw(options.authors, random.split("authors"));
  const circles = random.split("circles");
  const readers = draw(options.users, random.split("users")).map(
    (person, index): Reader => ({
      ...person,
      userId: userId(`user-${index + 1}`),
      community: circles.integer(communities),
      follows: drawFollows(person, authors, circles),
    }),
  );
  const taste = (reader: Reader, { author }: Post) => dot(reader.taste, authors[author]!.taste);
  return {
    readers,
    edges: drawEdges(readers, random.split("edges")),
    post: createPosts(authors, random.split("posts")),
    taste,
    likes: (reader, post, ageHours) =>
      logistic(
        intercept +
          tasteSlope * taste(reader, post) +
          post.quality +
          post.appeals[reader.community]! +
          (reader.follows.includes(post.author) ? followBonus : 0) -
          ageing * ageHours,
      ),
  };
}
