// What people write about a data source: documentation, terms, what is hidden, approved queries, the diagram.
import assert from "node:assert/strict";
import { ask, chooseSource, fitsWidth } from "../steps.mjs";

/** Opens a table of the demo's order data; gives its card. */
async function openTable(page, name) {
  await page.goto("/sources");
  await page.getByRole("link", { name: "fulfillment", exact: true }).click();
  const card = page.getByTestId("table").filter({ has: page.getByText(name, { exact: true }) });
  await card.getByRole("button").first().click();
  await card.getByRole("columnheader", { name: "Frequent values" }).waitFor();
  return card;
}

async function askFulfillment(page, question) {
  await page.goto("/");
  await chooseSource(page, "fulfillment");
  return ask(page, question);
}

async function editedWordsAreFound({ page, shot }) {
  const question = "How many bookings are there?";
  const before = await askFulfillment(page, question);
  assert.notEqual(await before.getAttribute("data-status"), "answered");
  const card = await openTable(page, "orders");
  await card.getByRole("button", { name: "Edit Also called" }).click();
  await card.locator('input[aria-label="Also called"]').fill("bookings");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Saved. It counts for the next question.").waitFor();
  await card.getByText("bookings", { exact: true }).waitFor();
  await shot("knowledge-table");
  const after = await askFulfillment(page, question);
  assert.equal(await after.getAttribute("data-status"), "answered");
  assert.match(await after.innerText(), /\d/);

  const again = await openTable(page, "orders");
  await again.getByRole("button", { name: "More for orders" }).click();
  await page.getByRole("menuitem", { name: "Reset the whole table to generated" }).click();
  await again.getByText("bookings", { exact: true }).waitFor({ state: "detached" });
}

async function undoneAndConflicting({ page, baseUrl }) {
  const card = await openTable(page, "products");
  const write = async (text) => {
    await card.getByRole("button", { name: "Edit Description", exact: true }).click();
    await card.getByRole("textbox", { name: "Description", exact: true }).fill(text);
    await card.getByRole("button", { name: "Save" }).click();
  };
  await write("What we sell.");
  await card.getByText("What we sell.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Taken back.").waitFor();
  await card.getByText("What we sell.").waitFor({ state: "detached" });

  // Somebody else is faster.
  const { items } = await (await fetch(`${baseUrl}/api/v1/sources`)).json();
  const { id } = items.find((source) => source.name === "fulfillment");
  const { version } = await (await fetch(`${baseUrl}/api/v1/sources/${id}/tables/detail?table=products`)).json();
  await card.getByRole("button", { name: "Edit Description", exact: true }).click();
  const box = card.getByRole("textbox", { name: "Description", exact: true });
  await box.fill("Mine.");
  const answer = await fetch(`${baseUrl}/api/v1/sources/${id}/tables/documentation?table=products`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ version, change: { technical_description: "Theirs." } }),
  });
  assert.equal(answer.status, 200);
  await card.getByRole("button", { name: "Save" }).click();
  await card.getByText("Somebody else changed this meanwhile").waitFor();
  assert.equal(await box.inputValue(), "Mine.");
}

async function hiddenColumn({ page, shot }) {
  const question = "What is the average quantity of the orders?";
  const card = await openTable(page, "orders");
  const hide = async (on) => {
    await card.getByRole("button", { name: "Edit column quantity" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Hide from answers").setChecked(on);
    if (on) await shot("knowledge-column");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
  };
  await hide(true);
  const answer = await askFulfillment(page, question);
  assert.equal(await answer.getAttribute("data-status"), "declined");
  assert.match(await answer.innerText(), /orders\.quantity is hidden/);
  await openTable(page, "orders");
  await hide(false);
  const shown = await askFulfillment(page, question);
  assert.equal(await shown.getAttribute("data-status"), "answered");
}

async function savedAsVerified({ page, shot }) {
  const question = "How many products are there?";
  const answer = await askFulfillment(page, question);
  await answer.getByRole("button", { name: "Save as verified" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save as verified" }).click();
  await answer.getByText("Saved as verified.").waitFor();
  const again = await askFulfillment(page, question);
  await again.getByRole("link", { name: "Verified", exact: true }).click();
  const row = page.getByTestId("verified").filter({ hasText: question });
  await row.getByText("In use").waitFor();
  await shot("knowledge-verified");
  await row.getByRole("button", { name: /^Remove/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row.waitFor({ state: "detached" });
}

async function termsAndDiagram({ page, shot }) {
  await page.goto("/sources");
  await page.getByRole("link", { name: "fulfillment", exact: true }).click();
  await page.getByRole("tab", { name: "Terms" }).click();
  await page.getByRole("button", { name: "Add a term" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Term").fill("catalogue");
  await dialog.getByRole("combobox", { name: "Stands for" }).click();
  await page.getByRole("option", { name: "A table" }).click();
  await dialog.getByRole("combobox", { name: "Table" }).fill("products");
  await page.getByRole("option", { name: "products", exact: true }).click();
  await shot("knowledge-term");
  await dialog.getByRole("button", { name: "Save" }).click();
  const row = page.getByTestId("term").filter({ hasText: "catalogue" });
  await row.waitFor();
  await row.getByRole("button", { name: "Remove the term catalogue" }).click();
  await row.waitFor({ state: "detached" });

  await page.getByRole("tab", { name: "Diagram" }).click();
  const picture = page.getByRole("group", { name: /^Tables around/ });
  await picture.waitFor();
  await shot("knowledge-diagram");
  await page.getByText("Two steps").click();
  const middle = picture.locator("[aria-current]");
  const first = await middle.innerText();
  await middle.focus();
  await page.keyboard.press("ArrowLeft");
  if (await middle.evaluate((node) => node === document.activeElement)) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForFunction((was) => document.querySelector("[aria-current]")?.textContent !== was, first);
  await fitsWidth(page);
}

export default [
  ["words that a person writes are understood in the next question", {}, editedWordsAreFound],
  ["an edit is undone, and one that comes late loses nothing", {}, undoneAndConflicting],
  ["a hidden column is not answered", {}, hiddenColumn],
  ["an answer is saved as verified, answers again and is removed", {}, savedAsVerified],
  ["terms are taught, and the diagram is walked by the keyboard", {}, termsAndDiagram],
];
