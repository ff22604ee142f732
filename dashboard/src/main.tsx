import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { KeyedDashboard } from "./keyed-dashboard.tsx";
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

createRoot(root).render(
  <StrictMode>
    <KeyedDashboard />
  </StrictMode>,
);
