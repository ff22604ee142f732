import type { ReactNode } from "react";
import { formatAgo, formatMoment } from "./format.ts";

/** A time, relative first; its date and clock beside it or, if space is short, on hover. */
export function Moment(props: {
  readonly iso: string;
  readonly now: number;
  readonly withDate?: boolean;
}): ReactNode {
  const absolute = formatMoment(props.iso);
  return (
    <time dateTime={props.iso} title={absolute}>
      {formatAgo(props.iso, props.now)}
      {props.withDate ? <span className="date">{absolute}</span> : null}
    </time>
  );
}
