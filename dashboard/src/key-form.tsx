import { type FormEvent, type ReactNode, useState } from "react";

/** Asks for an API key. After a failure it stays with the server's message. */
export function KeyForm(props: { readonly onKey: (key: string) => Promise<void> }): ReactNode {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    try {
      await props.onKey(key.trim());
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setIsBusy(false);
    }
  };
  return (
    <form className="key-form" onSubmit={(event) => void send(event)}>
      <h2>This server needs an API key</h2>
      <p className="small">
        A key with the scope <code>read</code> shows the loop, one with <code>admin</code> lets you
        intervene. It is kept in this tab until you close it. Make one on the server:{" "}
        <code>recurve keys create --scope read --name dashboard</code>
      </p>
      <label className="field">
        <span>API key</span>
        <input
          type="password"
          autoComplete="off"
          required
          placeholder="rk_…"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
      </label>
      <p role="alert" className="loss">
        {problem}
      </p>
      <button type="submit" className="plain strong" disabled={isBusy}>
        {isBusy ? "Working…" : "Open"}
      </button>
    </form>
  );
}
