import type { RequestListener } from "node:http";
import { readBody } from "../http/read-body.ts";
import type { Admission } from "./admission.ts";
import type { Admit } from "./admit.ts";
import type { Answers } from "./answer.ts";
import type { Exchange, IngestRoute } from "./exchange.ts";
import type { IngestDeps } from "./ingest-deps.ts";

/** Runs once the body has been read: everything that needs it, to the answer. */
export type Accept = (exchange: Exchange, admission: Admission, body: Buffer) => void;

/** Serves the requests of one route: admission, body, the rest. Whatever is thrown on the way is answered. */
export function createServeRequest(
  { addressOf }: IngestDeps,
  answers: Answers,
  admit: Admit,
  route: IngestRoute,
  accept: Accept,
): RequestListener {
  function letIn(exchange: Exchange, admission: Admission): void {
    readBody(exchange.request, route.maxBytes, (body) => {
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
    const exchange = { request, response, route, address: "", startedAtMs: performance.now(), admission: undefined };
    try {
      exchange.address = addressOf(request);
      admit(exchange, letIn);
    } catch (thrown) {
      answers.failed(exchange, thrown);
    }
  };
}
