import {
  API_KEY_HEADER,
  JSON_CONTENT_TYPE,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from "@org/mcp-analytics-schema/constants";
import type { Clock } from "../clock.ts";
import { clockOffsetMs } from "./clock-offset.ts";
import { type RateState, readRate } from "./rate-headers.ts";
import { sign } from "./sign.ts";
import type { Transport } from "./transport.ts";
import { judge, type Verdict } from "./verdict.ts";

export interface Credentials {
  readonly apiKey: string;
  readonly signingSecret: string | undefined;
}

/** What one attempt brought. */
export interface AttemptResult {
  readonly verdict: Verdict;
  readonly rate: RateState;
  /** The clock offset that the answer suggests; undefined where it says nothing. */
  readonly clockOffsetMs: number | undefined;
}

/** Sends the bytes once, signed for this moment. Never rejects: no answer is a reason to try again. */
export async function attempt(
  body: Buffer,
  credentials: Credentials,
  transport: Transport,
  clock: Clock,
  offsetMs: number,
): Promise<AttemptResult> {
  try {
    const sentAt = clock.now();
    const headers: Record<string, string> = {
      "content-type": JSON_CONTENT_TYPE,
      "content-length": String(body.length),
      [API_KEY_HEADER]: credentials.apiKey,
    };
    if (credentials.signingSecret) {
      const timestampMs = sentAt + offsetMs;
      headers[TIMESTAMP_HEADER] = String(timestampMs);
      headers[SIGNATURE_HEADER] = await sign(credentials.signingSecret, timestampMs, body);
    }
    const answer = await transport.send(body, headers);
    const receivedAt = clock.now();
    return {
      verdict: judge(answer),
      rate: readRate(answer.headers, receivedAt),
      clockOffsetMs: clockOffsetMs(answer.headers.date, sentAt, receivedAt),
    };
  } catch {
    return { verdict: { kind: "retry" }, rate: {}, clockOffsetMs: undefined };
  }
}
