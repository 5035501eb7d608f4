import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { PHONE } from "./browser.mjs";
import { answerOf, ask, chooseSource, conversationRow, drawn, fitsWidth, openPart, QUESTION } from "./steps.mjs";

const BY_LIMIT = "What percentage of the movies has each age limit?";

async function askCinema(page) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  const answer = await ask(page, BY_LIMIT);
  await page.waitForURL(/\/conversations\//);
  return answer;
}

async function chartSqlChecks({ page, shot }) {
  const answer = await askCinema(page);
  await drawn(answer);
  await shot("chart");
  const sql = await openPart(answer, "SQL");
  assert.match(await sql.innerText(), /SELECT[\s\S]+GROUP BY/i);
  await shot("sql");
  const checks = (await openPart(answer, "Checks")).getByRole("list", { name: "Why this number can be trusted" });
  assert.ok((await checks.getByRole("listitem").count()) >= 3, "at least three checks are listed");
  assert.match(await checks.innerText(), /Only reads/);
  assert.match(await (await openPart(answer, "Checks")).innerText(), /Tables read[\s\S]+movies_metadata/);
  await shot("checks");
  const steps = (await openPart(answer, "Steps")).getByRole("list", { name: "How this was answered" });
  await steps.getByText("Asking the database").first().waitFor();
  assert.match(await steps.innerText(), /\d+ ms/);
  await shot("steps");
}

async function copyAndDownload({ page }) {
  const answer = await askCinema(page);
  await drawn(answer);
  const [png] = await Promise.all([page.waitForEvent("download"), answer.getByRole("button", { name: "Download PNG" }).click()]);
  const picture = await readFile(await png.path());
  assert.equal(picture.subarray(1, 4).toString(), "PNG");
  const sql = await openPart(answer, "SQL");
  await sql.getByRole("button", { name: "Copy SQL" }).click();
  await sql.getByRole("button", { name: "Copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\s*(SELECT|WITH)/i);
  const table = await openPart(answer, "Table");
  const [csv] = await Promise.all([page.waitForEvent("download"), table.getByRole("link", { name: "Download CSV" }).click()]);
  const lines = (await readFile(await csv.path(), "utf8")).trim().split(/\r?\n/);
  assert.equal(lines.length - 1, await table.locator("tbody tr").count());
}

async function sorting({ page }) {
  const table = await openPart(await askCinema(page), "Table");
  const header = table.getByRole("columnheader").filter({ has: page.getByRole("button") }).first();
  const figures = async () => {
    const column = await header.evaluate((th) => th.cellIndex);
    const texts = await table.locator(`tbody td:nth-child(${column + 1})`).allInnerTexts();
    return texts.map((text) => Number(text.replaceAll(",", "")) || text);
  };
  await header.getByRole("button").click();
  assert.equal(await header.getAttribute("aria-sort"), "ascending");
  const up = await figures();
  await header.getByRole("button").click();
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  assert.deepEqual(await figures(), up.toReversed());
}

async function followUp({ page, shot }) {
  await askCinema(page);
  const answer = await ask(page, "as a pie");
  await drawn(answer);
  await answer.getByRole("img", { name: /^Pie chart/ }).waitFor();
  await shot("pie");
  await answer.getByRole("button", { name: "Chart kind: Pie" }).click();
  await page.getByRole("menuitem", { name: "Bar", exact: true }).click();
  await answer.getByRole("img", { name: /^Bar chart/ }).waitFor();
}

async function liveSteps({ page }) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  // Hold the answer back until the running state was seen: the rules are faster than any eye.
  let release = () => undefined;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/api/v1/runs/*/events*", async (route) => {
    await held;
    await route.continue();
  });
  await page.route("**/messages", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const item of list.items) if (item.run) item.run = { ...item.run, status: "running", answer: null };
    await route.fulfill({ response, json: list });
  });
  await page.getByLabel(QUESTION).fill(BY_LIMIT);
  await page.getByLabel(QUESTION).press("Enter");
  await page.getByTestId("live-run").getByText(/Working on it/).waitFor();
  await page.unroute("**/messages");
  release();
  await drawn(await answerOf(page, 0));
}

