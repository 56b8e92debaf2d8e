import type { Config } from "../config/config.ts";
import { attempt } from "../delivery/attempt.ts";
import { clockOffsetMs } from "../delivery/clock-offset.ts";
import { type Answer, ATTEMPT_TIMEOUT_MS, type Transport } from "../delivery/transport.ts";
import { uuidV7 } from "../delivery/uuid-v7.ts";
import { REASONS } from "./reasons.ts";

/** What the examination found, one line each, and whether all is well. */
export interface Diagnosis {
  readonly healthy: boolean;
  readonly lines: readonly string[];
}

/** A clock off by more than this makes signatures fail; less is repaired by the client. */
const TOLERABLE_CLOCK_MS = 1_000;

/**
 * Asks the collector about key, signature and clock by a batch without events, which it checks in full and then refuses:
 * nothing is stored. Costs one request of the key's limit.
 */
export async function diagnose(
  config: Config,
  openTransport: (url: URL) => Transport,
  now: () => number,
): Promise<Diagnosis> {
  const { reason, url } = config;
  if ((reason !== "on" && reason !== "debug") || !url) {
    return { healthy: false, lines: [`- settings: ${REASONS[reason]}`] };
  }
  const lines = [`+ settings: ${REASONS[reason]}`];
  const transport = openTransport(url);
  const probe = Buffer.from(JSON.stringify({ batchId: uuidV7(now()), events: [] }));
  let failure: unknown;
  const failing: Transport = {
    send: (body, headers) =>
      transport.send(body, headers).catch((error) => {
        failure = error;
        throw error;
      }),
    close: transport.close,
  };
  const sentAt = now();
  const answer = await attempt(probe, config, failing, sentAt);
  transport.close();
  if (!answer) {
    const why =
      now() - sentAt < ATTEMPT_TIMEOUT_MS
        ? explainFailure(failure, url)
        : `${url.host} did not answer within ${ATTEMPT_TIMEOUT_MS / 1_000} s`;
    return { healthy: false, lines: [...lines, `- reach: ${why}`] };
  }
  lines.push(`+ reach: ${url.origin} answered in ${now() - sentAt} ms`);
  lines.push(explainClock(clockOffsetMs(answer.headers.date, sentAt, now()), config.signingSecret !== undefined));
  const { good, text } = explainAnswer(answer, config);
  return { healthy: good, lines: [...lines, `${good ? "+" : "-"} key: ${text}`] };
}

function explainFailure(error: unknown, url: URL): string {
  const code = String(Object(error).code ?? Object(error).name);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name ${url.hostname} cannot be resolved (${code})`;
  if (code === "ECONNREFUSED") return `nobody listens at ${url.host} (${code})`;
  if (/CERT|TLS|SSL|EPROTO|ALTNAME/.test(code)) return `no trusted TLS connection to ${url.host} (${code})`;
  return `no complete answer from ${url.host} (${code})`;
}

function explainClock(offsetMs: number, signed: boolean): string {
  if (Number.isNaN(offsetMs)) return "+ clock: the answer carries no date to compare with";
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  if (Math.abs(offsetMs) < TOLERABLE_CLOCK_MS) return "+ clock: agrees with the collector";
  const direction = offsetMs > 0 ? "behind" : "ahead of";
  return `+ clock: this machine is ${seconds} s ${direction} the collector; the client allows for it${signed ? ", signatures included" : ""}`;
}

/** What the problem codes of the contract mean for whoever set the key up. */
const MEANINGS: Readonly<Record<string, string>> = {
  "key-required": "the key did not arrive: does a proxy strip the X-API-Key header?",
  "invalid-key": "the collector does not know this key: was it revoked, or made for another collector?",
  "key-disabled": "the key is disabled: ask whoever runs the collector",
  "signature-required": "this key wants signed requests: set ANALYTICS_SIGNING_SECRET",
  "invalid-signature": "the signature does not match: is ANALYTICS_SIGNING_SECRET the one shown beside this key?",
  "signature-expired":
    "the signature was out of its time: the clocks differ by more than a minute (the client allows for it)",
  "rate-limited": "the key is good, but its rate limit is used up for now",
};

function explainAnswer({ status, body, headers }: Answer, { signingSecret }: Config): { good: boolean; text: string } {
  const code = codeOf(body);
  // An empty batch is what was wrong with it, so everything before that was right.
  if (status === 400 && code)
    return { good: true, text: `accepted${signingSecret ? ", and so is the signature" : ""}` };
  const meaning = MEANINGS[code];
  if (meaning) return { good: code === "rate-limited" || code === "signature-expired", text: meaning };
  if (status >= 300 && status < 400) {
    return {
      good: false,
      text: `the collector redirects (${status} to ${originOf(headers.location)}), which is not followed: set the final URL`,
    };
  }
  if (status === 404)
    return { good: false, text: "no collector at this path (404): ANALYTICS_ENDPOINT must end in /v1/events" };
  if (status >= 500) return { good: false, text: `the collector is there but cannot store anything now (${status})` };
  return { good: false, text: `this does not look like a collector (status ${status})` };
}

function originOf(location = ""): string {
  return URL.canParse(location) ? new URL(location).origin : "another path";
}

function codeOf(body: string): string {
  try {
    return String(Object(JSON.parse(body)).code ?? "");
  } catch {
    return "";
  }
}
