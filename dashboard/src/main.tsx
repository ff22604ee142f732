import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "../../src/sdk/client.ts";
import { Dashboard } from "./dashboard.tsx";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/operating.css";
import "./styles/page.css";
import "./styles/header.css";
import "./styles/controls.css";
import "./styles/summary.css";
import "./styles/chart.css";
import "./styles/loop.css";
import "./styles/tables.css";
import "./styles/evidence.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");

/** The API is beside the page, at any address. */
const baseUrl = location.pathname.replace(/\/[^/]*$/, "");

createRoot(root).render(
  <StrictMode>
    <Dashboard client={createClient({ baseUrl, timeoutMs: 5000 })} />
  </StrictMode>,
);
