/** Where an event stream stands. */
export type StreamState = "connecting" | "open" | "retrying" | "closed";

/** What a stream is to be read with. */
export interface StreamOptions {
  /** Address without the query. */
  url: string;
  /** Names of the events to hear. */
  names: readonly string[];
  /** Gets each event's data, parsed. Says whether it was the last one. */
  onEvent: (data: unknown) => "more" | "last";
  onState: (state: StreamState) => void;
  /** Longest wait between two tries, in milliseconds. */
  maxDelay?: number;
}

/**
 * Reads server-sent events until the last one. The browser itself goes on after a cut connection (it sends
 * `Last-Event-ID`); where it gives up, for instance after a 502, a new stream goes on from the last id.
 * Returns the function that ends it.
 */
export function readEvents({ url, names, onEvent, onState, maxDelay = 10_000 }: StreamOptions): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = "";
  let delay = 500;
  let ended = false;

  const end = () => {
    ended = true;
    clearTimeout(timer);
    source?.close();
    onState("closed");
  };

  const hear = (event: MessageEvent<string>) => {
    if (ended) return;
    if (event.lastEventId) lastId = event.lastEventId;
    if (onEvent(JSON.parse(event.data)) === "last") end();
  };

  const open = () => {
    source = new EventSource(lastId ? `${url}?last_event_id=${encodeURIComponent(lastId)}` : url);
    source.onopen = () => {
      delay = 500;
      onState("open");
    };
    source.onerror = () => {
      if (ended) return;
      onState("retrying");
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      source.close();
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, maxDelay);
    };
    for (const name of names) source.addEventListener(name, hear as EventListener);
  };

  onState("connecting");
  open();
  return end;
}
