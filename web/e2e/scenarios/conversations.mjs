// The list of conversations.
import assert from "node:assert/strict";
import { answerOf, askCinema, conversationRow, drawn } from "../steps.mjs";

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

export default [
  ["a conversation is renamed, found and deleted", {}, renameAndDelete],
  ["a conversation is gone on with", {}, continueConversation],
];
