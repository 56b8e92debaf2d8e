import {
  DROP_REASONS,
  type DropReason,
  PROBLEMS,
  type ProblemCode,
  REJECT_REASONS,
  type RejectReason,
} from "@org/mcp-analytics-schema";
import type { onSendHookHandler } from "fastify";

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

/** Counts since the start of the process. Plain numbers: metrics read them when they are scraped. */
export interface Outcomes {
  readonly requests: Record<RequestOutcome, number>;
  readonly events: Record<EventOutcome, number>;
  /** Events that clients dropped themselves, as stored batches report. They never arrived, so they have no outcome. */
  readonly dropped: Record<DropReason, number>;
}

export function createOutcomes(): Outcomes {
  return { requests: zeros(REQUEST_OUTCOMES), events: zeros(EVENT_OUTCOMES), dropped: zeros(DROP_REASONS) };
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}

export interface CountOutcomeDeps {
  readonly outcomes: Outcomes;
  /** Called once per counted request. */
  readonly observeSeconds: (seconds: number) => void;
}

/** Counts each request once, when its response is made: stored, refused or aborted. */
export function createCountOutcome({ outcomes, observeSeconds }: CountOutcomeDeps): onSendHookHandler {
  return function countOutcome({ ingest }, _reply, _payload, done) {
    if (ingest?.outcome !== undefined) {
      outcomes.requests[ingest.outcome]++;
      observeSeconds((performance.now() - ingest.startedAtMs) / 1000);
    }
    done();
  };
}

/** The outcome of valid events when their request is refused. */
export function failureOf(code: ProblemCode): EventFailure {
  switch (code) {
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
