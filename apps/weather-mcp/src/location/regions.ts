import { fold } from "./fold.ts";

export interface Region {
  readonly code: string;
  /** As the geocoder names it. */
  readonly name: string;
  readonly countryCode: string;
}

const US_STATES =
  "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming";
const CANADIAN_PROVINCES =
  "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon";
const AUSTRALIAN_STATES =
  "NSW New South Wales|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia|ACT Australian Capital Territory|NT Northern Territory";
const UK_NATIONS = "ENG England|SCT Scotland|WLS Wales|NIR Northern Ireland";

export const REGIONS: readonly Region[] = [
  ...read(US_STATES, "US"),
  ...read(CANADIAN_PROVINCES, "CA"),
  ...read(AUSTRALIAN_STATES, "AU"),
  ...read(UK_NATIONS, "GB"),
];

/** Territories have country codes of their own; the National Weather Service covers them too. */
export const US_TERRITORIES: readonly string[] = ["PR", "VI", "GU", "AS", "MP"];

const ALASKA_ETC = ["Anchorage", "Juneau", "Sitka", "Nome", "Yakutat", "Metlakatla", "Adak"];
const US_ZONES = new Set(
  [
    ...["New_York", "Detroit", "Chicago", "Menominee", "Denver", "Boise", "Phoenix", "Los_Angeles", ...ALASKA_ETC],
    ...["Puerto_Rico", "St_Thomas", "Fort_Wayne", "Indianapolis", "Louisville"],
  ]
    .map((city) => `America/${city}`)
    .concat("Pacific/Honolulu", "Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago"),
);

function read(list: string, countryCode: string): Region[] {
  return list.split("|").map((entry) => {
    const [code = ""] = entry.split(" ", 1);
    return { code, name: entry.slice(code.length + 1), countryCode };
  });
}

let byFoldedText: Map<string, Region[]> | undefined;

function groupByText(): Map<string, Region[]> {
  const groups = new Map<string, Region[]>();
  for (const region of REGIONS) {
    for (const text of [region.code.toLowerCase(), fold(region.name)]) {
      groups.set(text, [...(groups.get(text) ?? []), region]);
    }
  }
  return groups;
}

/** Every region that a text can mean, by code or name. "WA" is Washington and Western Australia. */
export function regionsOf(text: string): readonly Region[] {
  byFoldedText ??= groupByText();
  return byFoldedText.get(fold(text)) ?? [];
}

/** Codes that alerts can be asked for: states, territories, DC, and the marine areas. */
export const ALERT_AREAS: ReadonlySet<string> = new Set([
  ...REGIONS.filter((region) => region.countryCode === "US").map((region) => region.code),
  ...US_TERRITORIES,
  ...["AM", "AN", "GM", "LC", "LE", "LH", "LM", "LO", "LS", "PH", "PK", "PM", "PS", "PZ", "SL"],
]);

/** The United States, its territories included. */
export function isUnitedStates(countryCode: string | null): boolean {
  return countryCode === "US" || (countryCode !== null && US_TERRITORIES.includes(countryCode));
}

/** Whether a zone is used only in the United States: tells the country of bare coordinates. */
export function isUsZone(zone: string): boolean {
  return US_ZONES.has(zone) || /^America\/(Indiana|Kentucky|North_Dakota)\//.test(zone);
}
