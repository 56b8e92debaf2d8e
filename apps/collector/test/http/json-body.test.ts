import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonBody } from "../../src/http/json-body.ts";
import { ProblemError } from "../../src/http/problem.ts";

function problemOf(bytes: Buffer): string | undefined {
  try {
    parseJsonBody(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}

/** JSON within the depth that a body may have. */
const shallow = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });

describe("a JSON body", () => {
  test("is taken as JSON.parse takes it, when nothing is wrong with it", () => {
    fc.assert(
      fc.property(shallow, (value) => {
        const text = JSON.stringify(value);
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 3_000 },
    );
  });

  test("of any bytes gets a value or a problem, never another error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        problemOf(Buffer.from(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  test("of any text made of JSON's signs gets what JSON.parse says, or a stricter problem", () => {
    const signs = fc.constantFrom(...'{}[]:,"\\ \n', "1", "-", "e", "null", '"a"', '"b"', '"\\u0061"', "tru", "true");
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 30 }), (parts) => {
        const text = parts.join("");
        const problem = problemOf(Buffer.from(text));
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        if (!parses) expect(["malformed-json", "too-deep"]).toContain(problem);
        else expect([undefined, "too-deep"]).toContain(problem);
      }),
      { numRuns: 10_000 },
    );
  });

  test("with a member written twice has the value of the last one, however its name is written", () => {
    expect(parseJsonBody(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 });
    expect(parseJsonBody(Buffer.from('{"a":1,"\\u0061":2}'))).toEqual({ a: 2 });
  });

  test("with a member named __proto__ has it as its own, and no prototype changes", () => {
    const value = parseJsonBody(Buffer.from('{"__proto__":{"admin":true}}')) as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect((value as { admin?: boolean }).admin).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("may nest four levels and no more, whatever stands in its strings", () => {
    expect(problemOf(Buffer.from('{"a":[{"b":["[[[[{{{{"]}]}'))).toBeUndefined();
    expect(problemOf(Buffer.from('{"a":[{"b":[[]]}]}'))).toBe("too-deep");
    expect(problemOf(Buffer.from('["\\"[[[[[[", "\\\\", [[[1]]]]'))).toBeUndefined();
  });
});
