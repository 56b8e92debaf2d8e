import { type FixturePlace, GAZETTEER, isSea, kilometres, nearest } from "./gazetteer.ts";
import { alertsBody } from "./nws-alerts.ts";
import { forecastBody, gridBody, hourlyBody, observationBody } from "./nws-bodies.ts";
import { type FixtureRequest, json, type Reply } from "./reply.ts";

const GEO_JSON = {
  "content-type": "application/geo+json",
  "x-correlation-id": "fixture",
  "cache-control": "public, max-age=60, s-maxage=3600",
};

/** api.weather.gov: covers what lies within 100 km of a town of the United States in the gazetteer. */
export function nwsReply(request: FixtureRequest): Reply {
  if (!request.headers["user-agent"]?.includes("(")) return blocked();
  const parts = request.path.split("/").filter((part) => part !== "");
  const [kind, first, second, third] = parts;
  if (kind === "points" && first) return points(first);
  if (kind === "gridpoints" && first && second) return grid(first, second, parts.slice(3), request);
  if (kind === "stations" && first && second === "observations" && third === undefined)
    return observations(first, request);
  if (kind === "alerts" && first === "active") return alerts(request);
  if (kind === "products") return products(parts, request);
  return problem(404, "NotFound", "Not Found");
}

function points(pair: string): Reply {
  const match = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(decodeURIComponent(pair));
  const latitude = Number(match?.[1]);
  const longitude = Number(match?.[2]);
  if (!match || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    return problem(
      400,
      "InvalidParameter",
      `Parameter "point" is invalid: '${pair}' does not appear to be a valid coordinate`,
    );
  }
  const clean = `${Number(latitude.toFixed(4))},${Number(longitude.toFixed(4))}`;
  if (`${match[1]},${match[2]}` !== clean) {
    const long = [match[1], match[2]].some((text) => (text?.split(".")[1]?.length ?? 0) > 4);
    const reply = problem(
      301,
      long ? "AdjustPointPrecision" : "AdjustTrailingZeroRedundancy",
      "See the location header.",
    );
    return { ...reply, headers: { ...reply.headers, location: clean } };
  }
  const place = coveredPlace(latitude, longitude);
  if (!place) {
    const marine = isSea(latitude, longitude) && nearUs(latitude, longitude);
    return marine
      ? problem(404, "MarineForecastNotSupported", "Forecasts for marine areas are not yet supported by this API.")
      : problem(404, "InvalidPoint", `Unable to provide data for requested point ${clean}`);
  }
  return json(pointBody(place, latitude, longitude), 200, GEO_JSON);
}

function pointBody(place: FixturePlace, latitude: number, longitude: number): unknown {
  const [x, y] = gridOf(place);
  const api = "https://api.weather.gov";
  return {
    id: `${api}/points/${latitude},${longitude}`,
    type: "Feature",
    geometry: { type: "Point", coordinates: [longitude, latitude] },
    properties: {
      "@type": "wx:Point",
      cwa: "FIX",
      type: "land",
      gridId: "FIX",
      gridX: x,
      gridY: y,
      // Absolute links as the service sends them; nobody may follow them to the real service.
      forecast: `${api}/gridpoints/FIX/${x},${y}/forecast`,
      observationStations: `${api}/gridpoints/FIX/${x},${y}/stations`,
      relativeLocation: { type: "Feature", properties: { city: place.name, state: place.state ?? "" } },
      timeZone: place.timezone,
      radarStation: "KFIX",
    },
  };
}

/** The cell of a place is its number in the gazetteer. */
function gridOf(place: FixturePlace): [number, number] {
  return [GAZETTEER.indexOf(place), 7];
}

function coveredPlace(latitude: number, longitude: number): FixturePlace | undefined {
  const place = nearest(latitude, longitude, 100);
  return place?.state ? place : undefined;
}

function nearUs(latitude: number, longitude: number): boolean {
  return nearest(latitude, longitude, 600)?.state !== undefined;
}

function grid(office: string, cell: string, rest: readonly string[], request: FixtureRequest): Reply {
  const place = office === "FIX" ? GAZETTEER[Number(cell.split(",")[0])] : undefined;
  if (!place?.state) return problem(404, "NotFound", "Not Found");
  const units = request.query.get("units") ?? "us";
  if (units !== "us" && units !== "si") return problem(400, "InvalidParameter", 'Parameter "units" is invalid');
  const what = rest.join("/");
  if (what === "forecast") return json(forecastBody(place, units, request.nowMs), 200, GEO_JSON);
  if (what === "forecast/hourly") return json(hourlyBody(place, units, request.nowMs), 200, GEO_JSON);
  if (what === "") return json(gridBody(place, request.nowMs), 200, GEO_JSON);
  if (what === "stations") return json(stationsBody(place, Number(request.query.get("limit") ?? 500)), 200, GEO_JSON);
  return problem(404, "NotFound", "Not Found");
}

