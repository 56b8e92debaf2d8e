/** Renews the section of the README that says what analytics sends: `pnpm readme`. */
import { readFileSync, writeFileSync } from "node:fs";
import { disclosure, withDisclosure } from "./disclosure-section.ts";

const file = new URL("../README.md", import.meta.url);
writeFileSync(file, withDisclosure(readFileSync(file, "utf8"), disclosure()));
