import type { ReactNode } from "react";

const width = 96;
const height = 14;

/**
 * An interval as a line about zero, with its estimate as a dot. Decoration: the digits are beside
 * it.
 */
export function IntervalMark(props: {
  readonly value: number;
  readonly interval: readonly [number, number] | undefined;
  /** The value at half the width; larger values are cut off. */
  readonly reach: number;
}): ReactNode {
  const { value, interval, reach } = props;
  const x = (share: number) =>
    width / 2 + (Math.max(-reach, Math.min(reach, share)) / reach) * (width / 2 - 4);
  const [low, high] = interval ?? [value, value];
  const tone = low > 0 ? "gain" : high < 0 ? "loss" : "unclear";
  return (
    <svg className={`interval-mark ${tone}`} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <line className="zero" x1={width / 2} x2={width / 2} y1={0} y2={height} />
      <line className="span" x1={x(low)} x2={x(high)} y1={height / 2} y2={height / 2} />
      <circle cx={x(value)} cy={height / 2} r={3} />
    </svg>
  );
}
