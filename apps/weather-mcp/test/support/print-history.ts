/** Prints what history and forecasts say of dates, for a test that runs this under several time zones of the host. */
import { pauselessClock } from "./manual-clock.ts";
import { openSession } from "./weather-session.ts";

const session = await openSession({ clock: pauselessClock("2026-11-20T18:00:00Z") });
const places = ["Albany, NY", "Paris, FR", "New Delhi", "Kathmandu", "Apia", "St. John's, NL", "Honolulu, HI"];
const spans = [
  ["2026-01-01", "2026-01-03"],
  ["2026-03-07", "2026-03-09"],
  ["2026-10-31", "2026-11-02"],
] as const;
const history = [];
for (const location of places) {
  for (const [start_date, end_date] of spans) {
    const { table, source } = await session.ok("get_historical_weather", { location, start_date, end_date });
    history.push({ location, source, rows: table.rows });
  }
}
const hours: Record<string, number> = {};
for (const date of ["2026-03-08", "2026-11-01"]) {
  const day = { location: "Albany, NY", start_date: date, end_date: date, granularity: "hourly" };
  hours[date] = (await session.ok("get_historical_weather", day)).total_rows;
}
const forecasts = [];
for (const location of places) {
  const { periods, fetched_at } = await session.ok("get_forecast", { location, days: 3 });
  forecasts.push({
    location,
    fetched_at,
    days: periods.map(({ date, start, end }: Record<string, string>) => [date, start, end]),
  });
}
process.stdout.write(JSON.stringify({ zone: process.env.TZ, history, hours, forecasts }));
await session.close();
