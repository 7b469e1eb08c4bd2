// The public API, with the types that its own description makes.
import type { components } from '../../clients/typescript/src/schema';

import { language } from './words';

type Schemas = components['schemas'];
export type Portal = Schemas['PortalOut'];
export type Me = Schemas['MeOut'];
export type Offer = Schemas['ReachableOut'];
export type Entry = Schemas['LedgerEntryOut'];
export type Session = Schemas['MemberSessionOut'];
export type Points = Schemas['PointsOut'];
export type Board = Schemas['LeaderboardOut'];
export type Claim = Schemas['ClaimOut'];
export type Redemption = Schemas['RedemptionOut'];
export type Redeemed = Schemas['RedeemedOut'];
export type Way = Schemas['WayOut'];
export type MemberCard = Schemas['MemberCardOut'];
export type PassLink = Schemas['PassLinkOut'];
export type Inbox = Schemas['InboxOut'];
export type ToAnswers = Schemas['SurveysToAnswerOut'];
export type Recommendations = Schemas['RecommendationsOut'];
export type PersonalOffers = Schemas['PersonalOffersOut'];
export type TakenOffer = Schemas['TakenOfferOut'];
export type ToAnswer = Schemas['ToAnswerOut'];
export type Asked = Schemas['AskedQuestionOut'];
export type Progress = Schemas['ProgressOut'];
export type OwnCases = Schemas['OwnCasesOut'];
export type OwnCase = Schemas['OwnCaseOut'];
export type Receipt = Schemas['ReceiptOut'];
export type Page<T> = { items: T[]; next?: string | null };

/** What the server does not do, with its code and its words. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

/** The shop whose pages these are: a browser may know several of one server. */
export const shop = decodeURIComponent(location.pathname.split('/')[2] ?? '');

/** What was seen last is kept under this name, shop by shop. */
export const cache = `regulars-own-${shop}`;

/** Proves that a page of this server asks; in memory only. */
let csrf = '';
export const hold = (session: Session | undefined) => (csrf = session?.csrf_token ?? '');

/** Whether the last answer came from what was kept, because there is no network. */
export let kept = false;

export async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        'X-Shop': encodeURIComponent(shop),
        'Accept-Language': language,
        ...(method === 'GET' || !csrf ? {} : { 'X-Csrf-Token': csrf }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch {
    throw new Problem('offline', 'there is no network');
  }
  if (method === 'GET') kept = answer.headers.has('X-Kept');
  if (answer.ok) return (answer.status === 204 || answer.status === 202 ? undefined : await answer.json()) as T;
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Problem(String(said.code ?? answer.status), String(said.detail ?? answer.statusText), said);
}

/** A code that people can read out: no letter is taken for another. It names a redemption. */
export function readableCode(): string {
  const letters = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const drawn = crypto.getRandomValues(new Uint8Array(10));
  return [...drawn].map((byte) => letters[byte % 32]).join('');
}
