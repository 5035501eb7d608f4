// Drives the web UI of a running `datafyme demo` in a real browser.
// Usage: npm run e2e -- --base-url http://127.0.0.1:PORT [--screenshots DIR] [--only WORDS]
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openPage, startBrowser } from "./browser.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const { values } = parseArgs({
  options: { "base-url": { type: "string" }, screenshots: { type: "string" }, only: { type: "string" } },
});
const baseUrl = values["base-url"];
if (!baseUrl) {
  console.error("error: give the address of a running `datafyme demo`: --base-url http://127.0.0.1:PORT");
  process.exit(2);
}
if (values.screenshots) mkdirSync(values.screenshots, { recursive: true });

const browser = await startBrowser();
let passed = 0;
let failed = 0;
for (const [name, options, run] of SCENARIOS) {
  if (values.only && !name.includes(values.only)) continue;
  const { page, context, faults } = await openPage(browser, baseUrl, options);
  const shot = async (file) => {
    if (values.screenshots) await page.screenshot({ path: join(values.screenshots, `${file}.png`) });
  };
  const began = performance.now();
  try {
    await run({ page, context, baseUrl, shot });
    if (faults.length > 0) throw new Error(`the page reported: ${faults.join(" | ")}`);
    passed += 1;
    console.log(`ok      ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.message ?? error).replaceAll("\n", "\n        ")}`);
    await shot(`failed-${name.replace(/\W+/g, "-")}`);
  } finally {
    await context.close();
  }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
