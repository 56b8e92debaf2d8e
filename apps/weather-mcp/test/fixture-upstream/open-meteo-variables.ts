import { humidityAt, rainAt, snowAt, temperatureAt, weatherCodeAt, windAt, windDirectionAt } from "./weather-model.ts";

type Hourly = (latitude: number, longitude: number, unixMs: number) => number | null;

interface HourlyVariable {
  readonly unit: string;
  readonly at: Hourly;
}

interface DailyVariable {
  readonly unit: string;
  /** Out of the day's hours, whose labels are `hours`. */
  readonly of: (latitude: number, longitude: number, hours: readonly number[], offsetS: number) => number | null;
}

export type Service = "forecast" | "archive" | "air-quality" | "marine";

const HOUR_MS = 3_600_000;

const weather: Record<string, HourlyVariable> = {
  temperature_2m: { unit: "°C", at: temperatureAt },
  apparent_temperature: { unit: "°C", at: (lat, lon, at) => temperatureAt(lat, lon, at) - 1 },
  dew_point_2m: { unit: "°C", at: (lat, lon, at) => temperatureAt(lat, lon, at) - 6 },
  relative_humidity_2m: { unit: "%", at: (lat, _lon, at) => humidityAt(lat, at) },
  precipitation: { unit: "mm", at: rainAt },
  snowfall: { unit: "cm", at: snowAt },
  wind_speed_10m: { unit: "km/h", at: windAt },
  wind_gusts_10m: { unit: "km/h", at: (lat, lon, at) => windAt(lat, lon, at) * 1.6 },
  wind_direction_10m: { unit: "°", at: (_lat, lon, at) => windDirectionAt(lon, at) },
  weather_code: { unit: "wmo code", at: weatherCodeAt },
  cloud_cover: { unit: "%", at: (lat, lon, at) => (rainAt(lat, lon, at) > 0 ? 95 : 35) },
  pressure_msl: { unit: "hPa", at: (lat, _lon, at) => 1_008 + (humidityAt(lat, at) % 20) },
  visibility: { unit: "m", at: () => 17_280 },
  is_day: { unit: "", at: (_lat, lon, at) => (((at / HOUR_MS + lon / 15 + 48) % 24) - 12 > 6 ? 0 : 1) },
};

const forecast: Record<string, HourlyVariable> = {
  ...weather,
  precipitation_probability: { unit: "%", at: (lat, lon, at) => (rainAt(lat, lon, at) > 0 ? 80 : 5) },
  uv_index: { unit: "", at: (lat) => Math.max(0, 9 - Math.abs(lat) / 10) },
};

const archive: Record<string, HourlyVariable> = {
  ...weather,
  // Known to the service, but no model of the archive has it.
  visibility: { unit: "undefined", at: () => null },
};

const inEurope = (lat: number, lon: number) => lat > 34 && lat < 72 && lon > -25 && lon < 45;
const pollen: HourlyVariable = { unit: "grains/m³", at: (lat, lon) => (inEurope(lat, lon) ? 12 : null) };
const gas = (level: number): HourlyVariable => ({
  unit: "μg/m³",
  at: (lat, lon, at) => level + windAt(lat, lon, at) / 10,
});

const airQuality: Record<string, HourlyVariable> = {
  // A town far from any model's stations: no index at all.
  us_aqi: {
    unit: "USAQI",
    at: (lat, lon, at) => (lat < -13 && lat > -14 ? null : 40 + (humidityAt(lat, at) % 30) + Math.abs(lon) * 0),
  },
  european_aqi: { unit: "EAQI", at: (lat, _lon, at) => 20 + (humidityAt(lat, at) % 20) },
  us_aqi_pm2_5: { unit: "USAQI", at: (lat, _lon, at) => 40 + (humidityAt(lat, at) % 30) },
  us_aqi_pm10: { unit: "USAQI", at: () => 22 },
  us_aqi_ozone: { unit: "USAQI", at: () => 31 },
  us_aqi_nitrogen_dioxide: { unit: "USAQI", at: () => 8 },
  us_aqi_sulphur_dioxide: { unit: "USAQI", at: () => 3 },
  us_aqi_carbon_monoxide: { unit: "USAQI", at: () => 2 },
  pm2_5: gas(9),
  pm10: gas(16),
  ozone: gas(60),
  nitrogen_dioxide: gas(14),
  sulphur_dioxide: gas(3),
  carbon_monoxide: gas(160),
  uv_index: { unit: "", at: (lat) => Math.max(0, 9 - Math.abs(lat) / 10) },
  alder_pollen: pollen,
  birch_pollen: pollen,
  grass_pollen: pollen,
  mugwort_pollen: pollen,
  olive_pollen: pollen,
  ragweed_pollen: pollen,
};

