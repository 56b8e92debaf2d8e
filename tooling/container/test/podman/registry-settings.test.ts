import { describe, expect, it } from "vitest";
import { registrySettings } from "../../src/podman/registry-settings.ts";

describe("npm's settings for RUN steps", () => {
  it("are none where the machine has none", () => {
    expect(registrySettings(new Map(), undefined)).toEqual({ npmrcLines: [], certificates: undefined });
  });

  it("pass on certificates, registry and proxy", () => {
    const values = new Map([
      ["registry", "https://npm.example/"],
      ["proxy", "http://proxy.example:3128"],
    ]);
    expect(registrySettings(values, "/etc/authorities.pem")).toEqual({
      npmrcLines: [
        "cafile=/etc/authorities.pem",
        "registry=https://npm.example/",
        "proxy=http://proxy.example:3128",
        "update-notifier=false",
      ],
      certificates: "/etc/authorities.pem",
    });
  });

  it("never carry a credential", () => {
    const values = new Map([
      ["https-proxy", "http://someone:secret@proxy.example"],
      ["_authToken", "secret"],
    ]);
    expect(registrySettings(values, undefined).npmrcLines).toEqual([]);
  });
});
