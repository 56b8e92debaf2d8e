import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import type { ApiKey } from "./api-keys.ts";

export interface Post {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly apiKey: string;
}

export interface SendOrder {
  readonly url: string;
  readonly count: number;
  readonly connections: number;
  post(index: number): Post;
}

/**
 * Sends exactly `count` requests over so many connections and returns how often each status was answered. Slower than
 * wrk, but exact: nothing is cut off under way.
 */
export async function sendAll({ url, count, connections, post }: SendOrder): Promise<ReadonlyMap<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const statuses = new Map<number, number>();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const status = await send(agent, url, post(next++));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, lane));
  } finally {
    agent.destroy();
  }
  return statuses;
}

function send(agent: Agent, url: string, { path, body, headers, apiKey }: Post): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url + path,
      {
        agent,
        method: "POST",
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "x-api-key": apiKey,
          ...headers,
        },
      },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
        answer.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

const TOOLS = 20;

/** An event of level `minimal`, what a client sends unless its user chooses more; every tenth is a failure. */
export function eventText(index: number): string {
  const outcome = index % 10 === 0 ? 'false,"errorType":"TIMEOUT"' : "true";
  return `{"tool":"get_tool_${index % TOOLS}","success":${outcome},"timestamp":${Date.now() - (index % 50)}}`;
}

/** The batch of that number: a fresh id, the keys in turn. */
export function batchPost(keys: readonly ApiKey[], size = 100): (index: number) => Post {
  return (index) => {
    const events = Array.from({ length: size }, (_, event) => eventText(index * size + event)).join(",");
    return {
      path: "/v1/events/batch",
      body: `{"batchId":"${batchId()}","events":[${events}]}`,
      apiKey: keyAt(keys, index),
    };
  };
}

export function singlePost(keys: readonly ApiKey[]): (index: number) => Post {
  return (index) => ({ path: "/v1/events", body: eventText(index), apiKey: keyAt(keys, index) });
}

function keyAt(keys: readonly ApiKey[], index: number): string {
  return keys[index % keys.length]?.text ?? "";
}

/** UUID version 7 of now. */
export function batchId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
