import type { View } from "../view/view.ts";
import type { Usage } from "./usage.ts";

/** The collector wants a sign-in first. */
export class SignInRequiredError extends Error {}

/** The collector could not be reached, or could not answer. */
export class UnavailableError extends Error {}

export interface Session {
  readonly project: { readonly name: string };
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, { cache: "no-store", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new UnavailableError("The collector cannot be reached.");
  }
  if (response.status === 401) throw new SignInRequiredError();
  if (response.status === 429) throw new UnavailableError("Too many requests for now.");
  if (response.status === 503) throw new UnavailableError("The collector has no answer right now.");
  if (!response.ok) throw new UnavailableError(`The collector answered with status ${response.status}.`);
  return response;
}

/** @throws SignInRequiredError when nobody is signed in */
export async function readSession(): Promise<Session> {
  return (await request("session")).json();
}

/** Uses up the token of an admin link. @throws SignInRequiredError when it opens nothing any more */
export async function signIn(token: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  await request("session", { method: "POST", headers, body: JSON.stringify({ token }) });
}

export async function signOut(): Promise<void> {
  await request("session", { method: "DELETE" });
}

/** Shown once: the collector keeps neither of the two. */
export interface CreatedKey {
  readonly key: string;
  readonly signingSecret: string;
}

/** Makes an API key for the project of the session. */
export async function createKey(): Promise<CreatedKey> {
  const headers = { "content-type": "application/json" };
  return (await request("keys", { method: "POST", headers, body: "{}" })).json();
}

export async function readUsage({ range, interval, timeZone }: View, signal: AbortSignal): Promise<Usage> {
  const query = new URLSearchParams({ range, interval, tz: timeZone });
  return (await request(`usage?${query}`, { signal })).json();
}
