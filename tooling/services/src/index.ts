export { createDatabase, type Database } from "./create-database.ts";
export { type Direction, type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
export { CHROMIUM_ARGUMENTS, findChromium } from "./find-chromium.ts";
export { findProgram } from "./find-program.ts";
export { freePort } from "./free-port.ts";
export type { HurtableService } from "./running-service.ts";
export { type ServiceOrder, type Services, startServices } from "./start-services.ts";
