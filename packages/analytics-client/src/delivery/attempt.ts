import {
  API_KEY_HEADER,
  JSON_CONTENT_TYPE,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from "@org/mcp-analytics-schema/constants";
import { sign } from "./sign.ts";
import type { Answer, Transport } from "./transport.ts";

export interface Credentials {
  readonly apiKey: string | undefined;
  readonly signingSecret: string | undefined;
}

/**
 * Sends the bytes once, signed for this moment. Never rejects: undefined where no answer came.
 *
 * @param nowMs the collector's time as far as it is known
 */
export async function attempt(
  body: Buffer,
  { apiKey, signingSecret }: Credentials,
  transport: Transport,
  nowMs: number,
): Promise<Answer | undefined> {
  try {
    const headers: Record<string, string> = {
      "content-type": JSON_CONTENT_TYPE,
      [API_KEY_HEADER]: apiKey as string,
    };
    if (signingSecret) {
      headers[TIMESTAMP_HEADER] = `${nowMs}`;
      headers[SIGNATURE_HEADER] = await sign(signingSecret, nowMs, body);
    }
    return await transport.send(body, headers);
  } catch {
    return undefined;
  }
}
