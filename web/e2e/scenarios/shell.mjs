// What holds on every page: size, keyboard, screens, schemes, failures.
import assert from "node:assert/strict";
import { PHONE } from "../browser.mjs";
import { answerOf, askCinema, BY_LIMIT, drawn, fitsWidth, openPart, QUESTION } from "../steps.mjs";

/** Most that the first page may fetch, compressed, in bytes. */
const FIRST_LOAD = 400_000;

/** Presses Tab (or another key) until the element that has the focus is the wanted one. */
async function tabTo(page, role, name, key = "Tab") {
  const wanted = page.getByRole(role, { name }).first();
  for (let i = 0; i < 60; i += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)}`);
}

async function firstLoad({ page, baseUrl }) {
  const strangers = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(baseUrl) && !request.url().startsWith("data:")) strangers.push(request.url());
  });
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  const bytes = await page.evaluate(() =>
    performance.getEntriesByType("resource").reduce((sum, entry) => sum + (entry.encodedBodySize ?? 0), 0),
  );
  assert.ok(bytes > 10_000 && bytes < FIRST_LOAD, `the first page fetches ${bytes} bytes`);
  await drawn(await askCinema(page));
  assert.deepEqual(strangers, [], "nothing comes from another host");
}

async function keyboardOnly({ page }) {
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "question");
  await tabTo(page, "link", "Skip to the content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "question");
  // Back to the picker of the data source, and the one named cinema by the keyboard alone.
  await tabTo(page, "button", /^Data source:/);
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  for (let i = 0; i < 10; i += 1) {
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? "");
    if (focused.startsWith("cinema")) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Data source: cinema" }).waitFor();
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("/");
  await page.keyboard.type(BY_LIMIT);
  await page.keyboard.press("Control+Enter");
  const answer = await answerOf(page, 0);
  await drawn(answer);
  // The question box has the focus again; the answer stands before it.
  await page.waitForFunction(() => document.activeElement?.id === "question");
  await tabTo(page, "tab", /^Chart/, "Shift+Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await answer.getByLabel("Query of the answer").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "question");
}

async function phone({ page, shot }) {
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  await fitsWidth(page);
  await shot("phone-home");
  const answer = await askCinema(page);
  await drawn(answer);
  await fitsWidth(page);
  await shot("phone-chart");
  await openPart(answer, "Checks");
  await fitsWidth(page);
  await page.getByRole("button", { name: "Menu" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("link", { name: "Data sources" }).waitFor();
  await shot("phone-menu");
  await drawer.getByRole("link", { name: "Data sources" }).click();
  await page.getByRole("heading", { name: "Data sources", level: 1 }).waitFor();
  await drawer.waitFor({ state: "detached" });
  await fitsWidth(page);
  await page.getByRole("link", { name: "fulfillment", exact: true }).click();
  await page.getByTestId("table").first().getByRole("button").first().click();
  await page.getByTestId("table").first().getByRole("table").waitFor();
  await fitsWidth(page);
  await shot("phone-source");
}

async function darkMode({ page, shot }) {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  assert.equal(await background(), "rgb(18, 21, 26)");
  await drawn(await askCinema(page));
  await shot("dark-chart");
  await page.getByText("Light", { exact: true }).click({ force: true });
  assert.equal(await background(), "rgb(246, 247, 248)");
  await page.reload();
  await page.getByLabel(QUESTION).waitFor();
  assert.equal(await background(), "rgb(246, 247, 248)");
}

/** A size that is set must hold at once, or boxes that measure themselves take the old one. */
async function stillness({ page }) {
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  const width = await page.evaluate(() => {
    const box = document.body.appendChild(document.createElement("textarea"));
    const before = box.offsetWidth;
    box.style.width = `${before + 300}px`;
    const after = box.offsetWidth - before;
    box.remove();
    return after;
  });
  assert.equal(width, 300);
  await page.getByLabel(QUESTION).fill("one\ntwo\nthree");
  const tall = await page.getByLabel(QUESTION).evaluate((box) => box.offsetHeight);
  await page.getByLabel(QUESTION).fill("");
  assert.ok((await page.getByLabel(QUESTION).evaluate((box) => box.offsetHeight)) < tall - 30);
}

async function unreachable({ page }) {
  await page.goto("/sources");
  await page.getByTestId("source").first().waitFor();
  await page.route("**/api/v1/**", (route) => route.abort("connectionrefused"));
  await page.goto("/sources");
  await page.getByText("Datafyme’s server does not answer.", { exact: false }).first().waitFor();
  await page.unroute("**/api/v1/**");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).first().click();
  await page.getByTestId("source").first().waitFor();
}

async function missingPages({ page }) {
  await page.goto("/no/such/page");
  await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
  await page.goto("/conversations/01900000-0000-7000-8000-000000000000");
  await page.getByText("This conversation does not exist any more.").waitFor();
  await page.goto("/sources/01900000-0000-7000-8000-000000000000");
  await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
}

export default [
  ["the first page is small, and nothing comes from elsewhere", {}, firstLoad],
  ["everything goes by the keyboard alone", {}, keyboardOnly],
  ["everything fits on a phone", { viewport: PHONE, phone: true }, phone],
  ["dark is dark, and the choice of light is kept", { colorScheme: "dark" }, darkMode],
  ["where motion is not wanted, nothing lags behind", {}, stillness],
  ["a server that does not answer is said, and comes back", {}, unreachable],
  ["pages that are not there say so", {}, missingPages],
];
