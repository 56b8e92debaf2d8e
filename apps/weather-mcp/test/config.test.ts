import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";

const problem = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    return error instanceof ConfigError ? error.message : "another error";
  }
  return "none";
};

describe("readConfig", () => {
  test("without any variable everything has its default", () => {
    expect(readConfig({})).toMatchObject({
      units: undefined,
      cdoToken: undefined,
      toolSet: "default",
      attemptTimeoutMs: 8_000,
      callTimeoutMs: 20_000,
    });
  });

  test("an empty variable is an unset one", () => {
    const empty = {
      WEATHER_UNITS: "",
      WEATHER_TOOLS: " ",
      NOAA_CDO_TOKEN: "",
      WEATHER_NWS_URL: "",
      WEATHER_TIMEOUT_MS: "",
    };
    expect(readConfig(empty)).toEqual(readConfig({}));
  });

  test("a bad value is refused by the name of its variable, without showing it", () => {
    const secret = "s3cret\u0007value";
    expect(problem({ WEATHER_UNITS: "kelvin" })).toBe("WEATHER_UNITS must be one of: auto, metric, imperial");
    expect(problem({ WEATHER_TIMEOUT_MS: "20s" })).toContain("WEATHER_TIMEOUT_MS");
    expect(problem({ NOAA_CDO_TOKEN: secret })).toContain("NOAA_CDO_TOKEN");
    expect(problem({ NOAA_CDO_TOKEN: secret })).not.toContain(secret);
  });

  test("base URLs are https, or http on this machine only", () => {
    expect(problem({ WEATHER_NWS_URL: "http://127.0.0.1:4000/nws" })).toBe("none");
    expect(problem({ WEATHER_NWS_URL: "http://[::1]:4000" })).toBe("none");
    for (const url of [
      "http://api.example",
      "ftp://127.0.0.1",
      "file:///etc/passwd",
      "nonsense",
      "https://u:p@api.example",
    ]) {
      expect(problem({ WEATHER_NWS_URL: url })).toContain("WEATHER_NWS_URL");
    }
    expect(readConfig({ WEATHER_NWS_URL: "https://proxy.example/nws/" }).baseUrls.nws).toBe(
      "https://proxy.example/nws",
    );
  });

  test("a key of a paid plan goes to the hosts of paid plans, unless a URL is set", () => {
    const config = readConfig({ OPEN_METEO_API_KEY: "k", WEATHER_OPEN_METEO_MARINE_URL: "https://proxy.example" });
    expect(config.baseUrls["open-meteo"]).toBe("https://customer-api.open-meteo.com");
    expect(config.baseUrls["open-meteo-marine"]).toBe("https://proxy.example");
    expect(config.baseUrls.nws).toBe("https://api.weather.gov");
  });
});
