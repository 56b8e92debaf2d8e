import type { Config } from "../config.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { Cdo } from "./cdo.ts";
import { Geocoder } from "./geocoding.ts";
import { Ncei } from "./ncei.ts";
import { Nws } from "./nws.ts";
import { OpenMeteo } from "./open-meteo.ts";
import { UpstreamClient, type UpstreamDeps } from "./upstream-client.ts";

/** What a tool works with: one set per process, whatever the number of MCP sessions. */
export interface WeatherServices {
  readonly config: Config;
  readonly clock: Clock;
  readonly nws: Nws;
  readonly openMeteo: OpenMeteo;
  readonly geocoder: Geocoder;
  readonly ncei: Ncei;
  readonly cdo: Cdo;
}

/** Opens nothing by itself: the first connection is made by the first tool call. */
export function createWeatherServices(config: Config, deps: Partial<UpstreamDeps> = {}): WeatherServices {
  const clock = deps.clock ?? systemClock;
  const client = new UpstreamClient(config, {
    clock,
    random: deps.random ?? Math.random,
    fetch: deps.fetch ?? globalThis.fetch,
  });
  const now = () => clock.now();
  return {
    config,
    clock,
    nws: new Nws(client),
    openMeteo: new OpenMeteo(client, now),
    geocoder: new Geocoder(client, now),
    ncei: new Ncei(client),
    cdo: new Cdo(client, config.cdoToken),
  };
}
