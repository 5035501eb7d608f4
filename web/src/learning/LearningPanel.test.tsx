// @vitest-environment happy-dom
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { DataSource, Job, Resync } from "../api/model";
import { showLanguage } from "../i18n";
import { fakeApi, problem } from "../testing/fake-api";
import { list } from "../testing/models";
import { renderPage } from "../testing/render-page";
import { LearningPanel } from "./LearningPanel";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function aSource(more: Partial<DataSource> = {}): DataSource {
  return {
    id: "s1",
    owner_id: "u",
    name: "sales",
    dialect: "sqlite",
    location: "/data/sales.db",
    status: "ready",
    table_count: 6,
    created_at: ago(9_000),
    learned_at: ago(120),
    ...more,
  };
}

function aJob(more: Partial<Job> = {}): Job {
  return {
    id: "j1",
    owner_id: "u",
    source_id: "s1",
    kind: "learn",
    status: "succeeded",
    attempts: 1,
    cancel_requested: false,
    created_at: ago(121),
    started_at: "2026-01-01T10:00:00Z",
    finished_at: "2026-01-01T10:00:12Z",
    progress: { phase: "index", done: 20, total: 20 },
    ...more,
  };
}

function aResync(more: Partial<Resync> = {}): Resync {
  const last = more.last_succeeded === undefined ? aJob() : more.last_succeeded;
  return {
    seconds: null,
    configured_seconds: 86_400,
    next_at: ago(-60 * 22),
    current: null,
    recent: last ? [last] : [],
    last_succeeded: last,
    ...more,
  };
}

const PATH = "/sources/s1/resync";
const house = (resync: Resync, more: Parameters<typeof fakeApi>[0] = {}) =>
  fakeApi({ [`GET ${PATH}`]: resync, "GET /sources/s1/tables/edits": list(), [`PUT ${PATH}`]: aSource(), ...more });
const show = (source = aSource()) => renderPage(<LearningPanel source={source} />);
const region = (name: string) => screen.findByRole("region", { name });

