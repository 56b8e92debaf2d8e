import { describe, expect, test } from "vitest";
import { builtInCategory } from "../../src/errors/built-in-category.ts";
import { createCategorize } from "../../src/errors/categorize.ts";
import { allowedErrorTypes } from "../../src/errors/error-types.ts";

const withFields = (fields: object, message = "secret message") => Object.assign(new Error(message), fields);

describe("the built-in category", () => {
  test.each([
    ["HTTP 401", withFields({ status: 401 }), "MISSING_TOKEN"],
    ["HTTP 403, as axios says it", withFields({ response: { status: 403 } }), "MISSING_TOKEN"],
    ["HTTP 429", withFields({ statusCode: 429 }), "RATE_LIMIT"],
    ["HTTP 429 as text", withFields({ status: "429" }), "RATE_LIMIT"],
    ["HTTP 404", withFields({ status: 404 }), "NOT_FOUND"],
    ["HTTP 410", withFields({ status: 410 }), "NOT_FOUND"],
    ["HTTP 400", withFields({ status: 400 }), "INVALID_INPUT"],
    ["HTTP 422", withFields({ status: 422 }), "INVALID_INPUT"],
    ["HTTP 408", withFields({ status: 408 }), "TIMEOUT"],
    ["HTTP 504", withFields({ status: 504 }), "TIMEOUT"],
    ["HTTP 500", withFields({ status: 500 }), "UNKNOWN"],
    ["AbortSignal.timeout", new DOMException("m", "TimeoutError"), "TIMEOUT"],
    ["a plain abort", new DOMException("m", "AbortError"), "UNKNOWN"],
    ["a socket", withFields({ code: "ETIMEDOUT" }), "TIMEOUT"],
    ["undici", withFields({ code: "UND_ERR_HEADERS_TIMEOUT" }), "TIMEOUT"],
    ["a file", withFields({ code: "ENOENT" }), "NOT_FOUND"],
    ["zod", withFields({ name: "ZodError" }), "INVALID_INPUT"],
    ["a URL", withFields({ code: "ERR_INVALID_URL" }), "INVALID_INPUT"],
    ["JSON-RPC invalid params", withFields({ code: -32602 }), "INVALID_INPUT"],
    ["JSON-RPC request timeout", withFields({ code: -32001 }), "TIMEOUT"],
    ["fetch failed, by its cause", withFields({ cause: withFields({ code: "UND_ERR_CONNECT_TIMEOUT" }) }), "TIMEOUT"],
    ["a message that speaks of a timeout", new Error("timeout, 404, rate limit"), "UNKNOWN"],
    ["a string", "ETIMEDOUT", "UNKNOWN"],
    ["nothing", undefined, "UNKNOWN"],
    ["null", null, "UNKNOWN"],
  ])("%s", (_name, error, category) => {
    expect(builtInCategory(error)).toBe(category);
  });

  test("ends on errors that cause each other", () => {
    const error: { cause?: unknown } = new Error("a");
    error.cause = error;
    expect(builtInCategory(error)).toBe("UNKNOWN");
  });
});

describe("categorizeError of the author", () => {
  const allowed = allowedErrorTypes(["UPSTREAM_DOWN", "not a code", "1BAD", "X".repeat(51)]);

  test("counts where it is on the list", () => {
    expect(createCategorize(allowed, () => "UPSTREAM_DOWN")(new Error("x"))).toBe("UPSTREAM_DOWN");
    expect(createCategorize(allowed, () => "NOT_FOUND")(new Error("x"))).toBe("NOT_FOUND");
  });

  test.each([
    ["an undeclared code", () => "SOMETHING_ELSE"],
    ["a declared code outside the grammar", () => "not a code"],
    ["the message", (error: unknown) => (error as Error).message],
    ["nothing", () => undefined],
    ["no string", () => 7 as never],
    [
      "a throw",
      () => {
        throw new Error("mine");
      },
    ],
  ])("%s falls back to the built-in mapping", (_name, byAuthor) => {
    expect(createCategorize(allowed, byAuthor)(withFields({ status: 429 }))).toBe("RATE_LIMIT");
  });

  test("an error that throws when it is looked at is UNKNOWN", () => {
    const hostile = Object.defineProperty({}, "status", {
      get: () => {
        throw new Error("gotcha");
      },
    });
    expect(createCategorize(allowed)(hostile)).toBe("UNKNOWN");
  });
});
