/** The places that the fixture upstream knows. Facts about towns are rounded; nothing here is recorded from a service. */
export interface FixturePlace {
  readonly id: number;
  readonly name: string;
  readonly admin1: string;
  readonly admin2?: string;
  readonly countryCode: string;
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number;
  readonly timezone: string;
  readonly population?: number;
  readonly feature: string;
  readonly postcodes?: readonly string[];
  /** Names by which the search finds it, beside its own. */
  readonly alternates?: readonly string[];
  /** Two-letter state, for places in the United States. */
  readonly state?: string;
}

type Row = [
  name: string,
  admin1: string,
  countryCode: string,
  country: string,
  latitude: number,
  longitude: number,
  elevation: number,
  timezone: string,
  population: number | undefined,
  feature: string,
  more?: { state?: string; postcodes?: string[]; alternates?: string[]; admin2?: string },
];

const US = "United States";
const ROWS: readonly Row[] = [
  [
    "Albany",
    "New York",
    "US",
    US,
    42.6526,
    -73.7562,
    45,
    "America/New_York",
    99224,
    "PPLA",
    { state: "NY", postcodes: ["12201", "12207", "12210"] },
  ],
  [
    "Troy",
    "New York",
    "US",
    US,
    42.7284,
    -73.6918,
    12,
    "America/New_York",
    49974,
    "PPLA2",
    { state: "NY", postcodes: ["12180"] },
  ],
  [
    "New York",
    "New York",
    "US",
    US,
    40.7143,
    -74.006,
    10,
    "America/New_York",
    8804190,
    "PPL",
    { state: "NY", postcodes: ["10001", "10002"], alternates: ["NYC"] },
  ],
  [
    "Austin",
    "Texas",
    "US",
    US,
    30.2672,
    -97.7431,
    149,
    "America/Chicago",
    961855,
    "PPLA",
    { state: "TX", postcodes: ["73301", "78701"] },
  ],
  [
    "Paris",
    "Texas",
    "US",
    US,
    33.6609,
    -95.5555,
    183,
    "America/Chicago",
    24171,
    "PPLA2",
    { state: "TX", postcodes: ["75460"] },
  ],
  [
    "Chicago",
    "Illinois",
    "US",
    US,
    41.85,
    -87.65,
    179,
    "America/Chicago",
    2746388,
    "PPLA2",
    { state: "IL", postcodes: ["60601"] },
  ],
  [
    "Springfield",
    "Illinois",
    "US",
    US,
    39.8017,
    -89.6437,
    182,
    "America/Chicago",
    114394,
    "PPLA",
    { state: "IL", postcodes: ["62701"] },
  ],
  [
    "Springfield",
    "Missouri",
    "US",
    US,
    37.2153,
    -93.2982,
    396,
    "America/Chicago",
    169176,
    "PPLA2",
    { state: "MO", postcodes: ["65801"] },
  ],
  [
    "Springfield",
    "Massachusetts",
    "US",
    US,
    42.1015,
    -72.5898,
    21,
    "America/New_York",
    155929,
    "PPLA2",
    { state: "MA", postcodes: ["01101"] },
  ],
  [
    "Portland",
    "Oregon",
    "US",
    US,
    45.5234,
    -122.6762,
    12,
    "America/Los_Angeles",
    652503,
    "PPLA2",
    { state: "OR", postcodes: ["97201"] },
  ],
  [
    "Portland",
    "Maine",
    "US",
    US,
    43.6615,
    -70.2553,
    19,
    "America/New_York",
    68408,
    "PPLA2",
    { state: "ME", postcodes: ["04101"] },
  ],
  [
    "Phoenix",
    "Arizona",
    "US",
    US,
    33.4484,
    -112.074,
    331,
    "America/Phoenix",
    1608139,
    "PPLA",
    { state: "AZ", postcodes: ["85001"] },
  ],
  [
    "Denver",
    "Colorado",
    "US",
    US,
    39.7392,
    -104.9847,
    1609,
    "America/Denver",
    715522,
    "PPLA",
    { state: "CO", postcodes: ["80202"] },
  ],
  [
    "Hollywood",
    "Florida",
    "US",
    US,
    26.0112,
    -80.1495,
    3,
    "America/New_York",
    149728,
    "PPL",
    { state: "FL", postcodes: ["33019"] },
  ],
  [
    "Peggy",
    "Texas",
    "US",
    US,
    28.7397,
    -98.1786,
    116,
    "America/Chicago",
    undefined,
    "PPL",
    { state: "TX", alternates: ["Hollywood"] },
  ],
  [
    "Washington",
    "District of Columbia",
    "US",
    US,
    38.8951,
    -77.0364,
    7,
    "America/New_York",
    689545,
    "PPLC",
    { state: "DC", postcodes: ["20001"] },
  ],
  [
    "Honolulu",
    "Hawaii",
    "US",
    US,
    21.3069,
    -157.8583,
    6,
    "Pacific/Honolulu",
    350964,
    "PPLA",
    { state: "HI", postcodes: ["96813"] },
  ],
  [
    "Anchorage",
    "Alaska",
    "US",
    US,
    61.2181,
    -149.9003,
    31,
    "America/Anchorage",
    291247,
    "PPLA2",
    { state: "AK", postcodes: ["99501"] },
  ],
  [
    "San Juan",
    "San Juan",
    "PR",
    "Puerto Rico",
    18.4663,
    -66.1057,
    8,
    "America/Puerto_Rico",
    342259,
    "PPLC",
    { state: "PR" },
  ],
  [
    "Paris",
    "Île-de-France",
    "FR",
    "France",
    48.8534,
    2.3488,
    42,
    "Europe/Paris",
    2138551,
    "PPLC",
    { postcodes: ["75001"] },
  ],
  ["London", "England", "GB", "United Kingdom", 51.5085, -0.1257, 25, "Europe/London", 8961989, "PPLC"],
  ["London", "Ontario", "CA", "Canada", 42.9834, -81.233, 252, "America/Toronto", 383822, "PPL"],
  ["Toronto", "Ontario", "CA", "Canada", 43.7064, -79.3986, 175, "America/Toronto", 2731571, "PPLA"],
  ["Vancouver", "British Columbia", "CA", "Canada", 49.2497, -123.1193, 70, "America/Vancouver", 662248, "PPL"],
  ["St. John's", "Newfoundland and Labrador", "CA", "Canada", 47.5649, -52.7093, 19, "America/St_Johns", 99182, "PPLA"],
  ["Tijuana", "Baja California", "MX", "Mexico", 32.5027, -117.0037, 65, "America/Tijuana", 1922523, "PPL"],
  ["Berlin", "Berlin", "DE", "Germany", 52.5244, 13.4105, 34, "Europe/Berlin", 3426354, "PPLC"],
  [
    "Cologne",
    "North Rhine-Westphalia",
    "DE",
    "Germany",
    50.9333,
    6.95,
    58,
    "Europe/Berlin",
    1084831,
    "PPLA2",
    { alternates: ["Köln", "Koln"] },
  ],
  [
    "Reykjavik",
    "Capital Region",
    "IS",
    "Iceland",
    64.1355,
    -21.8954,
    37,
    "Atlantic/Reykjavik",
    118918,
    "PPLC",
    { alternates: ["Reykjavík"] },
  ],
  ["New Delhi", "Delhi", "IN", "India", 28.6358, 77.2245, 216, "Asia/Kolkata", 317797, "PPLC"],
  ["Kathmandu", "Bagmati Province", "NP", "Nepal", 27.7017, 85.3206, 1324, "Asia/Kathmandu", 1442271, "PPLC"],
  ["Tokyo", "Tokyo", "JP", "Japan", 35.6895, 139.6917, 44, "Asia/Tokyo", 9733276, "PPLC"],
  ["Sydney", "New South Wales", "AU", "Australia", -33.8678, 151.2073, 58, "Australia/Sydney", 4627345, "PPLA"],
  ["Auckland", "Auckland", "NZ", "New Zealand", -36.8485, 174.7635, 26, "Pacific/Auckland", 417910, "PPLA"],
  ["Apia", "Tuamasaga", "WS", "Samoa", -13.8333, -171.7667, 2, "Pacific/Apia", 40407, "PPLC"],
  ["São Paulo", "São Paulo", "BR", "Brazil", -23.5475, -46.6361, 769, "America/Sao_Paulo", 12400232, "PPLA"],
  ["Nairobi", "Nairobi County", "KE", "Kenya", -1.2833, 36.8167, 1684, "Africa/Nairobi", 4397073, "PPLC"],
];