async function cancelling({ page }) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  await page.route("**/api/v1/runs/*/events*", () => undefined);
  await page.route("**/messages", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const item of list.items) if (item.run) item.run = { ...item.run, status: "running", answer: null };
    await route.fulfill({ response, json: list });
  });
  await page.getByLabel(QUESTION).fill(BY_LIMIT);
  await page.getByLabel(QUESTION).press("Enter");
  await page.getByTestId("live-run").waitFor();
  const cancel = page.waitForRequest((request) => /\/runs\/[^/]+\/cancel$/.test(request.url()));
  await page.keyboard.press("Escape");
  assert.equal((await cancel).method(), "POST");
}

async function declinedWithSuggestions({ page, shot }) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  const answer = await ask(page, "Mi az élet értelme, és milyen idő lesz holnap?");
  await answer.getByText("I would rather not guess").waitFor();
  await shot("declined");
  const chip = answer.getByRole("region", { name: "Ask instead" }).getByRole("button").first();
  const question = await chip.innerText();
  await chip.click();
  const next = page.getByRole("article").nth(1);
  await next.getByRole("heading", { name: question }).waitFor();
  await answerOf(page, 1);
}

async function suggestionOnHome({ page, shot }) {
  await page.goto("/");
  const chip = page.getByRole("region", { name: "You could ask" }).getByRole("button").first();
  await chip.waitFor();
  await shot("home");
  const question = (await chip.innerText()).trim();
  await chip.click();
  await answerOf(page, 0);
  await page.getByRole("article").first().getByRole("heading", { name: question }).waitFor();
}

