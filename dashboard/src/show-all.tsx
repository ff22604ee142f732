import type { ReactNode } from "react";

/** A table starts short; this shows the other loaded rows. */
export function ShowAll(props: {
  readonly total: number;
  readonly shownAtFirst: number;
  readonly isShown: boolean;
  readonly onShow: () => void;
}): ReactNode {
  if (props.isShown || props.total <= props.shownAtFirst) return null;
  return (
    <button type="button" className="quiet" onClick={props.onShow}>
      Show {props.total - props.shownAtFirst} older
    </button>
  );
}
