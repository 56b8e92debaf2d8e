import { rounded } from "../figures/spread.ts";
import { table } from "../figures/table.ts";

/** What having analytics costs a server. */
export interface ClientFigures {
  /** Microseconds that a call takes longer, median, calls back to back. */
  readonly addedMedianUs: number;
  /** Microseconds of CPU per call, sending included. */
  readonly addedCpuUs: number;
  /** `addedMedianUs` per that of a fetch that is waited for. */
  readonly vsAwaitedFetch: number;
  /** `addedMedianUs` per that of posthog-node. */
  readonly vsPosthog: number;
  /** Megabytes of live heap over a bare server after a million calls with the sink down. */
  readonly heapMb: number;
  /** Requests for a thousand calls in a burst. */
  readonly requestsPer1000: number;
  /** Bytes of the bundle, minified and gzipped. */
  readonly gzipBytes: number;
  /** Milliseconds to import it beside the SDK of MCP. */
  readonly importMs: number;
  readonly dependencies: number;
}

/** Most that each figure may be, and what is aimed for. */
export const BUDGETS: Readonly<Record<keyof ClientFigures, { readonly must: number; readonly aim: number }>> = {
  addedMedianUs: { must: 3, aim: 1.5 },
  addedCpuUs: { must: 15, aim: 8 },
  vsAwaitedFetch: { must: 1 / 100, aim: 1 / 200 },
  vsPosthog: { must: 1 / 4, aim: 1 / 6 },
  heapMb: { must: 2, aim: 1 },
  requestsPer1000: { must: 12, aim: 10 },
  gzipBytes: { must: 6_000, aim: 6_000 },
  importMs: { must: 5, aim: 5 },
  dependencies: { must: 0, aim: 0 },
};

export interface ClientResult extends ClientFigures {
  /** Every figure keeps its budget. */
  readonly passed: boolean;
  readonly missed: readonly string[];
}

/** Judges what was measured, before it is rounded. */
export function clientResult(figures: ClientFigures): ClientResult {
  const names = Object.keys(BUDGETS) as (keyof ClientFigures)[];
  // Not a number is a miss too.
  const missed = names.filter((name) => !(figures[name] <= BUDGETS[name].must));
  const shown = Object.fromEntries(
    names.map((name) => [name, Number.isInteger(figures[name]) ? figures[name] : rounded(figures[name])]),
  ) as Record<keyof ClientFigures, number>;
  return { ...shown, passed: missed.length === 0, missed };
}

export function clientText(result: ClientResult): string {
  const rows = Object.entries(BUDGETS).map(([name, { must, aim }]) => [
    name,
    result[name as keyof ClientFigures],
    rounded(must),
    rounded(aim),
    result.missed.includes(name) ? "MISSED" : "met",
  ]);
  return `\n${table([["figure", "value", "must", "aim", ""], ...rows])}\n`;
}
