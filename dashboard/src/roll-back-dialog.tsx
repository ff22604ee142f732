import { type ReactNode, useEffect, useRef, useState } from "react";

interface Props {
  readonly from: number;
  readonly to: number;
  readonly scenario: string;
  readonly rollBack: () => Promise<unknown>;
  readonly onRolledBack: () => void;
  readonly onClose: () => void;
}

/** Asks before another policy answers. Stays open with the server's words where that failed. */
export function RollBackDialog(props: Props): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setIsBusy(true);
    try {
      await props.rollBack();
      props.onRolledBack();
      dialog.current?.close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setIsBusy(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby="roll-back-heading" onClose={props.onClose}>
      <h2 id="roll-back-heading">Roll back to policy {props.to}?</h2>
      <p>
        Policy {props.to} answers in scenario {props.scenario} from the next request on. Policy{" "}
        {props.from} is kept, marked as rolled back. Feedback and cycles go on.
      </p>
      <p role="alert" className="loss">
        {problem}
      </p>
      <div className="dialog-buttons">
        <button type="button" className="plain" onClick={() => dialog.current?.close()}>
          Keep policy {props.from}
        </button>
        <button type="button" className="danger" disabled={isBusy} onClick={() => void confirm()}>
          {isBusy ? "Rolling back…" : "Roll back"}
        </button>
      </div>
    </dialog>
  );
}
