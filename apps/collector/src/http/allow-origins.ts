import cors from "@fastify/cors";
import {
  API_KEY_HEADER,
  RATE_LIMIT_HEADER,
  RATE_LIMIT_POLICY_HEADER,
  RETRY_AFTER_HEADER,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from "@org/mcp-analytics-schema";
import type { FastifyInstance } from "fastify";

const PREFLIGHT_MAX_AGE_SECONDS = 600;

/**
 * Lets web pages of exactly these origins send events from this scope on; cookies never count. Without origins, which is the
 * default, no answer has a header that lets any page in: MCP servers are no web pages.
 */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    methods: ["POST"],
    allowedHeaders: ["content-type", "authorization", API_KEY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER],
    exposedHeaders: [RATE_LIMIT_HEADER, RATE_LIMIT_POLICY_HEADER, RETRY_AFTER_HEADER],
    credentials: false,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    strictPreflight: true,
  });
}
