export type Call = readonly [name: string, args: Readonly<Record<string, unknown>>];

/** Day of the year before last, so that all of it is history whenever this runs. */
const year = new Date().getUTCFullYear() - 1;
const wholeYear = { start_date: `${year}-01-01`, end_date: `${year}-12-31`, limit: 400 };
const wholeMonth = { start_date: `${year}-05-01`, end_date: `${year}-05-31`, limit: 400 };

/** The calls that ask for most, of every tool that can give much. */
export const LARGEST_CALLS: readonly Call[] = [
  ["get_forecast", { location: "Albany, NY", days: 16 }],
  ["get_forecast", { location: "Paris, FR", days: 16 }],
  ["get_forecast", { location: "Albany, NY", granularity: "hourly", hours: 168 }],
  ["get_forecast", { location: "Paris, FR", granularity: "hourly", hours: 168 }],
  ["get_current_conditions", { location: "Austin, TX" }],
  ["get_alerts", { state: "FL", limit: 50 }],
  ["get_historical_weather", { location: "Albany, NY", ...wholeYear }],
  ["get_historical_weather", { location: "São Paulo", ...wholeYear }],
  ["get_historical_weather", { location: "Berlin", ...wholeMonth, granularity: "hourly" }],
  ["search_location", { query: "Springfield", limit: 10 }],
  ["get_air_quality", { location: "Berlin", hours: 120 }],
  ["get_marine_forecast", { latitude: 40, longitude: -70, days: 8, granularity: "hourly" }],
  ["compare_to_normal", { location: "Albany, NY", date: `${year}-05` }],
  ["find_stations", { location: "New York, NY", limit: 50 }],
  ["get_forecast_discussion", { location: "Albany, NY" }],
  ["compare_models", { location: "Auckland", days: 7 }],
];

/** What people ask again and again. */
export const REPEATED_CALLS: readonly Call[] = [
  ["get_forecast", { location: "Albany, NY" }],
  ["get_forecast", { location: "Paris, FR", granularity: "hourly", hours: 24 }],
  ["get_current_conditions", { location: "Austin, TX" }],
  ["get_historical_weather", { location: "Albany, NY", ...wholeMonth }],
];
