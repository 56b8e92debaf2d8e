import { composeAnalytics } from "../../src/analytics.ts";
import type { Analytics, AnalyticsOptions, Environment } from "../../src/types.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { createFakeTransport, type FakeTransport, type SentBatch } from "./fake-transport.ts";
import { ON } from "./keys.ts";

export interface Harness {
  readonly analytics: Analytics;
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly notices: string[];
  /** Flushes, and gives everything sent so far as one list of events. */
  events(): Promise<SentBatch["events"]>;
}

/** A whole client with its own time and an imagined collector. */
export function createHarness(env: Environment = {}, options: AnalyticsOptions = {}, random = 0.5): Harness {
  const clock = createFakeClock();
  const transport = createFakeTransport(clock.now);
  const notices: string[] = [];
  const analytics = composeAnalytics(
    { ...options, env: { ...ON, ...env } },
    { clock, random: () => random, notice: (message) => notices.push(message), openTransport: () => transport },
  );
  return {
    analytics,
    clock,
    transport,
    notices,
    async events() {
      const flushed = analytics.flush();
      await clock.settle();
      await flushed;
      return transport.sent.flatMap(({ json }) => json.events);
    },
  };
}
