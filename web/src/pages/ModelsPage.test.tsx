// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { fakeApi, problem, reply } from "../testing/fake-api";
import { aModel, list } from "../testing/models";
import { renderPage } from "../testing/render-page";
import { ModelsPage } from "./ModelsPage";

const SPEND = { today: { calls: 3, tokens: 1500, cost_micros: 4_500_000 }, day_tokens: 2000, day_cost_micros: 4_000_000 };
const ABILITIES = { structured: "schema", streaming: true, tools: false };
const none = { "GET /models": list() };
const house = (more = {}) => ({ "GET /models": list(aModel(more)), "GET /models/spend": SPEND });

const show = (at = "/models") => renderPage(<ModelsPage />, at);
const dialog = async () => within(await screen.findByRole("dialog"));
const field = (name: RegExp) => screen.getByRole("textbox", { name });

describe("the page of language models", () => {
  it("says, where there is none, that it works without, what one adds and what leaves the machine", async () => {
    fakeApi(none);
    show();
    await screen.findByRole("heading", { name: "No language model yet" });
    expect(screen.getByRole("region", { name: "What a model adds" }).textContent).toContain("the rules decline");
    expect(screen.getByRole("region", { name: "What leaves this machine" }).textContent).toContain("Without a model: nothing.");
    expect(screen.queryByRole("region", { name: "Who does what" })).toBeNull();
  });

  it("shows of each model where it is, what it does, its key, abilities and prices", async () => {
    const other = aModel({ id: "m2", name: "cloud", base_url: null, model: "big", has_key: true });
    fakeApi({
      ...house(),
      "GET /models": list(aModel({ roles: ["reason"], abilities: ABILITIES as never, input_price: 2.5, output_price: 10 }), other),
    });
    show();
    const [first, second] = await screen.findAllByTestId("model");
    for (const words of ["house", "Reasoning", "Ollama", "qwen3:8b", "replies held to a JSON schema, streaming", "2.50 in, 10 out", "No key"]) {
      expect(first?.textContent).toContain(words);
    }
    for (const words of ["OpenAI", "Key kept", "Not tested yet", "its cost is not counted"]) expect(second?.textContent).toContain(words);
  });

  it("measures the day against its budget, and says when that is spent", async () => {
    fakeApi(house());
    show();
    const spend = await screen.findByRole("region", { name: "Today (UTC)" });
    expect(spend.textContent).toContain("3 calls");
    expect(spend.textContent).toContain("1,500 of 2,000");
    expect(spend.textContent).toContain("4.50 of 4.00");
    expect(spend.textContent).toContain("budget is spent");
    const bar = within(spend).getByRole("progressbar", { name: "Tokens today against the day’s budget" });
    expect(bar.getAttribute("aria-valuenow")).toBe("75");
  });

  it("gives a role to another model, and takes it away", async () => {
    const api = fakeApi({ ...house(), "PUT /models/roles": list(aModel({ roles: ["reason"] })) });
    const { user } = show();
    await screen.findByText(/No model reasons now/);
    await user.click(screen.getByRole("combobox", { name: "Reasoning" }));
    await user.click(await screen.findByRole("option", { name: "house" }));
    await screen.findByText("house is in use: Reasoning");
    expect(api.bodies("PUT", "/models/roles")).toEqual([{ reason: "m1" }]);
  });

  it("shows a model of the server's settings, which does the work until another is chosen, and cannot be changed here", async () => {
    const fixed = aModel({ id: "00000000-0000-0000-0000-000000000000", name: "gpt", roles: ["reason", "fast"] });
    fakeApi({ ...house(), "GET /models": list(aModel(), fixed) });
    const { user } = show();
    const [, second] = await screen.findAllByTestId("model");
    if (!second) throw new Error("the model of the settings is missing");
    expect(second.textContent).toContain("ReasoningQuick tasks");
    expect(second.textContent).toContain("Named in the server’s settings");
    expect(within(second).queryByRole("button")).toBeNull();
    expect(screen.queryByText(/No model reasons now/)).toBeNull();
    await user.click(screen.getByRole("combobox", { name: "Reasoning" }));
    expect((await screen.findAllByRole("option")).map((option) => option.textContent)).toEqual(["gpt, of the settings", "house"]);
  });

  it("offers no model without vectors for search", async () => {
    fakeApi({ ...house(), "GET /models": list(aModel(), aModel({ id: "m2", name: "claude", provider: "anthropic" })) });
    const { user } = show();
    await user.click(await screen.findByRole("combobox", { name: "Search" }));
    const options = (await screen.findAllByRole("option")).map((option) => option.textContent);
    expect(options).toEqual(["Built in, no model", "house"]);
  });

  it("shows what a test found, and why one failed", async () => {
    let works = false;
    fakeApi({
      ...house(),
      "POST /models/m1/test": () =>
        works ? { ok: true, latency_ms: 420, abilities: ABILITIES } : { ok: false, latency_ms: 9, error: "the key was refused (401)" },
    });
    const { user } = show();
    const button = await screen.findByRole("button", { name: "Test" });
    await user.click(button);
    expect((await screen.findByRole("alert")).textContent).toContain("the key was refused (401)");
    works = true;
    await user.click(button);
    await screen.findByText("Works: answered in 420 ms");
    expect(screen.getByRole("alert").textContent).toContain("streaming");
  });

  it("removes a model only after asking, and says what that means for one in use", async () => {
    const api = fakeApi({ ...house({ roles: ["reason", "fast"] }), "DELETE /models/m1": reply(204, undefined) });
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Actions for house" }));
    await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    const asked = await dialog();
    asked.getByText(/It is in use \(Reasoning, Quick tasks\)/);
    expect(api.bodies("DELETE", "/models/m1")).toHaveLength(0);
    await user.click(asked.getByRole("button", { name: "Remove" }));
    await screen.findByText("house removed");
    expect(api.bodies("DELETE", "/models/m1")).toHaveLength(1);
  });

  it("says why the models could not be read, and reads them again", async () => {
    let up = false;
    fakeApi({ "GET /models": () => (up ? list() : problem(500, "internal", "the store is locked")) });
    const { user } = show();
    await screen.findByText("the store is locked");
    up = true;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("No language model yet");
  });
});

