import { MAX_JSON_DEPTH } from "@org/mcp-analytics-schema";

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What `scanJson` answers for a text nested deeper than the contract allows. */
export const TOO_DEEP = -1;

/**
 * Looks at JSON bytes before any parser builds objects of them.
 *
 * @returns how many members its objects have in all (colons outside of strings), or `TOO_DEEP`
 */
export function scanJson(bytes: Uint8Array): number {
  let depth = 0;
  let members = 0;
  for (let i = 0; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        // To the end of the string; an escaped character is skipped whole. An unclosed string is the parser's business.
        for (i++; i < bytes.length; i++) {
          const byte = bytes[i];
          if (byte === QUOTE) break;
          if (byte === BACKSLASH) i++;
        }
        break;
      case COLON:
        members++;
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > MAX_JSON_DEPTH) return TOO_DEEP;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
  return members;
}

/** How many members the objects in a parsed value have in all. Fewer than the text had means that a name was repeated. */
export function countMembers(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const name in value) {
    count++;
    const member = (value as Record<string, unknown>)[name];
    if (typeof member === "object") count += countMembers(member);
  }
  return count;
}
