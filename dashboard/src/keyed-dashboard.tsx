import { type ReactNode, useMemo, useState } from "react";
import { Dashboard } from "./dashboard.tsx";
import { keepKey, openClient, readKey } from "./session.ts";

/** The dashboard with the tab's API key, if it has one. */
export function KeyedDashboard(): ReactNode {
  const [apiKey, setApiKey] = useState(readKey);
  const client = useMemo(() => openClient(apiKey), [apiKey]);
  const change = (key: string | undefined) => {
    keepKey(key);
    setApiKey(key);
  };
  const tryKey = async (key: string) => {
    await openClient(key).listScenarios();
    change(key);
  };
  return (
    <Dashboard
      client={client}
      onKey={tryKey}
      onForget={apiKey === undefined ? undefined : () => change(undefined)}
      key={apiKey ?? ""}
    />
  );
}
