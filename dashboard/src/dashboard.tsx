import { type ReactNode, useEffect, useState } from "react";
import type { RecurveClient } from "../../src/sdk/client.ts";
import { carryOut } from "./carry-out.ts";
import { ChartSection } from "./chart-section.tsx";
import { CyclesSection } from "./cycles-section.tsx";
import { DecisionsSection } from "./decisions-section.tsx";
import { Header } from "./header.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { KeyForm } from "./key-form.tsx";
import { Lead } from "./lead.tsx";
import type { LoopData } from "./load-loop.ts";
import { LoopPicture } from "./loop-picture.tsx";
import { Notices } from "./notices.tsx";
import { askOf, type Question } from "./operating.ts";
import { pageTitle } from "./page-title.ts";
import { PoliciesSection } from "./policies-section.tsx";
import { PromotionsSection } from "./promotions-section.tsx";
import { QuestionDialog } from "./question-dialog.tsx";
import { ranges } from "./range-choice.tsx";
import { useLoop } from "./use-loop.ts";

export function Dashboard(props: {
  readonly client: RecurveClient;
  /** Rejects if the server refuses the key. */
  readonly onKey: (key: string) => Promise<void>;
  /** Absent without a key. */
  readonly onForget: (() => void) | undefined;
}): ReactNode {
  const { client } = props;
  const [scenario, setScenario] = useState<string>();
  const [rangeSeconds, setRangeSeconds] = useState<number>(ranges[1].seconds);
  const { data, trouble, now, refresh } = useLoop(client, { scenario, rangeSeconds });
  const isLocked = trouble?.kind === "locked";
  const title = pageTitle({
    serving: data?.policies.serving,
    isDegraded: data?.health.status === "degraded",
    trouble: isLocked ? undefined : trouble?.kind,
  });
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <Header
        data={data}
        trouble={trouble?.kind}
        onScenario={setScenario}
        onForget={props.onForget}
      />
      {isLocked ? (
        <main>
          <KeyForm onKey={props.onKey} />
        </main>
      ) : (
        <>
          <Notices data={data} trouble={trouble} />
          {data ? (
            <main>
              <Summary
                data={data}
                now={now}
                onRange={setRangeSeconds}
                rangeSeconds={rangeSeconds}
              />
              <Steering client={client} data={data} now={now} onDone={refresh} />
              <DecisionsSection
                client={client}
                scenario={data.scenario.name}
                now={now}
                key={`decisions ${data.scenario.name}`}
              />
            </main>
          ) : (
            <main className="waiting">{trouble ? null : <p>Looking at the loop…</p>}</main>
          )}
        </>
      )}
    </>
  );
}

/** Promotions, cycles and policies, and the question before an intervention in them. */
function Steering(props: {
  readonly client: RecurveClient;
  readonly data: LoopData;
  readonly now: number;
  readonly onDone: () => void;
}): ReactNode {
  const { client, data, now } = props;
  const [question, setQuestion] = useState<Question>();
  return (
    <>
      <PromotionsSection
        policies={data.policies}
        interventions={data.interventions}
        record={data.cycles[0]?.record}
        now={now}
        onAsk={(kind) => setQuestion(askOf(kind, data.policies))}
        key={`promotions ${data.scenario.name}`}
      />
      <CyclesSection cycles={data.cycles} now={now} key={`cycles ${data.scenario.name}`} />
      <PoliciesSection
        policies={data.policies}
        now={now}
        onRollBack={() => setQuestion(askOf("roll-back", data.policies))}
        key={`policies ${data.scenario.name}`}
      />
      {question ? (
        <QuestionDialog
          question={question}
          onConfirm={async (version, note) => {
            await carryOut(client, question, { version, note });
            props.onDone();
          }}
          onClose={() => setQuestion(undefined)}
        />
      ) : null}
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
  const { comparison } = data.series;
  return (
    <>
      <Lead data={data} now={now} />
      <KeyFigures data={data} now={now} />
      <div className="alive">
        <ChartSection
          series={data.series}
          cycles={data.cycles}
          interventions={data.interventions}
          recentFrom={comparison && Date.parse(comparison.from)}
          rangeSeconds={props.rangeSeconds}
          onRange={props.onRange}
        />
        <LoopPicture data={data} />
      </div>
    </>
  );
}
