// One way to talk to the server: JSON, the chosen language, the header that marks our own requests, and refusals as
// typed values. Cookies carry the session; nothing here stores a secret.

/** A refusal as the server states it (RFC 9457), or one of our own when no answer came at all. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly field: string | null;
  readonly remedy: string | null;
  /** Seconds to wait before another try makes sense, where the server said so. */
  readonly retryAfterSeconds: number | null;
  /** Whatever else the server said, such as a limit or what is left of it. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(fields: {
    status: number;
    code: string;
    title: string;
    detail?: string;
    field?: string | null;
    remedy?: string | null;
    retryAfterSeconds?: number | null;
    extra?: Record<string, unknown>;
  }) {
    super(fields.detail ?? fields.title);
    this.name = "Problem";
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.field = fields.field ?? null;
    this.remedy = fields.remedy ?? null;
    this.retryAfterSeconds = fields.retryAfterSeconds ?? null;
    this.extra = fields.extra ?? {};
  }

  /** No answer: the network is down, or the server is. */
  get unreachable(): boolean {
    return this.status === 0;
  }

  /** The session is missing or over. */
  get unauthenticated(): boolean {
    return this.status === 401 && this.code !== "login-failed" && this.code !== "code-wrong";
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const title = error instanceof Error ? error.message : String(error);
  return new Problem({ status: -1, code: "unexpected", title });
}

type Language = () => string;
let language: Language = () => document.documentElement.lang || "ja";

/** Says which language generated sentences should come in; by default that of the page. */
export function speak(choose: Language): void {
  language = choose;
}

interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** A page refreshing by itself: the server then does not count the request as the person's activity. */
  background?: boolean;
}

async function problemOf(response: Response): Promise<Problem> {
  let fields: Record<string, unknown> = {};
  if (response.headers.get("content-type")?.includes("json") === true) {
    fields = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  }
  const text = (name: string): string | null => (typeof fields[name] === "string" ? (fields[name] as string) : null);
  const wait = Number(response.headers.get("retry-after"));
  return new Problem({
    status: response.status,
    code: text("code") ?? `http-${response.status}`,
    title: text("title") ?? response.statusText,
    detail: text("detail") ?? text("title") ?? response.statusText,
    field: text("field"),
    remedy: text("remedy"),
    retryAfterSeconds: Number.isFinite(wait) && wait > 0 ? wait : null,
    extra: fields,
  });
}

/** Sends a request and returns its JSON (`undefined` for an empty answer); throws a {@link Problem} otherwise. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const method = options.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language() };
  if (method !== "GET") headers["X-Enishi-Request"] = "1";
  if (options.background === true) headers["X-Enishi-Background"] = "1";
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: options.signal ?? null,
      credentials: "same-origin",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ status: 0, code: "unreachable", title: "The server cannot be reached" });
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** A query string of the values that are set. */
export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parts.set(name, String(value));
  }
  const text = parts.toString();
  return text === "" ? path : `${path}?${text}`;
}