async function renameAndDelete({ page }) {
  await askCinema(page);
  const old = (await page.locator('[aria-current="page"]').innerText()).split("\n")[0];
  await page.getByRole("button", { name: `Actions for “${old}”` }).first().click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const title = `Renamed ${process.pid} ${Date.now()}`;
  const box = page.getByLabel("New title of the conversation");
  await box.fill(title);
  await box.press("Enter");
  await conversationRow(page, title).waitFor();
  await page.reload();
  await conversationRow(page, title).waitFor();
  await page.getByLabel("Find a conversation").fill(title.toUpperCase());
  assert.equal(await page.getByRole("region", { name: "Conversations" }).getByRole("listitem").count(), 1);
  await page.getByRole("button", { name: `Actions for “${title}”` }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await conversationRow(page, title).waitFor({ state: "detached" });
  await page.getByText(`No conversation matches “${title.toUpperCase()}”.`).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
}

async function continueConversation({ page }) {
  await askCinema(page);
  const address = page.url();
  await page.goto("/sources");
  await page.getByRole("heading", { name: "Data sources", level: 1 }).waitFor();
  await page.getByRole("region", { name: "Conversations" }).getByRole("link").first().click();
  await page.waitForURL(address);
  await drawn(await answerOf(page, 0));
}

async function badSource({ page, shot }) {
  await page.goto("/sources");
  await page.getByRole("button", { name: "Add a data source" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Add and learn" }).click();
  await dialog.getByText("Give it a name.").waitFor();
  await dialog.getByLabel("Name").fill("broken");
  await dialog.getByLabel("Address").fill("ftp://nowhere.example/x");
  await dialog.getByRole("button", { name: "Add and learn" }).click();
  await dialog.getByText("It could not be added").waitFor();
  assert.match(await dialog.getByRole("alert").innerText(), /postgres:\/\//);
  await shot("add-source");
  await dialog.getByLabel("Address").fill("sqlite:///no/such/file.db");
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText("It could not be reached").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("link", { name: "broken" }).count(), 0);
}

async function sourceLife({ page, shot }) {
  await page.goto("/sources");
  const card = page.getByTestId("source").filter({ hasText: "fulfillment" });
  const act = async (name) => {
    await card.getByRole("button", { name: "Actions for fulfillment" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await card.getByText("Ready").waitFor();
  await shot("sources");
  await act("Test the connection");
  await page.getByText(/Connected in/).waitFor();
  await act("Pause");
  await card.getByText("Paused", { exact: true }).waitFor();
  await act("Resume");
  await card.getByText("Ready").waitFor();
  await act("Learn again");
  await page.getByText("fulfillment is being learned again").waitFor();
  await card.getByText("Ready").waitFor({ timeout: 60_000 });
}

async function sourceDetail({ page, shot }) {
  await page.goto("/sources");
  await page.getByRole("link", { name: "fulfillment", exact: true }).click();
  const table = page.getByTestId("table").filter({ has: page.getByText("orders", { exact: true }) });
  await table.getByRole("button").first().click();
  await table.getByRole("columnheader", { name: "Frequent values" }).waitFor();
  assert.match(await table.innerText(), /quantity/);
  await shot("table");
  await page.getByLabel("Which tables answer a question about…").fill("company quantity ordered");
  await page.waitForResponse((response) => response.url().includes("q=company"));
  await page.getByTestId("table").first().waitFor();
  await page.getByRole("tab", { name: /^Relations/ }).click();
  await page.getByText(/→/).first().waitFor();
  assert.match(await page.getByRole("tabpanel").innerText(), /% sure|Declared/);
  await shot("relations");
}

/** Presses Tab until the element that has the focus is the wanted one. */
async function tabTo(page, role, name) {
  const wanted = page.getByRole(role, { name }).first();
  for (let i = 0; i < 60; i += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)}`);
}

async function keyboardOnly({ page }) {
  await page.goto("/");
  await page.getByLabel(QUESTION).waitFor();
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
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
  await tabTo(page, "tab", /^Chart/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await answer.getByLabel("Query of the answer").waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("heading", { name: "What would you like to know?" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "question");
}

async function questionLimit({ page }) {
  await page.goto("/");
  await page.getByLabel(QUESTION).fill("x".repeat(4001));
  await page.getByText("1 characters too many").waitFor();
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  await page.getByLabel(QUESTION).fill("x".repeat(3000));
  await page.getByText("3000 of 4000 characters").waitFor();
  await page.getByLabel(QUESTION).fill("   ");
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
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

/** Name, page options, what is done. Each has a page of its own. */
export const SCENARIOS = [
  ["a question is answered with chart, SQL, checks and steps", {}, chartSqlChecks],
  ["SQL is copied, the chart saved as PNG, the rows as CSV", {}, copyAndDownload],
  ["a column is sorted in both directions", {}, sorting],
  ["a follow-up draws a pie, and another kind is chosen by hand", {}, followUp],
  ["a run is shown while it goes on", {}, liveSteps],
  ["Escape cancels a run", {}, cancelling],
  ["a declined question offers others to ask", {}, declinedWithSuggestions],
  ["a suggestion is asked with one click", {}, suggestionOnHome],
  ["a conversation is renamed, found and deleted", {}, renameAndDelete],
  ["a conversation is gone on with", {}, continueConversation],
  ["a wrong data source is refused with the cause", {}, badSource],
  ["a data source is tested, paused, resumed and learned again", {}, sourceLife],
  ["tables, profiles and relations of a data source are shown", {}, sourceDetail],
  ["everything goes by the keyboard alone", {}, keyboardOnly],
  ["a question that is too long is held back", {}, questionLimit],
  ["everything fits on a phone", { viewport: PHONE, phone: true }, phone],
  ["dark is dark, and the choice of light is kept", { colorScheme: "dark" }, darkMode],
  ["a server that does not answer is said, and comes back", {}, unreachable],
  ["pages that are not there say so", {}, missingPages],
];
