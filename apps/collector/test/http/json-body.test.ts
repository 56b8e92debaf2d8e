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
        fc.pre(!text.includes("__proto__") && !text.includes("constructor"));
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
        else expect([undefined, "duplicate-member", "too-deep"]).toContain(problem);
      }),
      { numRuns: 10_000 },
    );
  });

  test("with any member written twice is refused", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.integer(), { minKeys: 1, maxKeys: 6 }),
        fc.nat(),
        fc.boolean(),
        (members, pick, escaped) => {
          const names = Object.keys(members);
          const again = names[pick % names.length] as string;
          fc.pre(!names.some((name) => /__proto__|constructor/.test(name)));
          const written = escaped
            ? `"${[...again]
                .map((char) =>
                  char
                    .split("")
                    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
                    .join(""),
                )
                .join("")}"`
            : JSON.stringify(again);
          const text = `${JSON.stringify(members).slice(0, -1)},${written}:0}`;
          fc.pre(Buffer.from(text).toString() === text);
          expect(problemOf(Buffer.from(text))).toBe("duplicate-member");
          expect(problemOf(Buffer.from(`{"events":[1,${text}]}`))).toBe("duplicate-member");
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("may nest four levels and no more, whatever stands in its strings", () => {
    expect(problemOf(Buffer.from('{"a":[{"b":["[[[[{{{{"]}]}'))).toBeUndefined();
    expect(problemOf(Buffer.from('{"a":[{"b":[[]]}]}'))).toBe("too-deep");
    expect(problemOf(Buffer.from('["\\"[[[[[[", "\\\\", [[[1]]]]'))).toBeUndefined();
  });
});
