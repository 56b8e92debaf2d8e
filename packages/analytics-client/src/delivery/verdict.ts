import type { PROBLEMS, RejectReason } from "@org/mcp-analytics-schema/constants";
import type { Answer } from "./transport.ts";

/** What an answer means for the batch. */
export type Verdict =
  /** Committed; events at the given places were refused for a rule, or for their time. */
  | { readonly kind: "stored"; readonly refused: number; readonly mistimed: readonly number[] }
  /** Nothing was stored because of the clock: worth another try with the right time. */
  | { readonly kind: "mistimed" }
  /** Not now: the same bytes again, later. */
  | { readonly kind: "retry" }
  /** Never: the same bytes would be refused again. */
  | { readonly kind: "refused" }
  /** The key does not work (any more). */
  | { readonly kind: "key-refused" };

const TIME_REASONS: readonly string[] = ["stale_timestamp", "future_timestamp"] satisfies RejectReason[];

/** Reads an answer. Only a 201 in the shape of the contract is an acknowledgement: a captive portal says 200 to everything. */
export function judge({ status, body }: Answer): Verdict {
  const json = parse(body);
  if (status === 201) {
    if (json.success !== true || !Number.isSafeInteger(json.accepted) || !Array.isArray(json.rejected)) {
      return { kind: "retry" };
    }
    const mistimed = json.rejected.filter(isMistimed).map((entry) => Number(entry.index));
    return { kind: "stored", refused: json.rejected.length - mistimed.length, mistimed };
  }
  if (json.code === ("signature-expired" satisfies keyof typeof PROBLEMS)) return { kind: "mistimed" };
  if (status === 400 && Array.isArray(json.details) && json.details.length > 0 && json.details.every(isMistimed)) {
    return { kind: "mistimed" };
  }
  if (status === 401 || status === 403) return { kind: "key-refused" };
  // These say that this very request is wrong; everything else may be a proxy, a deployment or a bad day.
  return { kind: [400, 413, 415, 422].includes(status) ? "refused" : "retry" };
}

interface Entry {
  readonly index?: unknown;
  readonly reason?: unknown;
}

function isMistimed(entry: Entry | null): boolean {
  return TIME_REASONS.includes(String(entry?.reason));
}

function parse(body: string): Readonly<Record<string, unknown>> & { rejected?: Entry[]; details?: Entry[] } {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