describe("adding a model", () => {
  const open = async (routes: Parameters<typeof fakeApi>[0]) => {
    const api = fakeApi({ ...none, ...routes });
    const { user } = show("/models?add");
    await screen.findByRole("dialog");
    const choosePreset = async (name: string) => {
      await user.click(screen.getByRole("combobox", { name: "Provider" }));
      await user.click(await screen.findByRole("option", { name }));
    };
    const submit = () => user.click(screen.getByRole("button", { name: "Save and test" }));
    return { api, user, choosePreset, submit };
  };
  const key = () => screen.getByLabelText<HTMLInputElement>("API key");

  it("says beside each field what is missing, sends nothing, and goes to the first", async () => {
    const { api, choosePreset, submit } = await open({});
    await choosePreset("Azure OpenAI");
    await submit();
    for (const words of ["Give the address of the server.", "Say which model.", "Give it a name."]) screen.getByText(words);
    expect(document.activeElement).toBe(field(/^Base address/));
    expect(api.bodies("POST", "/models")).toHaveLength(0);
  });

  it.each([
    ["Ollama", "http://127.0.0.1:11434/v1"],
    ["OpenRouter", "https://openrouter.ai/api/v1"],
    ["Anthropic", ""],
  ])("fills in where %s is reached", async (name, url) => {
    const { choosePreset } = await open({});
    await choosePreset(name);
    expect(screen.getByLabelText<HTMLInputElement>(/^Base address/).value).toBe(url);
  });

  it("fetches the provider's models with the key that was typed, and names the model after the chosen one", async () => {
    const { api, user, choosePreset } = await open({ "POST /models/discover": { models: ["qwen3:8b", "gpt-oss:20b"] } });
    await choosePreset("Ollama");
    await user.type(key(), "secret");
    await user.click(screen.getByRole("button", { name: "Fetch models" }));
    await screen.findByText("2 models found");
    await user.click(await screen.findByRole("option", { name: "gpt-oss:20b" }));
    expect(screen.getByLabelText<HTMLInputElement>(/^Name/).value).toBe("gpt-oss:20b");
    expect(api.bodies("POST", "/models/discover")).toEqual([
      { provider: "open_ai", base_url: "http://127.0.0.1:11434/v1", api_key: "secret" },
    ]);
    await choosePreset("LM Studio");
    expect(screen.queryByText("2 models found")).toBeNull();
  });

  it("says why the provider lists no models", async () => {
    const { user } = await open({ "POST /models/discover": problem(422, "unauthenticated", "the key was refused (401)") });
    await user.click(screen.getByRole("button", { name: "Fetch models" }));
    await screen.findByText("the key was refused (401)");
  });

  it("shows the key only while one wants to see it", async () => {
    const { user } = await open({});
    await user.type(key(), "secret");
    expect(key().type).toBe("password");
    await user.click(screen.getByRole("button", { name: "Show the key" }));
    expect(key().type).toBe("text");
    await user.click(screen.getByRole("button", { name: "Hide the key" }));
    expect(key().type).toBe("password");
  });

  it("saves, puts the first model to use, tests it, and says that it works", async () => {
    const saved = aModel({ has_key: true });
    const { api, user, choosePreset, submit } = await open({
      "POST /models": reply(201, saved),
      "PUT /models/roles": list(saved),
      "POST /models/m1/test": { ok: true, latency_ms: 420, abilities: ABILITIES },
    });
    await choosePreset("Ollama");
    await user.type(key(), "secret");
    await user.type(screen.getByRole("combobox", { name: /^Model/ }), "qwen3:8b");
    await user.clear(field(/^Name/));
    await user.type(field(/^Name/), "house");
    await user.click(screen.getByRole("button", { name: "Headers and prices" }));
    await user.click(screen.getByRole("button", { name: "Add a header" }));
    await user.type(screen.getByLabelText("Header 1"), "X-Title");
    await user.type(screen.getByLabelText("Value of header 1"), "Datafyme");
    await user.type(screen.getByLabelText(/^Price of a million tokens sent/), "2.5");
    await submit();
    await screen.findByText("Works: answered in 420 ms");
    expect(api.bodies("POST", "/models")).toEqual([
      {
        name: "house",
        provider: "open_ai",
        model: "qwen3:8b",
        base_url: "http://127.0.0.1:11434/v1",
        api_key: "secret",
        headers: { "X-Title": "Datafyme" },
        input_price: 2.5,
      },
    ]);
    expect(api.bodies("PUT", "/models/roles")).toEqual([{ reason: "m1", fast: "m1" }]);
    expect(key().value).toBe("");
    await user.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("stays open with the cause when the test fails, and changes what it saved", async () => {
    const { api, user, submit } = await open({
      "POST /models": reply(201, aModel({ has_key: true })),
      "PATCH /models/m1": aModel({ has_key: true }),
      "PUT /models/roles": list(),
      "POST /models/m1/test": { ok: false, latency_ms: 9, error: "the key was refused (401)" },
    });
    await user.type(screen.getByRole("combobox", { name: /^Model/ }), "big");
    await user.type(key(), "wrong");
    await submit();
    await screen.findByText("the key was refused (401)");
    await user.type(key(), "right");
    expect(screen.queryByText("the key was refused (401)")).toBeNull();
    await submit();
    await screen.findByText("the key was refused (401)");
    expect(api.bodies("POST", "/models")).toHaveLength(1);
    expect(api.bodies("PATCH", "/models/m1")).toMatchObject([{ name: "big", api_key: "right" }]);
  });

  it("puts the server's words beside the field that they are about", async () => {
    const words = "a model named 'house' exists already; choose another name";
    const { user, submit } = await open({ "POST /models": problem(409, "conflict", words) });
    await user.type(screen.getByRole("combobox", { name: /^Model/ }), "house");
    await submit();
    await screen.findByText(words);
    expect(field(/^Name/).getAttribute("aria-invalid")).toBe("true");
    expect(screen.queryByText("It could not be saved")).toBeNull();
  });

  it("shows a refusal that is about no field as a whole", async () => {
    const { user, submit } = await open({ "POST /models": problem(500, "internal", "the store is locked") });
    await user.type(screen.getByRole("combobox", { name: /^Model/ }), "house");
    await submit();
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("It could not be saved");
    expect(alert.textContent).toContain("the store is locked");
  });
});

describe("changing a model", () => {
  it("never has the key, asks with the stored one, and removes it", async () => {
    const api = fakeApi({
      ...house({ has_key: true, headers: { "X-Title": "a" } }),
      "POST /models/discover": { models: [] },
      "PATCH /models/m1": aModel(),
    });
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Change" }));
    const form = await dialog();
    expect(screen.getByLabelText<HTMLInputElement>("API key").value).toBe("");
    expect(screen.getByLabelText<HTMLInputElement>("Header 1").value).toBe("X-Title");
    await user.click(form.getByRole("button", { name: "Fetch models" }));
    await form.findByText("The provider lists no model. Type the name.");
    expect(api.bodies("POST", "/models/discover")).toMatchObject([{ model_id: "m1" }]);
    await user.click(form.getByRole("button", { name: "Remove the key" }));
    form.getByText("The key is removed when you save.");
    await user.click(form.getByRole("button", { name: "Save" }));
    await screen.findByText("house was saved");
    expect(api.bodies("PATCH", "/models/m1")).toMatchObject([{ api_key: null }]);
  });
});
