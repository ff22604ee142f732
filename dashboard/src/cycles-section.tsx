import { type ReactNode, useState } from "react";
import type { CycleBody } from "../../src/contract/cycles.ts";
import { gateLift } from "./cycle-record.ts";
import { CycleRows } from "./cycle-rows.tsx";
import { ShowAll } from "./show-all.tsx";

const shownAtFirst = 10;

/** Half the width of the interval marks in shares: they share one scale, so that rows can be compared. */
function markReach(cycles: readonly CycleBody[]): number {
  const ends = cycles.flatMap(({ record }) => {
    const lift = gateLift(record);
    return lift?.unit === "share" ? [lift.value, ...(lift.interval ?? [])] : [];
  });
  return Math.max(0.01, ...ends.map(Math.abs));
}

function CyclesTable(props: {
  readonly cycles: readonly CycleBody[];
  readonly now: number;
}): ReactNode {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = (cycle: number) => {
    const next = new Set(opened);
    if (!next.delete(cycle)) next.add(cycle);
    setOpened(next);
  };
  const reach = markReach(props.cycles);
  return (
    <table className="cycles">
      <thead>
        <tr>
          <th scope="col">Cycle</th>
          <th scope="col" className="wide">
            Time
          </th>
          <th scope="col">Verdict</th>
          <th scope="col" className="number wide">
            <abbr title="policy difference: mean of log π_θ − log π_φ, in nats">Δ</abbr> mean
          </th>
          <th scope="col" className="lift middle">
            Estimated lift
          </th>
          <th scope="col" className="number wide">
            Rows judged
          </th>
          <th scope="col" className="number wide">
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {props.cycles.map((cycle) => (
          <CycleRows
            key={cycle.cycle}
            cycle={cycle}
            now={props.now}
            reach={reach}
            isOpen={opened.has(cycle.cycle)}
            onToggle={() => toggle(cycle.cycle)}
          />
        ))}
      </tbody>
    </table>
  );
}

export function CyclesSection(props: {
  readonly cycles: readonly CycleBody[];
  readonly now: number;
}): ReactNode {
  const [showsAll, setShowsAll] = useState(false);
  const { cycles, now } = props;
  return (
    <section aria-labelledby="cycles-heading">
      <div className="section-head">
        <h2 id="cycles-heading">Cycles</h2>
        <span className="small">
          each one trains, judges and decides; open a row for its evidence
        </span>
      </div>
      {cycles.length === 0 ? (
        <p className="empty">
          No cycle yet. The first starts when enough decisions have had their reward window.
        </p>
      ) : (
        <>
          <CyclesTable cycles={showsAll ? cycles : cycles.slice(0, shownAtFirst)} now={now} />
          <ShowAll
            total={cycles.length}
            shownAtFirst={shownAtFirst}
            isShown={showsAll}
            onShow={() => setShowsAll(true)}
          />
        </>
      )}
    </section>
  );
}
