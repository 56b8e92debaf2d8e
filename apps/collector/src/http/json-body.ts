import { isAscii, isUtf8 } from "node:buffer";
import { parse } from "secure-json-parse";
import { countMembers, scanJson, TOO_DEEP } from "./json-scan.ts";
import { ProblemError } from "./problem.ts";

/** Without one of these no member can be named `__proto__` or `constructor`: an escape could write the name another way. */
const SUSPICIOUS = /\\|__proto__|constructor/;
const STRICT = { protoAction: "error", constructorAction: "error" } as const;

/**
 * Parses the bytes of a JSON body strictly: valid UTF-8 without a byte order mark, nested at most as deep as the contract
 * needs, no member name twice in one object, no `__proto__` or `constructor.prototype`.
 *
 * @throws ProblemError `invalid-utf8`, `too-deep`, `malformed-json` or `duplicate-member`
 */
export function parseJsonBody(bytes: Buffer): unknown {
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) throw new ProblemError("invalid-utf8");
  const members = scanJson(bytes);
  if (members === TOO_DEEP) throw new ProblemError("too-deep");
  // secure-json-parse would silently drop the byte order mark, so it is refused here.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new ProblemError("malformed-json");
  let value: unknown;
  try {
    const text = bytes.toString(ascii ? "latin1" : "utf8");
    value = SUSPICIOUS.test(text) ? parse(text, undefined, STRICT) : JSON.parse(text);
  } catch {
    // The parser's message quotes the text, so it goes no further.
    throw new ProblemError("malformed-json");
  }
  if (countMembers(value) !== members) throw new ProblemError("duplicate-member");
  return value;
}