describe("the panel of learning again", () => {
  it("says when it was learned, how long that took, and when it is again", async () => {
    house(aResync());
    show();
    const standing = await region("What is known, and since when");
    expect(standing.textContent).toContain("Learned 2 hours ago · took 12 s");
    expect(standing.textContent).toContain("Is learned again by itself in 22 hours.");
    expect((await region("What the last learning found")).textContent).toContain("It was learned for the first time.");
  });

  it.each([
    [{ seconds: 0, next_at: null }, {}, "Is not learned again by itself."],
    [{ configured_seconds: 0, next_at: null }, {}, "Is not learned again by itself."],
    [{ next_at: null }, { status: "paused" as const }, "Paused: it is not learned again until it is resumed."],
    [{ next_at: ago(1) }, {}, "Is learned again by itself in a moment."],
  ])("says of %j and %j why and when: %s", async (resync, source, words) => {
    house(aResync(resync));
    show(aSource(source));
    expect((await region("What is known, and since when")).textContent).toContain(words);
  });

  it("names the tables that had changed, and counts those that it does not name", async () => {
    const table = (name: string) => ({ table: name });
    const changes = { added: 1, changed: 31, renamed: 1, removed: 1, unchanged: 1_200 };
    const changed_tables = {
      added: [table("stores")],
      changed: [table("orders"), { schema: "hr", table: "people" }],
      renamed: [{ from: table("clients"), to: table("customers") }],
      removed: [table("returns")],
    };
    const notes = ["2 tables are documented from names alone."];
    const job = aJob({ progress: { phase: "index", done: 1, total: 1, changes, changed_tables, notes } });
    house(aResync({ last_succeeded: job }));
    show();
    const found = await region("What the last learning found");
    expect(found.textContent).toContain("1 new, 31 changed, 1 renamed, 1 gone; as before: 1,200");
    expect(within(found).getByRole("link", { name: "stores" }).getAttribute("href")).toBe("/sources/s1?table=stores");
    expect(within(found).getByRole("link", { name: "hr.people" }).getAttribute("href")).toBe("/sources/s1?table=hr.people");
    expect(screen.getByTestId("tables-changed").textContent).toContain("and 29 more");
    expect(screen.getByTestId("tables-renamed").textContent).toContain("clients → customers");
    // What is gone leads nowhere.
    expect(within(found).queryByRole("link", { name: "returns" })).toBeNull();
    expect(found.textContent).toContain("2 tables are documented from names alone.");
  });

  it("tells what people wrote that was kept, and where the text under it is another now", async () => {
    const edited_fields = ["business_description", "columns.price.eur.description"];
    const kept = { editor: "local", edited_at: ago(5) };
    const edits = list(
      { table: { table: "orders" }, edited_fields, outdated_fields: edited_fields, ...kept },
      { table: { table: "people" }, edited_fields: ["hidden"], outdated_fields: [], ...kept },
    );
    house(aResync(), { "GET /sources/s1/tables/edits": edits });
    show();
    const section = await region("What people wrote");
    expect(section.textContent).toContain("Kept: 3 edits in 2 tables.");
    const outdated = within(section).getAllByTestId("outdated");
    expect(outdated.map((row) => row.textContent)).toEqual(["ordersDescription, Column price.eur"]);
  });

  it("shows a failed learning with its cause, what answers rest on and what to do", async () => {
    const failed = aJob({ id: "j2", status: "failed", error: "connection refused by db.example:5432", finished_at: ago(30) });
    const tested = { version: "PostgreSQL 15", latency_ms: 3 };
    house(aResync({ recent: [failed, aJob()], next_at: ago(-60) }), { "POST /sources/s1/test": tested });
    const { user } = show();
    const alert = await screen.findByRole("alert");
    for (const words of [
      "The last learning failed 30 minutes ago",
      "connection refused by db.example:5432",
      "Test the connection",
      "It is tried again by itself in 1 hour.",
      "answers rest on what was learned 2 hours ago",
    ]) {
      expect(alert.textContent).toContain(words);
    }
    await user.click(within(alert).getByRole("button", { name: "Test the connection" }));
    await screen.findByText(/^Connected in 3 ms: PostgreSQL 15/);
    const history = await region("Last learnings");
    expect(within(history).getAllByRole("row").map((row) => row.textContent).slice(1)).toEqual([
      expect.stringContaining("Learning failed"),
      expect.stringContaining("Learned12 s"),
    ]);
  });

  it("follows a learning that is under way, stops it, and sees its end", async () => {
    const stream = Object.assign(new EventTarget(), { close: () => undefined });
    vi.stubGlobal("EventSource", function open() {
      return stream;
    });
    const running = aJob({ id: "j3", status: "running", finished_at: null, progress: { phase: "profile", done: 5, total: 20 } });
    const stopped = aJob({ id: "j3", status: "cancelled" });
    let resync = aResync({ current: running, next_at: null });
    const api = house(resync, {
      [`GET ${PATH}`]: () => resync,
      "POST /jobs/j3/cancel": { ...running, cancel_requested: true },
    });
    const { user } = show();
    await screen.findByText("Looking at the data");
    const again = screen.getByRole<HTMLButtonElement>("button", { name: "Learn again now" });
    expect(again.disabled).toBe(true);
    expect(screen.getByRole("progressbar", { name: "Progress of learning sales" }).getAttribute("aria-valuenow")).toBe("25");
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(api.bodies("POST", "/jobs/j3/cancel")).toHaveLength(1));
    resync = aResync({ recent: [stopped, aJob()] });
    act(() => void stream.dispatchEvent(new MessageEvent("job.completed", { data: JSON.stringify(stopped) })));
    await waitFor(() => expect(again.disabled).toBe(false));
    expect(screen.queryByRole("progressbar")).toBeNull();
    expect((await region("Last learnings")).textContent).toContain("Learning was cancelled");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("learns at once when it is asked to", async () => {
    const api = house(aResync(), { "POST /sources/s1/learn": aJob({ status: "queued" }) });
    const { user } = show();
    await user.click(await screen.findByRole("button", { name: "Learn again now" }));
    await screen.findByText("sales is being learned again");
    expect(api.bodies("POST", "/sources/s1/learn")).toHaveLength(1);
  });

  it("has one thing to do where nothing was learned yet", async () => {
    house(aResync({ last_succeeded: null, next_at: null }));
    show(aSource({ status: "error", learned_at: null }));
    await screen.findByRole("heading", { name: "Not learned yet" });
    expect(screen.getByRole("button", { name: "Learn now" })).toBeTruthy();
    expect(screen.queryByRole("region", { name: "Last learnings" })).toBeNull();
  });
});

describe("the form of the interval", () => {
  const choose = async (user: ReturnType<typeof show>["user"], label: string, option: string) => {
    await user.click(screen.getByRole("combobox", { name: label }));
    await user.click(await screen.findByRole("option", { name: option }));
  };
  const save = () => screen.getByRole<HTMLButtonElement>("button", { name: "Save" });

  it("offers what is configured, the usual, never and one's own", async () => {
    let resync = aResync();
    const api = house(resync, {
      [`GET ${PATH}`]: () => resync,
      [`PUT ${PATH}`]: ({ body }) => {
        resync = aResync(body as Partial<Resync>);
        return aSource();
      },
    });
    const { user } = show();
    await region("Learning again by itself");
    expect(save().disabled).toBe(true);
    await choose(user, "Every", "6 hours");
    await user.click(save());
    await screen.findByText("Saved. The next learning follows it.");
    expect(screen.getByRole<HTMLInputElement>("combobox", { name: "Every" }).value).toBe("6 hours");
    expect(save().disabled).toBe(true);
    await choose(user, "Every", "Never");
    await user.click(save());
    await waitFor(() => expect(api.bodies("PUT", PATH)).toEqual([{ seconds: 21_600 }, { seconds: 0 }]));
    await user.click(screen.getByRole("combobox", { name: "Every" }));
    expect((await screen.findAllByRole("option"))[0]?.textContent).toBe("As configured: 1 day");
  });

  it("takes one's own by the keyboard alone, and none that the server would refuse", async () => {
    const api = house(aResync({ seconds: 5_400 }));
    const { user } = show();
    await region("Learning again by itself");
    const count = screen.getByRole<HTMLInputElement>("textbox", { name: "Number" });
    expect(count.value).toBe("90");
    await user.clear(count);
    await user.type(count, "{Enter}");
    await screen.findByText("A whole number of seconds, one minute at least.");
    expect(api.bodies("PUT", PATH)).toEqual([]);
    await user.type(count, "45{Enter}");
    await waitFor(() => expect(api.bodies("PUT", PATH)).toEqual([{ seconds: 2_700 }]));
  });

  it("goes back to what is configured, and shows why that was refused", async () => {
    const api = house(aResync({ seconds: 0, next_at: null }), {
      [`PUT ${PATH}`]: problem(503, "unavailable", "the metadata database does not answer"),
    });
    const { user } = show();
    await region("Learning again by itself");
    await choose(user, "Every", "As configured: 1 day");
    await user.click(save());
    await screen.findByText("the metadata database does not answer");
    expect(api.bodies("PUT", PATH)).toEqual([{ seconds: null }]);
  });

  it("speaks Hungarian", async () => {
    await showLanguage("hu");
    try {
      house(aResync({ seconds: 21_600 }));
      show();
      const form = await region("Magától való újratanulás");
      const every = within(form).getByRole<HTMLInputElement>("combobox", { name: "Időköz" });
      expect(every.value.replaceAll("\u00a0", " ")).toBe("6 óra");
      expect((await region("Mit tudunk, és mióta")).textContent).toContain("Legközelebb magától: 22 óra múlva.");
    } finally {
      await showLanguage("en");
    }
  });
});
