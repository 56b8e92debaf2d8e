import type { Answer, Transport } from "../../src/delivery/transport.ts";

export interface SentRequest {
  readonly body: string;
  readonly json: SentBatch;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}

export interface SentBatch {
  readonly batchId: string;
  readonly events: { tool: string; success: boolean; errorType?: string; timestamp: number; durationMs?: number }[];
  readonly dropped?: Record<string, number>;
  readonly server?: unknown;
  readonly client?: unknown;
}

/** What a collector may do with a request: answer, fail, or never answer. */
export type Reaction = Answer | Error | "hang";

export interface FakeTransport extends Transport {
  readonly sent: SentRequest[];
  /** Chooses the reaction to each request; default: a 201 that accepts everything. */
  react: (request: SentRequest, index: number) => Reaction;
  closed: boolean;
}

export function accepted(json: SentBatch, headers: Answer["headers"] = {}): Answer {
  return reply(201, { success: true, accepted: json.events.length, rejected: [] }, headers);
}

export function reply(status: number, body: unknown, headers: Answer["headers"] = {}): Answer {
  return { status, headers, body: JSON.stringify(body) };
}

export function createFakeTransport(now: () => number): FakeTransport {
  const transport: FakeTransport = {
    sent: [],
    closed: false,
    react: (request) => accepted(request.json),
    send(body, headers) {
      const text = body.toString("utf8");
      const request: SentRequest = { body: text, json: JSON.parse(text), headers, at: now() };
      transport.sent.push(request);
      const reaction = transport.react(request, transport.sent.length - 1);
      if (reaction === "hang") return new Promise(() => {});
      return reaction instanceof Error ? Promise.reject(reaction) : Promise.resolve(reaction);
    },
    close() {
      transport.closed = true;
    },
  };
  return transport;
}
