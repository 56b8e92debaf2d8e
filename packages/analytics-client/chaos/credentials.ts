/** What every host is given, unless a real collector made its own. */
export const API_KEY = `wmc_${"c".repeat(64)}`;
export const SIGNING_SECRET = `wms_${"d".repeat(64)}`;
