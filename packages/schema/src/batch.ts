import { type Static, Type } from "typebox";
import { CLIENT_NAMES } from "./clients.ts";
import { EventSchema } from "./event.ts";
import { BATCH_ID_PATTERN, SOFTWARE_NAME_PATTERN, SOFTWARE_VERSION_PATTERN } from "./grammar.ts";
import { MAX_DROPPED_COUNT, MAX_EVENTS_PER_BATCH } from "./limits.ts";
import { DROP_REASONS, type DropReason } from "./outcomes.ts";

const closed = { additionalProperties: false } as const;

/** Name and version of a piece of software. */
export const SoftwareSchema = Type.Object(
  {
    name: Type.String({ pattern: SOFTWARE_NAME_PATTERN }),
    version: Type.String({ pattern: SOFTWARE_VERSION_PATTERN }),
  },
  closed,
);
export type Software = Static<typeof SoftwareSchema>;

const droppedCount = Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_DROPPED_COUNT }));

/** Events that the client gave up since its last batch, by reason. */
export const DroppedSchema = Type.Object(
  Object.fromEntries(DROP_REASONS.map((reason) => [reason, droppedCount])) as Record<DropReason, typeof droppedCount>,
  closed,
);

const batchId = Type.String({ pattern: BATCH_ID_PATTERN, description: "UUIDv7, the same on every attempt." });
const about = {
  sdk: Type.Optional(SoftwareSchema),
  server: Type.Optional(SoftwareSchema),
  client: Type.Optional(Type.Enum(CLIENT_NAMES)),
  dropped: Type.Optional(DroppedSchema),
};
const eventCount = { minItems: 1, maxItems: MAX_EVENTS_PER_BATCH };

/** Body of `POST /v1/events/batch`. `batchId` is the idempotency key: the same id is stored once. */
export const BatchSchema = Type.Object({ batchId, events: Type.Array(EventSchema, eventCount), ...about }, closed);
export type Batch = Static<typeof BatchSchema>;

/** A batch whose events are still unchecked: a fault here refuses the batch, a fault of an event only that event. */
export const BatchEnvelopeSchema = Type.Object(
  { batchId, events: Type.Array(Type.Unknown(), eventCount), ...about },
  closed,
);
export type BatchEnvelope = Static<typeof BatchEnvelopeSchema>;
