import { describe, expect, it } from "vitest";
import { ApiError, toProblem } from "../api/problem";
import { aModel } from "../testing/models";
import { addRequest, draftErrors, draftOf, fieldOf, updateRequest, type ModelDraft } from "./model-draft";
import { presetOf } from "./providers";

const draft = (more: Partial<ModelDraft> = {}): ModelDraft => ({ ...draftOf(undefined), name: "house", model: "m", ...more });
const refusal = (status: number, code: string, detail: string) => new ApiError(toProblem(status, { title: "x", code, detail }));

describe("a model in the form", () => {
  it("leaves out what is empty when it is new", () => {
    expect(addRequest(draft({ name: " house ", base_url: " " }))).toEqual({ name: "house", provider: "open_ai", model: "m" });
  });

  it("sends all that was given", () => {
    const given = draft({
      preset: "azure",
      base_url: "https://x.openai.azure.com",
      api_key: " k ",
      headers: [{ name: "X-Title", value: "a" }, { name: " ", value: "" }],
      input_price: 2.5,
      output_price: "10",
    });
    expect(addRequest(given)).toEqual({
      name: "house",
      provider: "azure",
      model: "m",
      base_url: "https://x.openai.azure.com",
      api_key: "k",
      headers: { "X-Title": "a" },
      input_price: 2.5,
      output_price: 10,
    });
  });

  it("keeps the stored key unless another is typed or it is taken away", () => {
    expect(updateRequest(draft())).not.toHaveProperty("api_key");
    expect(updateRequest(draft({ removeKey: true }))).toHaveProperty("api_key", null);
    expect(updateRequest(draft({ removeKey: true, api_key: "new" }))).toHaveProperty("api_key", "new");
  });

  it("takes away an address and prices that were emptied", () => {
    expect(updateRequest(draft())).toMatchObject({ base_url: null, input_price: null, output_price: null, headers: {} });
  });

  it("reads back what is configured, and never a key", () => {
    const model = aModel({ has_key: true, headers: { "X-Title": "a" }, input_price: 1 });
    expect(draftOf(model)).toEqual({
      preset: "ollama",
      name: "house",
      base_url: "http://127.0.0.1:11434/v1",
      model: "qwen3:8b",
      api_key: "",
      removeKey: false,
      headers: [{ name: "X-Title", value: "a" }],
      input_price: 1,
      output_price: "",
    });
  });

  it.each([
    [{ name: " " }, { name: { code: "nameMissing" } }],
    [{ model: "" }, { model: { code: "modelMissing" } }],
    [{ preset: "azure" }, { base_url: { code: "urlMissing" } }],
    [{ base_url: "localhost:11434" }, { base_url: { code: "urlWrong" } }],
    [{ base_url: "ftp://x/" }, { base_url: { code: "urlWrong" } }],
    [{ headers: [{ name: "a b", value: "1" }] }, { headers: { code: "headerWrong" } }],
    [{ headers: [{ name: "", value: "1" }] }, { headers: { code: "headerWrong" } }],
    [
      { headers: [{ name: "A", value: "1" }, { name: "a", value: "2" }] },
      { headers: { code: "headerTwice", name: "a" } },
    ],
    [{}, {}],
  ] satisfies [Partial<ModelDraft>, unknown][])("finds what is wrong in %j", (part, errors) => {
    expect(draftErrors(draft(part))).toEqual(errors);
  });
});

describe("presets", () => {
  it.each([
    [{ provider: "open_ai" }, "openai"],
    [{ provider: "open_ai", base_url: "https://api.openai.com/v1/" }, "openai"],
    [{ provider: "open_ai", base_url: "http://localhost:1234/v1" }, "lmstudio"],
    [{ provider: "open_ai", base_url: "https://openrouter.ai/api/v1" }, "openrouter"],
    [{ provider: "open_ai", base_url: "https://gateway.example/v1" }, "other"],
    [{ provider: "open_ai", base_url: "no address" }, "other"],
    [{ provider: "azure", base_url: "https://x.openai.azure.com" }, "azure"],
    [{ provider: "anthropic", base_url: "https://proxy.example" }, "anthropic"],
    [{ provider: "gemini" }, "gemini"],
  ] as const)("recognises %j", (model, id) => {
    expect(presetOf(model).id).toBe(id);
  });
});

describe("the field that a refusal is about", () => {
  it.each([
    [409, "conflict", "a model named 'house' exists already; choose another name", "name"],
    [422, "unauthenticated", "the provider refused the credentials", "api_key"],
    [400, "invalid_input", "the base URL of model `x` is not an HTTP address: write it as https://host/v1", "base_url"],
    [400, "invalid_input", "a header with a key would be shown to everybody: give the key as the model's key", "headers"],
    [400, "invalid_input", "a price is not below 0", "prices"],
    [400, "invalid_input", "a model's name, and the provider's name of it, have 1 to 100 characters", "name"],
    [400, "invalid_input", "the body is no JSON", undefined],
    [503, "unavailable", "the name does not resolve", undefined],
  ] as const)("%s %s: %s", (status, code, detail, field) => {
    expect(fieldOf(refusal(status, code, detail))).toBe(field);
  });

  it("is none where no server spoke", () => {
    expect(fieldOf(new Error("name"))).toBeUndefined();
  });
});
