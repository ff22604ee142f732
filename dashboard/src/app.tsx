import { type ReactNode, useEffect, useState } from "react";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { ChartSection } from "./chart-section.tsx";
import { compareRecent } from "./comparison.ts";
import { CyclesSection } from "./cycles-section.tsx";
import { Header } from "./header.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { Lead } from "./lead.tsx";
import type { LoopData } from "./load-loop.ts";
import { LoopPicture } from "./loop-picture.tsx";
import { Notices } from "./notices.tsx";
import { pageTitle } from "./page-title.ts";
import { PoliciesSection } from "./policies-section.tsx";
import { ranges } from "./range-choice.tsx";
import { useLoop } from "./use-loop.ts";

export function App({ client }: { readonly client: RecurveClient }): ReactNode {
  const [scenario, setScenario] = useState<string>();
  const [rangeSeconds, setRangeSeconds] = useState<number>(ranges[1].seconds);
  const { data, trouble, now, refresh } = useLoop(client, { scenario, rangeSeconds });
  const title = pageTitle({
    serving: data?.policies.serving,
    isDegraded: data?.health.status === "degraded",
    isAway: trouble !== undefined,
  });
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <Header data={data} isAway={trouble !== undefined} onScenario={setScenario} />
      <Notices data={data} trouble={trouble} />
      {data ? (
        <main>
          <Summary data={data} now={now} onRange={setRangeSeconds} rangeSeconds={rangeSeconds} />
          <CyclesSection cycles={data.cycles} now={now} key={`cycles ${data.scenario.name}`} />
          <PoliciesSection
            policies={data.policies}
            now={now}
            rollBack={() => client.rollBack(data.scenario.name)}
            onRolledBack={refresh}
            key={`policies ${data.scenario.name}`}
          />
        </main>
      ) : (
        <main className="waiting">{trouble ? null : <p>Looking at the loop…</p>}</main>
      )}
    </>
  );
}

function Summary(props: {
  readonly data: LoopData;
  readonly now: number;
  readonly rangeSeconds: number;
  readonly onRange: (seconds: number) => void;
}): ReactNode {
  const { data, now } = props;
  const recent = compareRecent(data.series.points, data.series.bucketSeconds);
  return (
    <>
      <Lead data={data} recent={recent} />
      <KeyFigures data={data} recent={recent} now={now} />
      <div className="alive">
        <ChartSection
          series={data.series}
          cycles={data.cycles}
          recentFrom={recent?.from}
          rangeSeconds={props.rangeSeconds}
          onRange={props.onRange}
        />
        <LoopPicture data={data} />
      </div>
    </>
  );
}
