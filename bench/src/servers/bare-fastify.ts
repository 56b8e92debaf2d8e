import Fastify from "fastify";
import { type Static, Type } from "typebox";

/**
 * The yardstick: Fastify 5 with the routes of the wire contract, bodies and answers checked by TypeBox schemas, and no
 * work at all: no key, no limit, no storage. The event schema is one flat object, the fastest form of it that Ajv runs.
 */
const EventSchema = Type.Object(
  {
    tool: Type.String({ pattern: "^[A-Za-z0-9_./-]{1,50}$" }),
    success: Type.Boolean(),
    errorType: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.]{0,49}$" })),
    timestamp: Type.Integer({ minimum: 1 }),
    durationMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
  },
  { additionalProperties: false },
);
const BatchSchema = Type.Object(
  {
    batchId: Type.String({ pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }),
    events: Type.Array(EventSchema, { minItems: 1, maxItems: 100 }),
  },
  { additionalProperties: false },
);
const EventAnswerSchema = Type.Object({ success: Type.Literal(true) });
const BatchAnswerSchema = Type.Object({
  success: Type.Literal(true),
  accepted: Type.Integer(),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String() })),
});

const app = Fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } });

app.get("/health", () => ({ status: "ok" }));
app.post("/v1/events", { schema: { body: EventSchema, response: { 201: EventAnswerSchema } } }, (_request, reply) => {
  reply.code(201).send({ success: true });
});
app.post<{ Body: Static<typeof BatchSchema> }>(
  "/v1/events/batch",
  { schema: { body: BatchSchema, response: { 201: BatchAnswerSchema } } },
  (request, reply) => {
    reply.code(201).send({ success: true, accepted: request.body.events.length, rejected: [] });
  },
);

process.once("SIGTERM", () => process.exit(0));
await app.listen({ host: "127.0.0.1", port: Number(process.argv[2]) });
