import { PROBLEM_CONTENT_TYPE, PROBLEM_DOCS_PATH, PROBLEMS, REJECT_REASONS } from "@org/mcp-analytics-schema";
import type { Answer } from "../wire/answer.ts";

/** Every header that an answer may have, with everything it may say. */
const HEADERS: Readonly<Record<string, RegExp>> = {
  "content-type": /^(?:application\/json|application\/problem\+json|text\/plain); charset=utf-8$/,
  "content-length": /^\d+$/,
  "cache-control": /^no-store$/,
  "x-content-type-options": /^nosniff$/,
  "www-authenticate": /^Bearer$/,
  allow: /^[A-Z]+(?:, [A-Z]+)*$/,
  "retry-after": /^\d{1,6}$/,
  "ratelimit-policy": /^"[a-z]+";q=\d+;w=\d+(?:, "[a-z]+";q=\d+;w=\d+(?:;qu="events")?)*$/,
  ratelimit: /^"[a-z]+";r=\d+;t=\d+$/,
  date: /^[A-Za-z0-9:, ]+$/,
  connection: /^(?:keep-alive|close)$/,
  "keep-alive": /^timeout=\d+(?:, max=\d+)?$/,
};

const REASONS: ReadonlySet<unknown> = new Set(REJECT_REASONS);

/**
 * Holds an answer to the closed set of things that the collector may say, so that nothing can be echoed or let out: no value,
 * stack, path, SQL, name or version of a program.
 *
 * @param strict false behind other people's proxies, which add headers of their own
 * @returns what is wrong
 */
export function findOpenAnswer(answer: Answer, strict: boolean): string | undefined {
  const wrongHeader = strict ? findHeader(answer) : undefined;
  if (wrongHeader !== undefined) return wrongHeader;
  for (const [name, value] of [
    ["cache-control", "no-store"],
    ["x-content-type-options", "nosniff"],
  ] as const) {
    if (answer.headers[name] !== value) return `${answer.status} without ${name}: ${value}`;
  }
  const wrongBody = findBody(answer);
  return wrongBody === undefined ? undefined : `${answer.status} whose body ${wrongBody}`;
}

function findHeader({ status, headers }: Answer): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const allowed = HEADERS[name];
    if (allowed === undefined) return `${status} with a header ${name}`;
    if (!allowed.test(value)) return `${status} with ${name}: ${value}`;
  }
  return undefined;
}

function findBody({ status, headers, body, json }: Answer): string | undefined {
  if (body === "") return status === 204 || headers["content-length"] !== "0" ? undefined : "is empty";
  if (headers["content-type"]?.startsWith("text/plain")) return undefined;
  if (json === undefined) return "is no JSON object";
  if (status === 200) return body === '{"status":"ok"}' ? undefined : "is no health answer";
  return status === 201 ? findReceipt(json) : findProblem(status, headers, json);
}

function findReceipt(json: Readonly<Record<string, unknown>>): string | undefined {
  const { success, accepted, rejected, duplicate, ...rest } = json;
  const isEvent = accepted === undefined && rejected === undefined && duplicate === undefined;
  const isBatch =
    Number.isSafeInteger(accepted) && areRejections(rejected) && (duplicate === undefined || duplicate === true);
  if (Object.keys(rest).length > 0 || success !== true || !(isEvent || isBatch)) return "is no receipt of the contract";
  return undefined;
}

function findProblem(
  status: number,
  headers: Answer["headers"],
  json: Readonly<Record<string, unknown>>,
): string | undefined {
  const { type, title, code, error, details, limit, resetAt, status: ownStatus, ...rest } = json;
  const problem = Object.entries(PROBLEMS).find(([name]) => name === code)?.[1];
  if (problem === undefined) return "is no problem of the contract";
  if (headers["content-type"] !== `${PROBLEM_CONTENT_TYPE}; charset=utf-8`) return "is not sent as a problem";
  const fits =
    (problem.status === status || status === 431) &&
    ownStatus === problem.status &&
    type === PROBLEM_DOCS_PATH + code &&
    title === problem.error &&
    error === problem.error;
  if (!fits) return `says other things than the problem ${code} may`;
  if (Object.keys(rest).length > 0) return "has members that no problem has";
  if (details !== undefined && !areRejections(details)) return "has details beyond index and reason";
  for (const number of [limit, resetAt]) {
    if (number !== undefined && !Number.isSafeInteger(number)) return "has a limit that is no number";
  }
  return undefined;
}

function areRejections(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every((item: unknown) => {
      const { index, reason, ...rest } = item as Record<string, unknown>;
      return Number.isSafeInteger(index) && REASONS.has(reason) && Object.keys(rest).length === 0;
    })
  );
}
