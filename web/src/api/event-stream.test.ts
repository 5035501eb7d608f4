import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readEvents, type StreamState } from "./event-stream";

/** A stand-in for the browser's EventSource that the test speaks through. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 1;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeSource.all.push(this);
  }

  close() {
    this.readyState = FakeSource.CLOSED;
  }

  say(name: string, data: unknown, lastEventId = "") {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId }));
  }

  /** Breaks the connection: for good, or so that the browser itself tries again. */
  fail(forGood: boolean) {
    this.readyState = forGood ? FakeSource.CLOSED : 0;
    this.onerror?.();
  }
}

const latest = () => FakeSource.all.at(-1) as FakeSource;

describe("event streams", () => {
  const heard: unknown[] = [];
  const states: StreamState[] = [];
  const start = () =>
    readEvents({
      url: "/events",
      names: ["more", "last"],
      onEvent: (data) => {
        heard.push(data);
        return data === "end" ? "last" : "more";
      },
      onState: (state) => states.push(state),
    });

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", FakeSource);
    FakeSource.all = [];
    heard.length = 0;
    states.length = 0;
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("closes after the last event, so that the browser does not read it all again", () => {
    start();
    latest().say("more", 1, "1");
    latest().say("last", "end", "2");
    expect(heard).toEqual([1, "end"]);
    expect(latest().readyState).toBe(FakeSource.CLOSED);
    expect(states.at(-1)).toBe("closed");
  });

  it("goes on from the last id where the browser gave up", () => {
    start();
    latest().say("more", 1, "7");
    latest().fail(true);
    expect(states.at(-1)).toBe("retrying");
    vi.advanceTimersByTime(500);
    expect(FakeSource.all.map((source) => source.url)).toEqual(["/events", "/events?last_event_id=7"]);
  });

  it("waits longer from try to try", () => {
    start();
    latest().fail(true);
    vi.advanceTimersByTime(500);
    latest().fail(true);
    vi.advanceTimersByTime(999);
    expect(FakeSource.all).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(FakeSource.all).toHaveLength(3);
  });

  it("leaves a cut connection to the browser", () => {
    start();
    latest().fail(false);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.all).toHaveLength(1);
  });

  it("does not come back after it was ended", () => {
    const end = start();
    latest().fail(true);
    end();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.all).toHaveLength(1);
  });
});
