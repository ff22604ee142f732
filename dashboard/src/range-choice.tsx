import type { ReactNode } from "react";

export const ranges = [
  { text: "1 hour", seconds: 3600 },
  { text: "24 hours", seconds: 86_400 },
  { text: "7 days", seconds: 604_800 },
  { text: "90 days", seconds: 7_776_000 },
] as const;

export function RangeChoice(props: {
  readonly seconds: number;
  readonly onChoose: (seconds: number) => void;
}): ReactNode {
  return (
    <fieldset className="ranges">
      <legend className="visually-hidden">Span of time</legend>
      {ranges.map(({ text, seconds }) => (
        <label key={seconds}>
          <input
            type="radio"
            name="range"
            className="visually-hidden"
            checked={seconds === props.seconds}
            onChange={() => props.onChoose(seconds)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
