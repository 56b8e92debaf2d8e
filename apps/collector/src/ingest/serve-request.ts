import type { RequestListener } from "node:http";
import { readBody } from "../http/read-body.ts";
import type { Admission } from "./admission.ts";
import type { Admit } from "./admit.ts";
import type { Answers } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import type { IngestDeps } from "./ingest-deps.ts";

/** Runs once the body has been read: everything that needs it, to the answer. */
export type Accept = (exchange: Exchange, admission: Admission, body: Buffer) => void;

/**
 * Serves the requests of one route: admission, body, the rest. Whatever is thrown on the way is answered.
 *
 * @param maxBytes largest body
 */
export function createServeRequest(
  { addressOf }: IngestDeps,
  answers: Answers,
  admit: Admit,
  maxBytes: number,
  accept: Accept,
): RequestListener {
  function letIn(exchange: Exchange, admission: Admission): void {
    exchange.admission = admission;
    readBody(exchange.request, maxBytes, (body) => {
      if (typeof body === "string") {
        answers.refused(exchange, body);
        return;
      }
      try {
        accept(exchange, admission, body);
      } catch (thrown) {
        answers.failed(exchange, thrown);
      }
    });
  }

  return (request, response) => {
    const address = addressOf(request);
    const exchange = { request, response, address, startedAtMs: performance.now(), admission: undefined };
    try {
      admit(exchange, maxBytes, letIn);
    } catch (thrown) {
      answers.failed(exchange, thrown);
    }
  };
}
