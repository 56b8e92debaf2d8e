import { describe, expect, test } from "vitest";
import { refusalOf } from "../../src/http/check-caller.ts";

const rules = { allowedHosts: ["weather.example"], allowedOrigins: ["https://app.example"] };
const refusal = (host: string | undefined, origin?: string) =>
  refusalOf({ ...(host === undefined ? {} : { host }), ...(origin === undefined ? {} : { origin }) }, rules);

describe("who may call", () => {
  test.each(["localhost", "localhost:8808", "127.0.0.1:8808", "[::1]:8808", "weather.example", "Weather.Example:443"])(
    "host %s is welcome",
    (host) => expect(refusal(host)).toBeUndefined(),
  );

  test.each([
    undefined,
    "",
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "weather.example.evil",
    "[::2]",
    "localhost:8808:9",
  ])("host %s is refused: its page would only pretend to be this machine", (host) =>
    expect(refusal(host)).toBe("Host not allowed"),
  );

  test.each(["http://localhost:3000", "https://127.0.0.1", "https://app.example", "https://APP.example"])(
    "origin %s is welcome",
    (origin) => expect(refusal("localhost", origin)).toBeUndefined(),
  );

  test.each([
    "https://evil.example",
    "null",
    "https://app.example.evil",
    "http://app.example",
    "https://localhost.evil",
  ])("origin %s is refused", (origin) => expect(refusal("localhost", origin)).toBe("Origin not allowed"));
});
