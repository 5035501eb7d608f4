// What a person does in the pages, by what they read there.
import assert from "node:assert/strict";

export const QUESTION = "Your question";

/** Types a question and sends it; waits for the answer, which it gives. */
export async function ask(page, question) {
  const before = await page.getByRole("article").count();
  await page.getByLabel(QUESTION).fill(question);
  await page.getByLabel(QUESTION).press("Enter");
  return answerOf(page, before);
}

/** The answer of the turn that stands at that place. */
export async function answerOf(page, place) {
  const turn = page.getByRole("article").nth(place);
  const answer = turn.getByRole("region", { name: "Answer", exact: true });
  await answer.waitFor();
  return answer;
}

/** Chooses the data source on the page of a new conversation. */
export async function chooseSource(page, name) {
  await page.getByRole("button", { name: /^Data source:/ }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
  await page.getByRole("button", { name: `Data source: ${name}` }).waitFor();
}

/** Opens a part of an answer: Chart, Table, SQL, Checks or Steps. */
export async function openPart(answer, name) {
  const tab = answer.getByRole("tab", { name: new RegExp(`^${name}`) });
  if ((await tab.getAttribute("aria-selected")) !== "true") await tab.click();
  return answer.getByRole("tabpanel");
}

/** Waits until a chart has drawn something: its picture has more than one colour. */
export async function drawn(answer) {
  const canvas = answer.locator("canvas").first();
  await canvas.waitFor();
  await canvas.evaluate(
    (element) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const look = () => {
          const { data } = element.getContext("2d").getImageData(0, 0, element.width, element.height);
          const colours = new Set();
          for (let i = 0; i < data.length && colours.size < 4; i += 16) colours.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
          if (colours.size >= 4) resolve();
          else if (performance.now() - began > 10_000) reject(new Error("the chart stayed empty"));
          else requestAnimationFrame(look);
        };
        look();
      }),
  );
}

/** The row of a conversation in the side bar. */
export const conversationRow = (page, title) =>
  page.getByRole("region", { name: "Conversations" }).getByRole("listitem").filter({ hasText: title });

/** Asserts that nothing hangs over the right edge of the page. */
export async function fitsWidth(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
}

/** A question that the demo answers with a chart. */
export const BY_LIMIT = "What percentage of the movies has each age limit?";

/** Asks it in a new conversation. */
export async function askCinema(page) {
  await page.goto("/");
  await chooseSource(page, "cinema");
  const answer = await ask(page, BY_LIMIT);
  await page.waitForURL(/\/conversations\//);
  return answer;
}
