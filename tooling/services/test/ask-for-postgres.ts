import { startServices } from "../src/index.ts";

/** Asks for PostgreSQL, says where it is, and stays until it is killed. */
const services = await startServices({ postgres: true });
console.log(services.databaseUrl);
setInterval(() => {}, 60_000);
