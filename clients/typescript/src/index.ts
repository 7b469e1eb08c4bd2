// A client of the Regulars API. What can be asked, what it takes and what it answers is made of the API's own
// description (schema.ts); this file only sends it. It needs nothing but `fetch`.
import type { components, paths } from './schema.js';

export type { components, paths } from './schema.js';

/** The types of the API by their names: `Schemas['MemberOut']`. */
export type Schemas = components['schemas'];
/** Why something was not done: RFC 9457, with a stable `code`. */
export type Problem = Schemas['Problem'];
/** How something is asked. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Of<P extends keyof paths, M extends Method> = paths[P][M];
/** The paths that take a method. */
export type PathsOf<M extends Method> = {
  [P in keyof paths]: [Exclude<Of<P, M>, undefined>] extends [never] ? never : P;
}[keyof paths];
type Operation<M extends Method, P extends keyof paths> = Exclude<Of<P, M>, undefined>;

type Parameter<O, In extends string> = O extends { parameters: infer All } ? (In extends keyof All ? All[In] : undefined) : undefined;
type Content<B> = B extends { content: infer C } ? C[keyof C] : undefined;
type Body<O> = O extends { requestBody?: infer B } ? Content<Exclude<B, undefined>> : undefined;

/** A field that may be left out where it may be undefined or nothing in it is required, and is not there at all
 * where it is never. */
type Field<Name extends string, T> = [Exclude<T, undefined>] extends [never]
  ? { [K in Name]?: undefined }
  : undefined extends T
    ? { [K in Name]?: Exclude<T, undefined> }
    : Record<never, never> extends T
      ? { [K in Name]?: T }
      : { [K in Name]: T };

/** What an operation is asked with. */
export type Asked<M extends Method, P extends keyof paths> = Field<'path', Parameter<Operation<M, P>, 'path'>> &
  Field<'query', Parameter<Operation<M, P>, 'query'>> &
  Field<'body', Body<Operation<M, P>>> & {
    /** Makes it one request however often it is sent: the `Idempotency-Key`. */
    once?: string;
    /** The type of a body that is a text, such as `text/csv`; JSON where it is an object. */
    type?: string;
    signal?: AbortSignal;
  };

/** The second argument may be left out where nothing in it must be there. */
type Arguments<M extends Method, P extends keyof paths> = Record<never, never> extends Asked<M, P> ? [asked?: Asked<M, P>] : [asked: Asked<M, P>];

type Good = 200 | 201 | 202 | 203 | 204;
type Answers<O> = O extends { responses: infer R } ? { [S in keyof R]: S extends Good ? Content<R[S]> : never }[keyof R] : never;
/** What an operation answers when it is done. */
export type Data<M extends Method, P extends keyof paths> = Answers<Operation<M, P>>;

/** What came of a request: what it answers, or why it was not done. Nothing is thrown for either. */
export type Result<T> =
  | {
      ok: true;
      status: number;
      data: T;
      /** It had been done before, under the same key: this is the first answer. */
      repeated: boolean;
    }
  | { ok: false; status: number; problem: Problem };

/** Paths that answer in pages. */
export type PagedPaths = {
  [P in PathsOf<'get'>]: Data<'get', P> extends { items: readonly unknown[]; next?: string | null } ? P : never;
}[PathsOf<'get'>];
type Item<P extends PagedPaths> = Data<'get', P> extends { items: readonly (infer T)[] } ? T : never;

/** Where the server is, and who asks. */
export interface Options {
  /** Its address, as `https://loyalty.example`. */
  url: string;
  /** An API key: `reg_…`. */
  key: string;
  /** In which language reasons are said: `en`, `de`, `ru`, `zh-Hans` or `zh-Hant`. */
  language?: string;
  /** Another `fetch`. */
  fetch?: typeof fetch;
  /** How often a request is sent again that was not answered, or with 429 or 503: 2 if left out. Only what does
   * no harm twice is: `GET`, `PUT`, `DELETE`, and what has a key (`once`). */
  retries?: number;
}

