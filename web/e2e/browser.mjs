// Starts Debian's Chromium and gives pages that keep what went wrong in them.
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export async function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

export const DESKTOP = { width: 1280, height: 860 };
export const PHONE = { width: 390, height: 844 };

/** A page of its own context. `faults` gathers uncaught errors and refusals of the content security policy. */
export async function openPage(browser, baseUrl, { viewport = DESKTOP, colorScheme = "light", phone = false } = {}) {
  const context = await browser.newContext({
    baseURL: baseUrl, viewport, colorScheme, reducedMotion: "reduce", isMobile: phone, hasTouch: phone, acceptDownloads: true,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(baseUrl).origin });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|Warning: |Minified React error/.test(message.text())) faults.push(message.text());
  });
  return { page, context, faults };
}
