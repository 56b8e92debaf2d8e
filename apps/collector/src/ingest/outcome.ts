import {
  DROP_REASONS,
  type DropReason,
  PROBLEMS,
  type ProblemCode,
  REJECT_REASONS,
  type RejectReason,
} from "@org/mcp-analytics-schema";

/** What can become of one event whose request was understood. Each event has exactly one of these. */
export type EventOutcome = "accepted" | "duplicate" | RejectReason | EventFailure;
/** Valid events that were not stored, for a reason that lies in the whole request. */
type EventFailure = "replayed" | "rate_limited" | "storage_unavailable" | "overloaded" | "internal";

/** What can become of one request to an ingest route. Each request has exactly one of these. */
export type RequestOutcome = "stored" | "duplicate" | "aborted" | ProblemCode;

const EVENT_FAILURES: readonly EventFailure[] = [
  "replayed",
  "rate_limited",
  "storage_unavailable",
  "overloaded",
  "internal",
];
export const EVENT_OUTCOMES: readonly EventOutcome[] = ["accepted", "duplicate", ...REJECT_REASONS, ...EVENT_FAILURES];
export const REQUEST_OUTCOMES: readonly RequestOutcome[] = [
  "stored",
  "duplicate",
  "aborted",
  ...(Object.keys(PROBLEMS) as ProblemCode[]),
];

/** Counts since the start of the process. Plain numbers: they are read when metrics are asked for, not on the way of a request. */
export interface Outcomes {
  readonly requests: Record<RequestOutcome, number>;
  readonly events: Record<EventOutcome, number>;
  /** Events that clients gave up themselves, as stored batches report: beside the outcomes, since they never came. */
  readonly dropped: Record<DropReason, number>;
}

export function createOutcomes(): Outcomes {
  return { requests: zeros(REQUEST_OUTCOMES), events: zeros(EVENT_OUTCOMES), dropped: zeros(DROP_REASONS) };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

/** The outcome of valid events when their request was answered with a problem. */
export function failureOf(code: ProblemCode): EventFailure {
  switch (code) {
    case "signature-replayed":
      return "replayed";
    case "rate-limited":
      return "rate_limited";
    case "storage-unavailable":
      return "storage_unavailable";
    case "overloaded":
      return "overloaded";
    default:
      return "internal";
  }
}