/** Three stations round a town: KF00A a few kilometres off, KF00B and KF00C farther away. */
export function stationsOf(place: FixturePlace): { id: string; name: string; latitude: number; longitude: number }[] {
  const number = String(GAZETTEER.indexOf(place)).padStart(2, "0");
  return ["A", "B", "C"].map((letter, index) => ({
    id: `KF${number}${letter}`,
    name: `${place.name} ${["Airport", "Harbor", "Heights"][index]}`,
    latitude: Number((place.latitude + 0.04 * (index + 1)).toFixed(4)),
    longitude: place.longitude,
  }));
}

function stationsBody(place: FixturePlace, limit: number): unknown {
  const features = stationsOf(place)
    .slice(0, limit)
    .map((station) => ({
      id: `https://api.weather.gov/stations/${station.id}`,
      type: "Feature",
      geometry: { type: "Point", coordinates: [station.longitude, station.latitude] },
      properties: {
        "@type": "wx:ObservationStation",
        elevation: { unitCode: "wmoUnit:m", value: place.elevation },
        stationIdentifier: station.id,
        name: station.name,
        timeZone: place.timezone,
        distance: { unitCode: "wmoUnit:m", value: kilometres(place, station) * 1_000 },
      },
    }));
  return { type: "FeatureCollection", features, observationStations: features.map((feature) => feature.id) };
}

function observations(stationId: string, request: FixtureRequest): Reply {
  const place = GAZETTEER.find(
    (candidate) => candidate.state && stationsOf(candidate).some(({ id }) => id === stationId),
  );
  const station = place && stationsOf(place).find(({ id }) => id === stationId);
  if (!place || !station) return problem(404, "NotFound", "Not Found");
  const feature = observationBody(station, place, request.nowMs);
  return json({ type: "FeatureCollection", features: [feature] }, 200, GEO_JSON);
}

function alerts(request: FixtureRequest): Reply {
  const point = request.query.get("point");
  const area = request.query.get("area");
  if ((point === null) === (area === null))
    return problem(400, "InvalidParameter", 'Parameters "point" and "area" are exclusive');
  if (area !== null) {
    if (!/^[A-Z]{2}$/.test(area)) return problem(400, "InvalidParameter", 'Parameter "area" is invalid');
    return json(alertsBody(area, request.nowMs), 200, GEO_JSON);
  }
  const [latitude = Number.NaN, longitude = Number.NaN] = (point ?? "").split(",").map(Number);
  const place = coveredPlace(latitude, longitude);
  if (!place && !nearUs(latitude, longitude))
    return problem(400, "InvalidParameter", 'Parameter "point" is invalid: out of bounds');
  return json(alertsBody(place?.state ?? "", request.nowMs), 200, GEO_JSON);
}

function products(parts: readonly string[], request: FixtureRequest): Reply {
  const [, id] = parts;
  if (id === undefined || id === "") {
    const location = request.query.get("location") ?? "";
    const issued = new Date(request.nowMs - 3 * 3_600_000).toISOString();
    const item = {
      id: `fixture-afd-${location}`,
      issuingOffice: `K${location}`,
      issuanceTime: issued,
      productCode: "AFD",
    };
    return json({ "@graph": location === "FIX" ? [item] : [] }, 200, { "content-type": "application/ld+json" });
  }
  if (!id.startsWith("fixture-afd-")) return problem(404, "NotFound", "Not Found");
  const text = [
    "\n000\nFXUS61 KFIX 151741\nAFDFIX\n\nArea Forecast Discussion\nNational Weather Service Fixture NY\n",
    ".KEY MESSAGES...\n\n1. A dry front passes tonight.\n2. Showers return late in the week.\n\n&&\n",
    `.SHORT TERM /THROUGH TONIGHT/...\nHigh pressure builds in from the west. ${"Clouds thin out by evening. ".repeat(40)}\n\n&&\n`,
    `.LONG TERM /FRIDAY THROUGH MONDAY/...\n${"An upper trough swings through. ".repeat(120)}\n\n&&\n`,
    ".AVIATION...\nVFR.\n\n$$\n",
  ].join("\n");
  const issuanceTime = new Date(request.nowMs - 3 * 3_600_000).toISOString();
  return json({ id, issuingOffice: "KFIX", issuanceTime, productCode: "AFD", productText: text }, 200, GEO_JSON);
}

export function problem(status: number, kind: string, detail: string): Reply {
  const body = {
    correlationId: "fixture",
    title: kind,
    type: `https://api.weather.gov/problems/${kind}`,
    status,
    detail,
    instance: "https://api.weather.gov/requests/fixture",
  };
  return json(body, status, { "content-type": "application/problem+json" });
}

function blocked(): Reply {
  return {
    status: 403,
    body: "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n</BODY></HTML>",
    headers: { "content-type": "text/html" },
  };
}
