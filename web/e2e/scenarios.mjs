import asking from "./scenarios/asking.mjs";
import conversations from "./scenarios/conversations.mjs";
import knowledge from "./scenarios/knowledge.mjs";
import models from "./scenarios/models.mjs";
import shell from "./scenarios/shell.mjs";
import sources from "./scenarios/sources.mjs";

/** Name, page options, what is done. Each has a page of its own. */
export const SCENARIOS = [...shell, ...asking, ...conversations, ...sources, ...knowledge, ...models];
