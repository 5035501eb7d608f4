// Language models: adding one, trying it, putting it to use, seeing what it did, removing it. The provider is a stand-in
// on this machine.
import assert from "node:assert/strict";
import { PHONE } from "../browser.mjs";
import { startProvider } from "../model-double.mjs";
import { ask, chooseSource, fitsWidth, openPart, QUESTION } from "../steps.mjs";

const KEY = "sk-e2e-0123456789";
const OTHER = "Another, compatible with OpenAI";
/** Hungarian with words that no table has: the rules decline it. */
const HARD = "Tételesen összesítve mennyi alkotás szerepel a nyilvántartásban?";
const ANSWERS = {
  sum: { total: 5 },
  screen: { kind: "question", reason: "", suggestions: [] },
  rephrase: { question: "How many movies are there?" },
  select_tables: { tables: ["movies_metadata"] },
  write_query: {
    answerable: true,
    reason: "",
    sql: 'SELECT COUNT(*) AS "alkotások száma" FROM movies_metadata',
    explanation: "a nyilvántartott filmek száma",
    assumptions: [],
    chart: "none",
  },
  title: { title: "Alkotások száma" },
};

const card = (page, name) => page.getByRole("listitem", { name, exact: true });

/** Runs something beside a provider; what was configured on the way is gone after it, whatever happened. */
async function beside(baseUrl, run) {
  const provider = await startProvider({ key: KEY, replies: ANSWERS, models: ["e2e-large", "e2e-small"] });
  const models = `${baseUrl}/api/v1/models`;
  try {
    await run(provider);
  } finally {
    const { items } = await (await fetch(models)).json();
    for (const { id } of items) await fetch(`${models}/${id}`, { method: "DELETE" });
    await provider.stop();
  }
}

/** Fills in where the provider is, and its key. */
async function fillIn(page, provider, key) {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Provider" }).click();
  await page.getByRole("option", { name: OTHER }).click();
  await dialog.getByLabel("Base address").fill(provider.url);
  await dialog.getByLabel("API key", { exact: true }).fill(key);
  return dialog;
}

async function modelLife({ page, baseUrl, shot }) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  await (await ask(page, HARD)).getByText("I would rather not guess").waitFor();
  await page.goto("/models");
  await page.getByRole("heading", { name: "No language model yet" }).waitFor();
  await page.getByText("Without a model: nothing.").waitFor();
  await shot("models-empty");

  await beside(baseUrl, async (provider) => {
    await page.getByRole("button", { name: "Add a model" }).click();
    const dialog = await fillIn(page, provider, KEY);
    await dialog.getByRole("button", { name: "Fetch models" }).click();
    await dialog.getByText("2 models found").waitFor();
    await page.getByRole("option", { name: "e2e-large" }).click();
    await dialog.getByLabel("Name").fill("house");
    await dialog.getByRole("button", { name: "Headers and prices" }).click();
    await dialog.getByLabel("Price of a million tokens sent").fill("2");
    await dialog.getByLabel("Price of a million tokens received").fill("8");
    await dialog.getByLabel("Use it for reasoning").uncheck();
    await dialog.getByRole("button", { name: "Save and test" }).click();
    await dialog.getByText(/^Works: answered in/).waitFor();
    assert.match(await dialog.getByRole("alert").innerText(), /JSON schema · streaming · tools/);
    await shot("model-tested");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.match(await card(page, "house").innerText(), /e2e-large[\s\S]*replies held to a JSON schema[\s\S]*2 in, 8 out[\s\S]*Key kept/);

    await page.getByRole("combobox", { name: "Reasoning" }).click();
    await page.getByRole("option", { name: "house" }).click();
    await page.getByText("house is in use: Reasoning").waitFor();
    await card(page, "house").getByText("Reasoning").waitFor();
    await shot("models");

    await asked({ page, provider, shot });

    await page.goto("/models");
    const spend = page.getByRole("region", { name: "Today (UTC)" });
    assert.match(await spend.innerText(), /[1-9]\d* calls?/);
    await page.getByRole("button", { name: "Actions for house" }).click();
    await page.getByRole("menuitem", { name: "Remove" }).click();
    await page.getByRole("dialog").getByText(/It is in use/).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("heading", { name: "No language model yet" }).waitFor();
    await page.goto("/");
    await page.getByLabel(QUESTION).waitFor();
    assert.equal(await page.getByRole("button", { name: /^Effort/ }).count(), 0);
  });
}

/** Asks with an effort of three queries, and reads in the steps what the model did. */
async function asked({ page, provider, shot }) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  await page.getByRole("button", { name: "Effort: Usual" }).click();
  await page.getByRole("menuitem", { name: /^Medium/ }).click();
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/runs"));
  const answer = await ask(page, HARD);
  assert.equal((await sent).postDataJSON().effort, "medium");
  await answer.getByText("a nyilvántartott filmek száma").first().waitFor();
  assert.match(await (await openPart(answer, "SQL")).innerText(), /COUNT\(\*\) AS "alkotások száma"/);
  const steps = await openPart(answer, "Steps");
  assert.match(await steps.getByTestId("run-usage").innerText(), /house, a language model[\s\S]*\d+ sent, \d+ received[\s\S]*Cost\s+0\.00/);
  const calls = steps.getByTestId("model-call").filter({ hasText: "Writing the query" });
  await calls.first().waitFor();
  assert.equal(await calls.count(), 3, "medium effort writes three queries");
  assert.match(await calls.first().innerText(), /house[\s\S]*Answered[\s\S]*120 sent, 30 received[\s\S]*cost 0\.0004\d*[\s\S]*prompt [0-9a-f]{16}/);
  assert.equal(provider.asked.filter((task) => task === "write_query").length, 3);
  await fitsWidth(page);
  await calls.first().scrollIntoViewIfNeeded();
  await shot("model-steps");
}