export const GAZETTEER: readonly FixturePlace[] = ROWS.map((row, index) => {
  const [name, admin1, countryCode, country, latitude, longitude, elevation, timezone, population, feature, more] = row;
  return {
    id: 9_000_000 + index,
    ...{ name, admin1, countryCode, country, latitude, longitude, elevation, timezone, feature },
    ...(population === undefined ? {} : { population }),
    ...more,
  };
});

export function kilometres(
  a: { latitude: number; longitude: number },
  b: { latitude: number; longitude: number },
): number {
  const x = (b.longitude - a.longitude) * Math.cos(((a.latitude + b.latitude) * Math.PI) / 360);
  return Math.hypot(x, b.latitude - a.latitude) * 111.2;
}

/** The nearest place within `maxKm`. */
export function nearest(latitude: number, longitude: number, maxKm: number): FixturePlace | undefined {
  const at = { latitude, longitude };
  const [best] = [...GAZETTEER].sort((a, b) => kilometres(a, at) - kilometres(b, at));
  return best && kilometres(best, at) <= maxKm ? best : undefined;
}

/** IANA zone of any point: that of a town nearby, else a nautical one. */
export function zoneAt(latitude: number, longitude: number): string {
  const hours = Math.round(longitude / 15);
  return (
    nearest(latitude, longitude, 250)?.timezone ??
    (hours === 0 ? "GMT" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`)
  );
}

/** Sea points: no forecast by the NWS, waves by the marine service. */
export function isSea(latitude: number, longitude: number): boolean {
  return nearest(latitude, longitude, 60) === undefined;
}
