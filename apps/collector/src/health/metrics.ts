import { DROP_REASONS } from "@org/mcp-analytics-schema";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { createOutcomes, EVENT_OUTCOMES, type Outcomes, REQUEST_OUTCOMES } from "../ingest/outcome.ts";

const PREFIX = "collector_";

/** Numbers about the collector for Prometheus. Labels come from closed sets only, never from a request. */
export interface Metrics {
  readonly registry: Registry;
  readonly outcomes: Outcomes;
  /** Time that one ingest request took, refused or not. */
  observeSeconds(seconds: number): void;
  /** The shared store of limits is out (true) or back (false). */
  limiterFellBack(out: boolean): void;
  /** Shows how many deliveries wait for their commit. */
  watchQueue(depth: () => number): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const outcomes = createOutcomes();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });

  new Counter({
    name: `${PREFIX}ingest_requests_total`,
    help: "Requests to the ingest routes by what became of them",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const outcome of REQUEST_OUTCOMES) this.inc({ outcome }, outcomes.requests[outcome]);
    },
  });
  new Counter({
    name: `${PREFIX}ingest_events_total`,
    help: "Events in understood requests by what became of them",
    labelNames: ["outcome"],
    registers,
    collect() {
      this.reset();
      for (const outcome of EVENT_OUTCOMES) this.inc({ outcome }, outcomes.events[outcome]);
    },
  });
  new Counter({
    name: `${PREFIX}client_dropped_events_total`,
    help: "Events that clients gave up before they sent them, as their stored batches report",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const reason of DROP_REASONS) this.inc({ reason }, outcomes.dropped[reason]);
    },
  });
  const duration = new Histogram({
    name: `${PREFIX}ingest_request_seconds`,
    help: "Time from the headers of an ingest request to its answer",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const fallbackActive = new Gauge({
    name: `${PREFIX}limiter_fallback_active`,
    help: "1 while limits are counted in this process because the shared store is out",
    registers,
  });
  const fallbacks = new Counter({
    name: `${PREFIX}limiter_fallbacks_total`,
    help: "How often the shared store of limits went out",
    registers,
  });

  return {
    registry,
    outcomes,
    observeSeconds: (seconds) => duration.observe(seconds),
    limiterFellBack(out) {
      fallbackActive.set(out ? 1 : 0);
      if (out) fallbacks.inc();
    },
    watchQueue(depth) {
      new Gauge({
        name: `${PREFIX}writer_waiting_deliveries`,
        help: "Deliveries that wait for their commit",
        registers,
        collect() {
          this.set(depth());
        },
      });
    },
  };
}