async function wrongKey({ page, baseUrl, shot }) {
  await page.goto("/models?add");
  await beside(baseUrl, async (provider) => {
    const dialog = await fillIn(page, provider, "sk-wrong");
    await dialog.getByRole("button", { name: "Fetch models" }).click();
    await dialog.getByText(/401|refused the key|Incorrect API key/i).first().waitFor();
    await dialog.getByLabel("Model", { exact: false }).first().fill("e2e-large");
    await dialog.getByLabel("Name").fill("locked out");
    await dialog.getByRole("button", { name: "Save and test" }).click();
    await dialog.getByText("The test failed").waitFor();
    const cause = await dialog.getByRole("alert").innerText();
    assert.match(cause, /key/i);
    assert.ok(!cause.includes("sk-wrong"), "the key is not shown");
    await shot("model-wrong-key");
    await dialog.getByLabel("API key", { exact: true }).fill(KEY);
    await dialog.getByRole("button", { name: "Save and test" }).click();
    await dialog.getByText(/^Works: answered in/).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    const one = card(page, "locked out");
    await one.getByRole("button", { name: "Change" }).click();
    await dialog.getByRole("button", { name: "Remove the key" }).click();
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await one.getByText("No key").waitFor();
    await one.getByRole("button", { name: "Test" }).click();
    await one.getByText("The test failed").waitFor();
    assert.ok(!(await page.content()).includes(KEY), "the key stands nowhere in the page");
  });
}

async function nameTaken({ page, baseUrl }) {
  await beside(baseUrl, async (provider) => {
    for (const round of [1, 2]) {
      await page.goto("/models?add");
      const dialog = await fillIn(page, provider, KEY);
      await dialog.getByRole("combobox", { name: "Model" }).fill("e2e-small");
      await dialog.getByRole("button", { name: "Save", exact: true }).click();
      if (round === 1) await dialog.waitFor({ state: "detached" });
      else {
        await dialog.getByText(/choose another name/).waitFor();
        assert.equal(await dialog.getByLabel("Name").getAttribute("aria-invalid"), "true");
      }
    }
  });
}

async function onPhone({ page, baseUrl, shot }) {
  await beside(baseUrl, async (provider) => {
    await page.goto("/models");
    await page.getByRole("button", { name: "Add a model" }).click();
    const dialog = await fillIn(page, provider, KEY);
    await dialog.getByRole("combobox", { name: "Model" }).fill("e2e-small");
    await dialog.getByRole("button", { name: "Save and test" }).click();
    await dialog.getByText(/^Works: answered in/).waitFor();
    await fitsWidth(page);
    await shot("phone-model-form");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    await fitsWidth(page);
    await page.goto("/");
    await page.getByRole("button", { name: "Effort: Usual" }).click();
    await page.getByRole("menuitem", { name: /^High/ }).click();
    await page.reload();
    await page.getByRole("button", { name: "Effort: High" }).waitFor();
    await fitsWidth(page);
    await shot("phone-effort");
  });
}

/** From the page to a model that works, without a pointer. */
async function byKeyboard({ page, baseUrl }) {
  await beside(baseUrl, async (provider) => {
    await page.goto("/models");
    const add = page.getByRole("button", { name: "Add a model" });
    await add.focus();
    await page.keyboard.press("Enter");
    const provided = page.getByRole("combobox", { name: "Provider" });
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
    await page.keyboard.press("Enter");
    await page.getByRole("listbox").waitFor();
    const marked = () => page.evaluate(() => document.querySelector("[role=option][data-combobox-selected]")?.textContent);
    for (let i = 0; i < 12 && (await marked()) !== OTHER; i += 1) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("listbox").waitFor({ state: "hidden" });
    assert.equal(await provided.inputValue(), OTHER);
    await page.keyboard.press("Tab");
    await page.keyboard.type(provider.url);
    await page.keyboard.press("Tab");
    await page.keyboard.type(KEY);
    // Enter tries to save: the first field that is wrong has the focus then.
    await page.keyboard.press("Enter");
    await page.getByText("Say which model.").waitFor();
    await page.keyboard.type("e2e-small");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await page.getByText(/^Works: answered in/).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await card(page, "e2e-small").getByText("Reasoning").waitFor();
  });
}

async function hungarian({ page, shot }) {
  await page.goto("/models");
  await page.getByRole("heading", { name: "Language models", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("menuitem", { name: "Magyar" }).click();
  await page.getByRole("heading", { name: "Nyelvi modellek", level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "hu");
  await page.reload();
  await page.getByText("Modell nélkül: semmi.").waitFor();
  await shot("hungarian");
}

export default [
  ["a model is added, tried, put to use, asked and removed", {}, modelLife],
  ["a wrong key is told with its cause, and put right", {}, wrongKey],
  ["a model's name that is taken is told beside it", {}, nameTaken],
  ["a model is added and the effort chosen on a phone", { viewport: PHONE, phone: true }, onPhone],
  ["a model is added by the keyboard alone", {}, byKeyboard],
  ["the pages speak Hungarian, and remember it", {}, hungarian],
];
