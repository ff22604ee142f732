import { type BatchObservableResult, metrics, type Observable } from "@opentelemetry/api";
import type { MetricObjectWithValues, MetricValue, Registry } from "prom-client";

type Figures = MetricObjectWithValues<MetricValue<string>>;

/** Prometheus' type by its name; histograms have no observable form. */
const isObservable = ({ type }: Figures) => ["counter", "gauge"].includes(String(type));

/** Gives an SDK of OpenTelemetry, if there is one, the counters and gauges of /metrics under their names. */
export async function exportMetrics(
  registry: Registry,
  refresh: () => Promise<void>,
): Promise<void> {
  const meter = metrics.getMeter("recurve");
  const known = (await registry.getMetricsAsJSON()).filter(isObservable);
  const instruments = new Map<string, Observable>(
    known.map(({ name, help: description, type }) => [
      name,
      String(type) === "counter"
        ? meter.createObservableCounter(name, { description })
        : meter.createObservableGauge(name, { description }),
    ]),
  );
  const observe = async (result: BatchObservableResult) => {
    await refresh();
    for (const { name, values } of await registry.getMetricsAsJSON()) {
      const instrument = instruments.get(name);
      if (instrument === undefined) continue;
      for (const { value, labels } of values) result.observe(instrument, value, labels);
    }
  };
  meter.addBatchObservableCallback(observe, [...instruments.values()]);
}
