import {
  ERROR_TYPE_PATTERN,
  type Event,
  MAX_DURATION_MS,
  MAX_ERROR_TYPE_LENGTH,
  MAX_EVENT_AGE_MS,
  MAX_EVENT_LEAD_MS,
  MAX_TOOL_NAME_LENGTH,
  TOOL_PATTERN,
} from "@org/mcp-analytics-schema";
import { type Alphabet, literal, type PlainText } from "./plain-text.ts";

const QUOTE = 0x22;
const CLOSE_BRACE = 0x7d;
/** Of any time until the year 2286. */
const MAX_TIMESTAMP_DIGITS = 13;
const MAX_DURATION_DIGITS = String(MAX_DURATION_MS).length;

const TOOL = literal('{"tool":"');
const SUCCESS = literal('","success":true');
const FAILURE = literal('","success":false');
const ERROR_TYPE = literal(',"errorType":"');
const TIMESTAMP = literal(',"timestamp":');
const DURATION = literal(',"durationMs":');

const tools = alphabet(new RegExp(TOOL_PATTERN), MAX_TOOL_NAME_LENGTH);
const errorTypes = alphabet(new RegExp(ERROR_TYPE_PATTERN), MAX_ERROR_TYPE_LENGTH);

/**
 * Reads a valid event that is written plainly: as `JSON.stringify` writes it with its members in the contract's order, which
 * is what our client and most others send. It takes a fraction of the time that a parser and checks for any JSON take, and
 * says of nothing that it is wrong: what is not plain is left to those.
 *
 * @param text moves to the end of the event
 * @param nowMs clock of the collector at this request
 * @returns undefined when the event is not plain or not valid
 */
export function readPlainEvent(text: PlainText, nowMs: number): Event | undefined {
  if (!text.skip(TOOL)) return undefined;
  const tool = text.name(tools);
  if (tool === undefined) return undefined;

  const success = text.skip(SUCCESS);
  let errorType: string | undefined;
  if (!success) {
    if (!text.skip(FAILURE)) return undefined;
    if (text.skip(ERROR_TYPE)) {
      errorType = text.name(errorTypes);
      if (errorType === undefined || !text.skipByte(QUOTE)) return undefined;
    }
  }

  if (!text.skip(TIMESTAMP)) return undefined;
  const timestamp = text.integer(MAX_TIMESTAMP_DIGITS);
  if (timestamp < 1 || timestamp < nowMs - MAX_EVENT_AGE_MS || timestamp > nowMs + MAX_EVENT_LEAD_MS) return undefined;

  let durationMs: number | undefined;
  if (text.skip(DURATION)) {
    durationMs = text.integer(MAX_DURATION_DIGITS);
    if (durationMs < 0 || durationMs > MAX_DURATION_MS) return undefined;
  }
  if (!text.skipByte(CLOSE_BRACE)) return undefined;
  return { tool, success, errorType, timestamp, durationMs } as Event;
}

/** @param pattern one sign or more of one set, the first of which may be of a smaller one */
function alphabet(pattern: RegExp, maxLength: number): Alphabet {
  return {
    starts: codesOf((sign) => pattern.test(sign)),
    signs: codesOf((sign) => pattern.test(`a${sign}`)),
    maxLength,
  };
}

function codesOf(passes: (sign: string) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (code < 128 && passes(String.fromCharCode(code)) ? 1 : 0));
}