/** A problem, thrown: by `unwrap`, and by `each` where a page cannot be had. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ProblemError';
  }
}

/** What was answered; throws a `ProblemError` where it was not done. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.data;
  throw new ProblemError(result.problem);
}

interface Loose {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  once?: string;
  type?: string;
  signal?: AbortSignal;
}

/** A client of one shop. */
export interface Client {
  get<P extends PathsOf<'get'>>(path: P, ...asked: Arguments<'get', P>): Promise<Result<Data<'get', P>>>;
  post<P extends PathsOf<'post'>>(path: P, ...asked: Arguments<'post', P>): Promise<Result<Data<'post', P>>>;
  put<P extends PathsOf<'put'>>(path: P, ...asked: Arguments<'put', P>): Promise<Result<Data<'put', P>>>;
  patch<P extends PathsOf<'patch'>>(path: P, ...asked: Arguments<'patch', P>): Promise<Result<Data<'patch', P>>>;
  delete<P extends PathsOf<'delete'>>(path: P, ...asked: Arguments<'delete', P>): Promise<Result<Data<'delete', P>>>;
  /** All of a list that comes in pages, page after page as it is gone through. */
  each<P extends PagedPaths>(path: P, ...asked: Arguments<'get', P>): AsyncGenerator<Item<P>, void, undefined>;
}

/** A client of the shop whose key this is. */
export function connect(options: Options): Client {
  const base = options.url.replace(/\/+$/, '');
  const send = (method: Method) => (path: string, asked: Loose = {}) => ask(options, base, method, path, asked);
  const get = send('get');
  async function* each(path: string, asked: Loose = {}) {
    let after: string | null | undefined;
    do {
      const query = after === undefined ? asked.query : { ...asked.query, after };
      const page = unwrap(await get(path, { ...asked, ...(query ? { query } : {}) })) as { items: unknown[]; next?: string | null };
      yield* page.items;
      after = page.next ?? null;
    } while (after !== null);
  }
  return { get, post: send('post'), put: send('put'), patch: send('patch'), delete: send('delete'), each } as unknown as Client;
}

async function ask(options: Options, base: string, method: Method, path: string, asked: Loose): Promise<Result<unknown>> {
  const request: RequestInit = {
    method: method.toUpperCase(),
    headers: headers(options, asked),
    ...(asked.body === undefined ? {} : { body: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body) }),
    ...(asked.signal ? { signal: asked.signal } : {}),
  };
  const harmless = (method !== 'post' && method !== 'patch') || asked.once !== undefined;
  const most = harmless ? (options.retries ?? 2) : 0;
  const url = base + filled(path, asked.path) + written(asked.query);
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await (options.fetch ?? fetch)(url, request);
      if (tries >= most || (answer.status !== 429 && answer.status !== 503)) return await settled(answer);
      await answer.body?.cancel();
      await wait(pause(tries, answer.headers.get('Retry-After')), asked.signal);
    } catch (error) {
      if (asked.signal?.aborted) throw error;
      if (tries >= most) return unanswered(error);
      await wait(pause(tries, null), asked.signal);
    }
  }
}

function headers(options: Options, asked: Loose): Record<string, string> {
  const type = asked.type ?? (typeof asked.body === 'string' ? 'text/plain' : 'application/json');
  return {
    Authorization: `Bearer ${options.key}`,
    Accept: 'application/json',
    ...(options.language ? { 'Accept-Language': options.language } : {}),
    ...(asked.body === undefined ? {} : { 'Content-Type': type }),
    ...(asked.once === undefined ? {} : { 'Idempotency-Key': asked.once }),
  };
}

/** `/v1/members/{member}` with the member in it. */
function filled(path: string, values: Record<string, unknown> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === null || value === '') throw new TypeError(`the path ${path} needs \`${name}\``);
    return encodeURIComponent(String(value));
  });
}

function written(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : '';
}

async function settled(answer: Response): Promise<Result<unknown>> {
  const { status } = answer;
  const text = await answer.text();
  const said = (answer.headers.get('Content-Type') ?? '').includes('json') && text ? (JSON.parse(text) as unknown) : text || undefined;
  if (answer.ok) return { ok: true, status, data: said, repeated: answer.headers.get('Idempotency-Hit') === 'true' };
  const problem = typeof said === 'object' && said !== null && 'code' in said ? (said as Problem) : made(status, 'unreadable', String(said ?? answer.statusText));
  return { ok: false, status, problem };
}

/** No answer came: the code is `unanswered`, the status 0. Whether it was done is not known. */
function unanswered(error: unknown): Result<unknown> {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { ok: false, status: 0, problem: made(0, 'unanswered', `the server did not answer: ${String(error)}${cause}`) };
}

const made = (status: number, code: string, detail: string): Problem => ({ type: 'about:blank', title: 'No answer that could be read', status, code, detail });

/** So many milliseconds until it is sent again: what the server says, else 200, 400, 800 … and a little by chance. */
function pause(tries: number, after: string | null): number {
  const seconds = Number(after);
  return after !== null && seconds > 0 ? Math.min(seconds, 60) * 1000 : 2 ** tries * (150 + Math.random() * 100);
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, stop) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', () => (clearTimeout(timer), stop(signal.reason as Error)), { once: true });
  });
}