const marine: Record<string, HourlyVariable> = {
  wave_height: { unit: "m", at: (lat, lon, at) => windAt(lat, lon, at) / 12 },
  wave_direction: { unit: "°", at: (_lat, lon, at) => windDirectionAt(lon, at) },
  wave_period: { unit: "s", at: (lat, lon, at) => 3 + windAt(lat, lon, at) / 8 },
  swell_wave_height: { unit: "m", at: (lat, lon, at) => windAt(lat, lon, at) / 20 },
  swell_wave_direction: { unit: "°", at: (_lat, lon, at) => windDirectionAt(lon, at) },
  swell_wave_period: { unit: "s", at: () => 8.2 },
  sea_surface_temperature: { unit: "°C", at: (lat) => 27 - Math.abs(lat) * 0.3 },
};

export const HOURLY: Readonly<Record<Service, Readonly<Record<string, HourlyVariable>>>> = {
  forecast,
  archive,
  "air-quality": airQuality,
  marine,
};

const over =
  (variable: HourlyVariable, figure: (values: number[]) => number): DailyVariable["of"] =>
  (lat, lon, hours) =>
    figure(hours.map((at) => variable.at(lat, lon, at) ?? 0));
const max = (values: number[]) => Math.max(...values);
const min = (values: number[]) => Math.min(...values);
const sum = (values: number[]) => Math.round(values.reduce((a, b) => a + b, 0) * 100) / 100;
const mean = (values: number[]) => Math.round((sum(values) / values.length) * 10) / 10;
const hourOfDay =
  (hour: number): DailyVariable["of"] =>
  (_lat, _lon, hours) =>
    (hours[0] as number) / 1_000 + hour * 3_600;

const pick = (name: string) => forecast[name] as HourlyVariable;
const daily: Record<string, DailyVariable> = {
  weather_code: { unit: "wmo code", of: over(pick("weather_code"), max) },
  temperature_2m_max: { unit: "°C", of: over(pick("temperature_2m"), max) },
  temperature_2m_min: { unit: "°C", of: over(pick("temperature_2m"), min) },
  temperature_2m_mean: { unit: "°C", of: over(pick("temperature_2m"), mean) },
  apparent_temperature_max: { unit: "°C", of: over(pick("apparent_temperature"), max) },
  precipitation_sum: { unit: "mm", of: over(pick("precipitation"), sum) },
  snowfall_sum: { unit: "cm", of: over(pick("snowfall"), sum) },
  precipitation_probability_max: { unit: "%", of: over(pick("precipitation_probability"), max) },
  wind_speed_10m_max: { unit: "km/h", of: over(pick("wind_speed_10m"), max) },
  wind_gusts_10m_max: { unit: "km/h", of: over(pick("wind_gusts_10m"), max) },
  wind_direction_10m_dominant: { unit: "°", of: over(pick("wind_direction_10m"), max) },
  uv_index_max: { unit: "", of: over(pick("uv_index"), max) },
  sunrise: { unit: "unixtime", of: hourOfDay(6.5) },
  sunset: { unit: "unixtime", of: hourOfDay(18.5) },
};

export const DAILY: Readonly<Record<Service, Readonly<Record<string, DailyVariable>>>> = {
  forecast: daily,
  archive: daily,
  "air-quality": {},
  marine: {
    wave_height_max: { unit: "m", of: over(marine.wave_height as HourlyVariable, max) },
    wave_period_max: { unit: "s", of: over(marine.wave_period as HourlyVariable, max) },
    wave_direction_dominant: { unit: "°", of: over(marine.wave_direction as HourlyVariable, max) },
    swell_wave_height_max: { unit: "m", of: over(marine.swell_wave_height as HourlyVariable, max) },
    swell_wave_period_max: { unit: "s", of: over(marine.swell_wave_period as HourlyVariable, max) },
  },
};
