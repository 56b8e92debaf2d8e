import { rounded } from "../figures/spread.ts";
import { table } from "../figures/table.ts";

/** What a call costs more than in a bare server in the same process. */
export interface Pace {
  /** Microseconds that it takes longer, median, calls back to back. */
  readonly addedMedianUs: number;
  /** Microseconds of CPU, sending included, with a turn of the event loop after each call. */
  readonly addedCpuUs: number;
}

/** What having analytics costs a server. */
export interface ClientFigures extends Pace {
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

/** What published alternatives cost, by name. */
export type PeerPaces = Readonly<Record<string, Pace>>;

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

export function clientText(result: ClientResult, peers: PeerPaces = {}): string {
  const rows = Object.entries(BUDGETS).map(([name, { must, aim }]) => [
    name,
    result[name as keyof ClientFigures],
    rounded(must),
    rounded(aim),
    result.missed.includes(name) ? "MISSED" : "met",
  ]);
  const peerRows = Object.entries(peers).map(([name, { addedMedianUs, addedCpuUs }]) => [
    name,
    rounded(addedMedianUs),
    rounded(addedCpuUs),
  ]);
  const figures = table([["figure", "value", "must", "aim", ""], ...rows]);
  return `\n${figures}\n\n${table([["peer", "addedMedianUs", "addedCpuUs"], ...peerRows])}\n`;
}
