import type { onRequestHookHandler, preHandlerHookHandler } from "fastify";
import { credentials } from "./credentials.ts";
import { createEventLimitStage } from "./event-limit.ts";
import { framing } from "./framing.ts";
import type { IngestDeps } from "./ingest-deps.ts";
import { IngestRequest, type Stage, type Stages } from "./ingest-request.ts";
import { createKeyStage } from "./key.ts";
import { createKeyCache } from "./key-cache.ts";
import { createKeyLimitStage } from "./key-limit.ts";
import { parse } from "./parse.ts";
import { createSignatureStage } from "./signature.ts";
import { createSignatureHeadersStage } from "./signature-headers.ts";
import { createValidateBatch, createValidateEvent } from "./validate.ts";

/**
 * The stages before the commit, cheapest first: a request that fails one never pays for the next. ARCHITECTURE.md has the same
 * table, and a test compares the two.
 */
export function createStages(deps: IngestDeps) {
  const { keyStore, buckets, addressLimits, outcomes, now, signingSecretsFor } = deps;
  const keys = createKeyCache(keyStore, now);
  const beforeBody: Stages = [
    ["framing", framing],
    ["address limit", (_ingest, request) => addressLimits.requests(request)],
    ["credentials", credentials],
    ["key", createKeyStage(keys, addressLimits.unknownKeys, now)],
    ["signature headers", createSignatureHeadersStage(now)],
    ["key limit", createKeyLimitStage(buckets)],
  ];
  const afterBody: Stages = [
    ["signature", createSignatureStage(signingSecretsFor)],
    ["parse", parse],
  ];
  return {
    beforeBody: asHooks(beforeBody),
    event: asHooks([...afterBody, ["validate", createValidateEvent(outcomes, now)]]),
    batch: asHooks([
      ...afterBody,
      ["validate", createValidateBatch(outcomes, now)],
      ["event limit", createEventLimitStage(buckets)],
    ]),
  };
}

type Hook = onRequestHookHandler & preHandlerHookHandler;

function asHooks(stages: Stages): Hook[] {
  return stages.map(([name, stage]) => asHook(name, stage));
}

/**
 * Makes a hook of a stage. A stage without a wait calls `done` at once, because a promise for each would cost more than most
 * stages do.
 *
 * @param name of the hook, as Fastify's `printRoutes` shows it
 */
function asHook(name: string, stage: Stage): Hook {
  const hook: Hook = (request, reply, done) => {
    request.ingest ??= new IngestRequest();
    let waiting: void | Promise<void>;
    try {
      waiting = stage(request.ingest, request, reply);
    } catch (error) {
      done(asError(error));
      return;
    }
    if (waiting === undefined) done();
    else
      waiting.then(
        () => done(),
        (error) => done(asError(error)),
      );
  };
  return Object.defineProperty(hook, "name", { value: name });
}

/** Fastify would take an absent error for success. */
const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error("no error was thrown"));
