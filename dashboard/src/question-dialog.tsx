import { type ReactNode, useEffect, useRef, useState } from "react";
import type { InterventionNote } from "../../src/contract/interventions.ts";
import { toNote } from "./carry-out.ts";
import { kindNames, type Question } from "./operating.ts";

interface Props {
  readonly question: Question;
  readonly onConfirm: (version: number | undefined, note: InterventionNote) => Promise<void>;
  readonly onClose: () => void;
}

function VersionChoice(props: {
  readonly versions: readonly number[];
  readonly version: number | undefined;
  readonly onChoose: (version: number) => void;
}): ReactNode {
  if (props.versions.length < 2) return null;
  return (
    <label className="field">
      <span>Policy</span>
      <select
        value={props.version}
        onChange={(event) => props.onChoose(Number(event.target.value))}
      >
        {props.versions.map((version, index) => (
          <option key={version} value={version}>
            {index === 0 ? `${version} (serving)` : version}
          </option>
        ))}
      </select>
    </label>
  );
}

function TextField(props: {
  readonly label: string;
  readonly text: string;
  readonly maxLength: number;
  readonly onChange: (text: string) => void;
}): ReactNode {
  return (
    <label className="field">
      <span>{props.label}</span>
      <input
        value={props.text}
        maxLength={props.maxLength}
        placeholder="optional, kept in the record"
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

/**
 * Confirms an intervention, and asks for name and reason. After a failure it stays open with the
 * server's message.
 */
export function QuestionDialog({ question, onConfirm, onClose }: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [version, setVersion] = useState(question.versions[0]);
  const [by, setBy] = useState("");
  const [reason, setReason] = useState("");
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setIsBusy(true);
    try {
      await onConfirm(version, toNote(by, reason));
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setIsBusy(false);
    }
  };
  const confirmName = kindNames[question.kind].replace("…", "");

  return (
    <dialog ref={dialog} aria-labelledby="question-heading" onClose={onClose}>
      <h2 id="question-heading">{question.title}</h2>
      <p>{question.text}</p>
      <VersionChoice versions={question.versions} version={version} onChoose={setVersion} />
      <TextField label="Reason" text={reason} maxLength={1000} onChange={setReason} />
      <TextField label="Your name" text={by} maxLength={256} onChange={setBy} />
      <p role="alert" className="loss">
        {problem}
      </p>
      <div className="dialog-buttons">
        <button type="button" className="plain" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          className={question.kind === "roll-back" ? "danger" : "plain strong"}
          disabled={isBusy}
          onClick={() => void confirm()}
        >
          {isBusy ? "Working…" : confirmName}
        </button>
      </div>
    </dialog>
  );
}
