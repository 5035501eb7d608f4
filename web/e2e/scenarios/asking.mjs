// Asking, and what an answer shows.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { answerOf, ask, askCinema, BY_LIMIT, chooseSource, drawn, openPart, QUESTION } from "../steps.mjs";

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
  await page.goto("/");
  await chooseSource(page, "cinema");
  const first = await ask(page, "How many movies are there for each genre?");
  await first.getByRole("figure", { name: /^Bar chart/ }).waitFor();
  const answer = await ask(page, "as a pie");
  await drawn(answer);
  await answer.getByRole("figure", { name: /^Pie chart/ }).waitFor();
  await shot("pie");
  await answer.getByRole("button", { name: "Chart kind: Pie" }).click();
  await page.getByRole("menuitem", { name: "Bar", exact: true }).click();
  await answer.getByRole("figure", { name: /^Bar chart/ }).waitFor();
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

export default [
  ["a question is answered with chart, SQL, checks and steps", {}, chartSqlChecks],
  ["SQL is copied, the chart saved as PNG, the rows as CSV", {}, copyAndDownload],
  ["a column is sorted in both directions", {}, sorting],
  ["a follow-up draws a pie, and another kind is chosen by hand", {}, followUp],
  ["a run is shown while it goes on", {}, liveSteps],
  ["Escape cancels a run", {}, cancelling],
  ["a declined question offers others to ask", {}, declinedWithSuggestions],
  ["a suggestion is asked with one click", {}, suggestionOnHome],
  ["a question that is too long is held back", {}, questionLimit],
];
