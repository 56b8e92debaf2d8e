import { MAX_JSON_DEPTH } from "@org/mcp-analytics-schema";
import { ProblemError } from "./problem.ts";

/** Fatal: invalid bytes throw. The byte order mark stays in the text, where the parser refuses it. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses the bytes of a JSON body: valid UTF-8 without a byte order mark, nested at most as deep as the contract needs. Where
 * a member name is repeated, the last one counts, as everywhere in JavaScript. A member named `__proto__` is a plain own
 * member, which the closed field sets of the contract refuse.
 *
 * @param bytes bounded by the body limit of the route
 * @throws {ProblemError} `invalid-utf8`, `too-deep` or `malformed-json`
 */
export function parseJsonBody(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  if (isDeeper(bytes, MAX_JSON_DEPTH)) throw new ProblemError("too-deep");
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it goes no further.
    throw new ProblemError("malformed-json");
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ProblemError("invalid-utf8");
  }
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Whether JSON bytes nest arrays and objects deeper than this, before any parser builds objects of them. */
function isDeeper(bytes: Uint8Array, maxDepth: number): boolean {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = endOfString(bytes, i + 1);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > maxDepth) return true;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
  return false;
}

/** Position of the quote that ends a string, or behind the bytes; an unclosed string is left to the parser. */
function endOfString(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}
