import type { QueuedEvent } from "../queue/event-queue.ts";
import type { Answer } from "./transport.ts";

/** What an answer means for a batch that need not be sent again. */
export interface Verdict {
  /** What was good in it is committed. */
  readonly stored: boolean;
  /** Events refused for their time: worth another batch once the clock is known. */
  readonly mistimed: readonly QueuedEvent[];
  /** Events refused for any other reason. */
  readonly refused: number;
  /** The key does not work (any more). */
  readonly keyRefused: boolean;
}

/** These, with a problem code, say that this very request is wrong. All else may be a proxy, a deployment or a bad day. */
const FINAL = [201, 400, 401, 403, 413, 415, 422];

/**
 * Reads an answer; undefined: send the same bytes again, later. Only a 201 in the shape of the contract is an
 * acknowledgement: a captive portal says 200 to everything.
 */
export function judge({ status, body }: Answer, events: readonly QueuedEvent[]): Verdict | undefined {
  const stored = status === 201;
  const { success, accepted, rejected, details, code } = parse(body);
  const refusals: unknown = stored ? rejected : details;
  const areListed = Array.isArray(refusals);
  if (!FINAL.includes(status) || !(stored ? success && Number.isInteger(accepted) && areListed : code))
    return undefined;
  // Asked by the event: an index that does not exist or comes twice changes nothing.
  const named = (reasons: RegExp): readonly QueuedEvent[] =>
    events.filter(
      (_event, at) =>
        areListed && refusals.some((refusal) => refusal?.index === at && reasons.test(JSON.stringify(refusal.reason))),
    );
  const mistimed = !stored && code === "signature-expired" ? events : named(/^"(stale|future)_/);
  const refused = (stored ? named(/./) : events).length - mistimed.length;
  return { stored, mistimed, refused, keyRefused: refused > 0 && status > 400 && status < 404 };
}

function parse(body: string) {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
