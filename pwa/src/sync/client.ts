/**
 * One request to the server and its answer, or one of the four words for why there is none. Nothing that is not the
 * server's own JSON counts as an answer: a captive portal's page with status 200 is `offline`.
 */
import type { Trouble } from '../store/types';
import { isObject } from './wire';

/** Why there is no answer. The rest is what the few who need more than the word look at. */
export interface NoAnswer {
  trouble: Trouble;
  status?: number;
  code?: string;
  /** The server's own sentence, in the member's language. */
  detail?: string;
  /** Milliseconds to wait, where the server said so. */
  wait?: number;
  wipe?: boolean;
  problem?: Record<string, unknown>;
}

export type Reply<T> = { answer: T } | NoAnswer;

export interface Call {
  method?: 'GET' | 'POST';
  body?: unknown;
  /** Secret of the enrolled device: every route about a patient wants it. */
  secret?: string;
  lang?: string;
}

/** Long pulls come in pages: one that takes longer than this will not come. */
const PATIENCE = 60_000;

export class Client {
  constructor(private readonly fetch: typeof globalThis.fetch) {}

  /** `read` takes the body to an answer, or to null when it is none. */
  async call<T>(
    path: string,
    read: (body: unknown) => T | null,
    call: Call = {},
  ): Promise<Reply<T>> {
    const response = await this.#send(path, call, 'application/json');
    if (!response) return { trouble: 'offline' };
    const body = response.status === 204 ? null : await bodyOf(response);
    if (!response.ok) return problemOf(response, body);
    const answer = body === undefined ? null : read(body);
    return answer === null ? { trouble: 'offline' } : { answer };
  }

  /** Fetches bytes of one media type. 202 with no bytes is `waiting`: the server is still making them. */
  async bytes(path: string, type: string, call: Call = {}): Promise<Reply<Blob | 'waiting'>> {
    const response = await this.#send(path, call, `${type}, application/problem+json`);
    if (!response) return { trouble: 'offline' };
    if (!response.ok) return problemOf(response, await bodyOf(response));
    if (response.status === 202) return { answer: 'waiting' };
    if (!response.headers.get('Content-Type')?.startsWith(type)) return { trouble: 'offline' };
    const blob = await response.blob().catch(() => null);
    return blob ? { answer: blob } : { trouble: 'offline' };
  }

  async #send(path: string, call: Call, accept: string): Promise<Response | null> {
    const headers: Record<string, string> = { Accept: accept };
    if (call.secret) headers['Doorstep-Device'] = call.secret;
    if (call.lang) headers['Accept-Language'] = call.lang;
    const init: RequestInit = { method: call.method ?? 'POST', headers, redirect: 'error' };
    if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      const json = JSON.stringify(call.body);
      init.body = json.length > 1_000 ? await gzip(json, headers) : json;
    }
    try {
      return await this.fetch(path, { ...init, signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      return null;
    }
  }
}

async function gzip(json: string, headers: Record<string, string>): Promise<BodyInit> {
  if (typeof CompressionStream === 'undefined') return json;
  headers['Content-Encoding'] = 'gzip';
  const packed = new Blob([json]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(packed).arrayBuffer();
}

/** The body as JSON; undefined where it is none or broke off. */
async function bodyOf(response: Response): Promise<unknown> {
  if (!/json/.test(response.headers.get('Content-Type') ?? '')) return undefined;
  return response.json().catch(() => undefined);
}

/** Problem documents are the server's. Whatever else answers with an error stands between it and the phone. */
function problemOf(response: Response, body: unknown): NoAnswer {
  const { status } = response;
  const problem = isObject(body) ? body : null;
  const more: Partial<NoAnswer> = { status, wait: waitOf(response) };
  if (typeof problem?.code === 'string') more.code = problem.code;
  if (typeof problem?.detail === 'string') more.detail = problem.detail;
  if (problem) more.problem = problem;
  if (!problem || status === 429 || status >= 500) return { trouble: 'offline', ...more };
  if (status === 401) return { trouble: 'signed_out', ...more };
  if (status === 426) return { trouble: 'outdated', ...more };
  return { trouble: 'refused', wipe: problem.wipe === true, ...more };
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get('Retry-After'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}
