import type { LanguageModel, Provider } from "../api/model";

/** A service or server that people know by name, and how it is reached. */
export interface Preset {
  id: string;
  /** Its name; absent for the one that is any other. */
  label?: string;
  /** Whose protocol it speaks. */
  provider: Provider;
  /** Where it is reached; empty where the server knows the address, or where each has another. */
  baseUrl: string;
  /** The address that holds where none is given, or what one looks like where each has another. */
  urlExample?: string;
  /** An address has to be given. */
  needsUrl: boolean;
  /** Runs on one's own machine, by default without a key. */
  local: boolean;
}

const preset = (id: string, label: string, provider: Provider, more: Partial<Preset> = {}): Preset => ({
  id,
  label,
  provider,
  baseUrl: "",
  needsUrl: false,
  local: false,
  ...more,
});
const local = (id: string, label: string, baseUrl: string) =>
  preset(id, label, "open_ai", { baseUrl, needsUrl: true, local: true });

const OPEN_AI = preset("openai", "OpenAI", "open_ai", { urlExample: "https://api.openai.com/v1" });

/** Any server that speaks OpenAI's protocol. */
export const OTHER: Preset = {
  id: "other",
  provider: "open_ai",
  baseUrl: "",
  urlExample: "https://models.example/v1",
  needsUrl: true,
  local: false,
};

/** In the order in which they are offered. */
export const PRESETS: readonly Preset[] = [
  OPEN_AI,
  preset("anthropic", "Anthropic", "anthropic", { urlExample: "https://api.anthropic.com/v1" }),
  preset("gemini", "Google Gemini", "gemini", { urlExample: "https://generativelanguage.googleapis.com/v1beta" }),
  preset("azure", "Azure OpenAI", "azure", { needsUrl: true, urlExample: "https://RESOURCE.openai.azure.com" }),
  preset("openrouter", "OpenRouter", "open_ai", { baseUrl: "https://openrouter.ai/api/v1", needsUrl: true }),
  local("ollama", "Ollama", "http://127.0.0.1:11434/v1"),
  local("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1"),
  local("llamacpp", "llama.cpp server", "http://127.0.0.1:8080/v1"),
  local("vllm", "vLLM", "http://127.0.0.1:8000/v1"),
  OTHER,
];

/** The preset of that id; OpenAI's where there is none. */
export const presetById = (id: string | null): Preset => PRESETS.find((one) => one.id === id) ?? OPEN_AI;

/** The preset that a configured model was most likely made from. */
export function presetOf({ provider, base_url }: Pick<LanguageModel, "provider" | "base_url">): Preset {
  const own = PRESETS.filter((one) => one.provider === provider);
  if (!base_url) return own.find((one) => !one.needsUrl) ?? own[0] ?? OPEN_AI;
  if (provider !== "open_ai") return own[0] ?? OPEN_AI;
  return own.find((one) => one !== OTHER && samePlace(one.baseUrl || (one.urlExample ?? ""), base_url)) ?? OTHER;
}

/** An address taken apart; nothing where it is none. */
export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

const HERE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether two addresses lead to the same server; every name of this machine is the same. */
function samePlace(a: string, b: string): boolean {
  const [left, right] = [parseUrl(a), parseUrl(b)];
  if (!left || !right) return false;
  const [here, there] = [HERE.has(left.hostname), HERE.has(right.hostname)];
  return left.port === right.port && (here || there ? here === there : left.hostname === right.hostname);
}
