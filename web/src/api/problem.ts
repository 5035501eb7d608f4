/** The body of an error answer (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable code of the kind; `unreachable` where no server answered. */
  code: string;
}

/** An API call that did not succeed. `message` is the cause in words, fit to be shown. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  /** Whether the server could not be reached at all. */
  get isUnreachable(): boolean {
    return this.problem.code === "unreachable";
  }

  /** Whether the same call may succeed later. */
  get isRetryable(): boolean {
    return ["unreachable", "timeout", "unavailable", "resource_exhausted"].includes(this.problem.code);
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Reads a problem out of a parsed body; anything else becomes one that names the status alone. */
export function toProblem(status: number, body: unknown): Problem {
  if (typeof body === "object" && body !== null && ("title" in body || "detail" in body)) {
    const fields = body as Record<string, unknown>;
    return {
      type: text(fields["type"]) || "about:blank",
      title: text(fields["title"]) || `HTTP ${status}`,
      status: typeof fields["status"] === "number" ? fields["status"] : status,
      detail: text(fields["detail"]),
      code: (text(fields["code"]) || codeOf(status)),
    };
  }
  return { type: "about:blank", title: `HTTP ${status}`, status, detail: fallback(status), code: codeOf(status) };
}

/** The problem of a call that got no answer. */
export function unreachable(): Problem {
  return {
    type: "about:blank",
    title: "Unreachable",
    status: 0,
    detail: "The Datafyme server does not answer. Is it still running?",
    code: "unreachable",
  };
}

function codeOf(status: number): string {
  // A proxy in front of a stopped server answers with these, and with no problem.
  if (status === 502 || status === 503 || status === 504) return "unreachable";
  if (status === 404) return "not_found";
  if (status === 409) return "conflict";
  return status >= 500 ? "internal" : "invalid_input";
}

function fallback(status: number): string {
  return codeOf(status) === "unreachable" ? unreachable().detail : `The server answered with status ${status}.`;
}

/** Words for whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
