// Data sources: adding, learning, what is known of them.
import assert from "node:assert/strict";
import { ask, BY_LIMIT, drawn, fitsWidth } from "../steps.mjs";

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

/** Adds the cinema once more under another name, follows it being learned, asks it, removes it. */
async function addedAndRemoved({ page, baseUrl }) {
  const { items } = await (await fetch(`${baseUrl}/api/v1/sources`)).json();
  const address = items.find((source) => source.name === "cinema").location;
  const name = `again_${Date.now()}`;
  await page.goto("/sources?add");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Address").fill(address);
  await dialog.getByRole("button", { name: "Test" }).click();
  await dialog.getByText(/^Works: SQLite/).waitFor();
  await dialog.getByRole("button", { name: "Add and learn" }).click();
  await dialog.waitFor({ state: "detached" });
  const card = page.getByTestId("source").filter({ hasText: name });
  await card.getByText("Ready").waitFor({ timeout: 60_000 });
  await card.getByRole("link", { name: "Ask it" }).click();
  await page.getByRole("button", { name: `Data source: ${name}` }).waitFor();
  await drawn(await ask(page, BY_LIMIT));
  await page.goto("/sources");
  await card.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await card.waitFor({ state: "detached" });
}

/** Stands in for a long learning job, to see what is told on its way. */
async function learningProgress({ page, shot }) {
  const card = page.getByTestId("source").filter({ hasText: "cinema" });
  const progress = { phase: "profile", done: 5, total: 20, current: "movies_metadata", seconds_left: 42 };
  await page.route("**/api/v1/sources", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    for (const source of list.items) if (source.name === "cinema") source.status = "loading";
    await route.fulfill({ response, json: list });
  });
  let job;
  await page.route("**/api/v1/jobs?*", async (route) => {
    const response = await route.fetch();
    const list = await response.json();
    job ??= { ...list.items[0], status: "running", finished_at: null, cancel_requested: false, progress };
    await route.fulfill({ response, json: { ...list, items: [job] } });
  });
  await page.route("**/api/v1/jobs/*/events", (route) =>
    route.fulfill({ contentType: "text/event-stream", body: `event: job.progress\ndata: ${JSON.stringify(job)}\n\n` }),
  );
  await page.route("**/api/v1/jobs/*/cancel", (route) => route.fulfill({ json: { ...job, cancel_requested: true } }));
  await page.goto("/sources");
  await card.getByText("Looking at the data").waitFor();
  assert.match(await card.innerText(), /now: movies_metadata[\s\S]*5 of 20 · about 42 s left/);
  assert.equal(await card.getByRole("progressbar").getAttribute("aria-valuenow"), "25");
  assert.equal(await card.getByRole("link", { name: "Ask it" }).getAttribute("aria-disabled"), "true");
  await shot("learning");
  const cancel = page.waitForRequest((request) => request.url().endsWith("/cancel"));
  await card.getByRole("button", { name: "Cancel" }).click();
  assert.equal((await cancel).method(), "POST");
}

/** Sets the interval by the keyboard, learns at once, and sees what that found. */
async function learnedAgain({ page, shot }) {
  await page.goto("/sources");
  await page.getByRole("link", { name: "fulfillment", exact: true }).click();
  await page.getByRole("tab", { name: "Learning" }).click();
  const standing = page.getByRole("region", { name: "What is known, and since when" });
  await standing.getByText(/Is learned again by itself/).waitFor();
  const every = page.getByRole("combobox", { name: "Every" });
  const choose = async (interval) => {
    await every.focus();
    await page.keyboard.press("ArrowDown");
    const option = page.getByRole("option", { name: interval });
    await option.waitFor();
    for (let steps = 0; (await option.getAttribute("data-combobox-selected")) === null && steps < 12; steps += 1) {
      await page.keyboard.press("ArrowDown");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Save" }).press("Enter");
    await page.getByText("Saved. The next learning follows it.").first().waitFor();
  };
  await choose("6 hours");
  await standing.getByText(/in [56] hours/).waitFor();
  await page.reload();
  assert.equal(await every.inputValue(), "6 hours");
  await page.getByRole("button", { name: "Learn again now" }).click();
  await page.getByText("fulfillment is being learned again").waitFor();
  const found = page.getByRole("region", { name: "What the last learning found" });
  await found.getByText(/Nothing had changed/).waitFor({ timeout: 60_000 });
  await fitsWidth(page);
  await shot("learning-again");
  await choose(/^As configured/);
}

export default [
  ["a wrong data source is refused with the cause", {}, badSource],
  ["a data source is tested, paused, resumed and learned again", {}, sourceLife],
  ["tables, profiles and relations of a data source are shown", {}, sourceDetail],
  ["a data source is added, learned, asked and removed", {}, addedAndRemoved],
  ["learning tells how far it is", {}, learningProgress],
  ["the interval of learning is set, and what a learning found is told", {}, learnedAgain],
];
