import { randomBytes } from "node:crypto";
import { expectEqual } from "./expect.ts";

/** A collector as clients and browsers reach it, with the API key in use. */
export interface Target {
  /** Without a slash at the end. */
  url: string;
  apiKey: string;
  /** Events that the collector has acknowledged so far. */
  sent: number;
}

const TOOLS = ["get_forecast", "get_historical_weather", "get_alerts"];
const DEADLINE_MS = 10_000;

/** One event of level `minimal`; every fourth is a failure. */
function event(index: number) {
  const common = { tool: TOOLS[index % TOOLS.length], timestamp: Date.now() };
  return index % 4 === 3 ? { ...common, success: false, errorType: "TIMEOUT" } : { ...common, success: true };
}

/** UUIDv7: 48 bits of time, the rest random. */
function batchId(): string {
  const hex = Date.now().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function post(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends one event with the key, or with another one. Answers the status. */
export async function sendEvent(target: Target, apiKey = target.apiKey): Promise<number> {
  const { status } = await post(`${target.url}/v1/events`, event(0), { "x-api-key": apiKey });
  if (status === 201) target.sent += 1;
  return status;
}

/** Sends a batch and checks that all of it was accepted. */
export async function sendBatch(target: Target, size: number): Promise<void> {
  const body = { batchId: batchId(), events: Array.from({ length: size }, (_, index) => event(index)) };
  const { status, text } = await post(`${target.url}/v1/events/batch`, body, { "x-api-key": target.apiKey });
  expectEqual("status of the batch", status, 201);
  expectEqual("accepted of the batch", JSON.parse(text).accepted, size);
  target.sent += size;
}

/** A key that is well-formed and that nobody has been given. */
export function unknownKey(): string {
  return `wmc_${randomBytes(32).toString("hex")}`;
}

/** Calls that the dashboard shows for the last day, to someone who signed in with the admin link. */
export async function shownCalls(target: Target, adminLink: string): Promise<number> {
  const token = /#sign-in=(\S+)/.exec(adminLink)?.[1];
  if (token === undefined) throw new Error("the admin link has no token");
  const signedIn = await post(`${target.url}/api/v1/session`, { token }, { origin: target.url });
  expectEqual("status of the sign-in", signedIn.status, 204);
  const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]);
  const response = await fetch(`${target.url}/api/v1/usage?range=24h`, {
    headers: { cookie: cookie.join("; ") },
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  expectEqual("status of the usage", response.status, 200);
  const { series } = (await response.json()) as { series: { succeeded: number; failed: number }[] };
  return series.reduce((calls, slot) => calls + slot.succeeded + slot.failed, 0);
}

/** The page itself, as a browser asks for it. */
export async function fetchPage(target: Target): Promise<string> {
  const response = await fetch(target.url, { signal: AbortSignal.timeout(DEADLINE_MS) });
  expectEqual("status of the page", response.status, 200);
  return response.text();
}
