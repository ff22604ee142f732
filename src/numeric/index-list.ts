import { findIndex } from "./find-index.ts";

/** Ascending indices; an array is one. */
export interface IndexList {
  readonly length: number;
  at(place: number): number | undefined;
}

/** The first place whose index is not below this one. */
export const placeOf = (indices: IndexList, index: number): number =>
  findIndex(indices.length, (place) => indices.at(place)! >= index);

const holds = (indices: IndexList, index: number) => indices.at(placeOf(indices, index)) === index;

/** Indices without some of them, in the time that those few take. @param few ascending */
export function withoutFew(indices: IndexList, few: readonly number[]): IndexList {
  const places = few
    .filter((index) => holds(indices, index))
    .map((index) => placeOf(indices, index));
  if (places.length === 0) return indices;
  const leftBefore = (place: number) =>
    findIndex(places.length, (left) => places[left]! - left > place);
  return {
    length: indices.length - places.length,
    at: (place) => indices.at(place + leftBefore(place)),
  };
}

/** The same as numbers among all indices that are left. */
export function numberedWithout(indices: IndexList, few: readonly number[]): IndexList {
  const left = withoutFew(indices, few);
  if (few.length === 0) return left;
  return {
    length: left.length,
    at: (place) => {
      const index = left.at(place);
      return index === undefined ? undefined : index - placeOf(few, index);
    },
  };
}

/** The same of a whole list, in one pass. */
export function numbersWithout(indices: ArrayLike<number>, few: readonly number[]): number[] {
  const numbers: number[] = [];
  let before = 0;
  for (let place = 0; place < indices.length; place++) {
    const index = indices[place]!;
    while (before < few.length && few[before]! < index) before++;
    if (few[before] !== index) numbers.push(index - before);
  }
  return numbers;
}

/** The indices that have these numbers among all that are left without a few. @param numbers ascending */
export function indicesOfLeft(numbers: ArrayLike<number>, few: readonly number[]): Int32Array {
  const indices = new Int32Array(numbers.length);
  let before = 0;
  for (let place = 0; place < numbers.length; place++) {
    while (before < few.length && few[before]! <= numbers[place]! + before) before++;
    indices[place] = numbers[place]! + before;
  }
  return indices;
}
