// The one way to the API: a client made from its own description, which sends the session's token
// with whatever changes something. The session's secret is in a cookie that no script can read.
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

type Schemas = components['schemas'];
export type Session = Schemas['SessionOut'];
export type Member = Schemas['MemberOut'];
export type SuspicionOf = Schemas['SuspicionOut'];
export type SignOf = Schemas['SignOut'];
export type SuspicionRulesOf = Schemas['SuspicionRulesBody'];
export type DuplicateOf = Schemas['DuplicateOut'];
export type Balance = Schemas['BalanceOut'];
export type Entry = Schemas['LedgerEntryOut'];
export type Redemption = Schemas['RedemptionOut'];
export type Finding = Schemas['FindingOut'];
export type Part = Schemas['PartOut'];
export type Plan = Schemas['PlanOut'];
export type Version = Schemas['VersionOut'];
export type Claim = Schemas['ClaimOut'];
export type Award = Schemas['AwardOut'];
export type Submission = Schemas['SubmissionOut'];
export type Review = Schemas['InReviewOut'];
export type Overview = Schemas['OverviewOut'];
export type Month = Schemas['MonthOut'];
export type Figure = Schemas['FigureOut'];
export type Offer = Schemas['OfferOut'];
export type Budget = Schemas['BudgetOut'];
export type Reward = Schemas['RewardItemOut'];
export type Fulfilment = Schemas['FulfilmentOut'];
export type Campaign = Schemas['CampaignOut'];
export type PlasticCardOf = Schemas['PlasticCardOut'];
export type HappenedOf = Schemas['HappenedOut'];
export type CouponCode = Schemas['CodeOut'];
export type Subscriber = Schemas['SubscriberOut'];
export type Invoice = Schemas['InvoiceOut'];
export type GroupOf = Schemas['GroupOut'];
export type SegmentOf = Schemas['SegmentOut'];
export type SegmentsOf = Schemas['SegmentsOut'];
export type ProductOf = Schemas['ProductOut'];
export type MasterTakenOf = Schemas['MasterTakenOut'];
export type JourneyOf = Schemas['JourneyOut'];
export type JourneyMemberOf = Schemas['JourneyMemberOut'];
export type JourneySampleOf = Schemas['JourneySampleOut'];
export type JourneyTrialOf = Schemas['JourneyPreviewOut'];
export type AdvocateOf = Schemas['AdvocateOut'];
export type OfferSetOf = Schemas['OfferSetOut'];
export type OfferSetFiguresOf = Schemas['OfferSetFiguresOut'];
export type LiftOf = Schemas['LiftOut'];
export type NoLiftOf = Schemas['NoAnswerOut'];
export type ControlGroupOf = Schemas['ControlGroupOut'];
export type PowerOf = Schemas['PowerOut'];
export type TemplateOf = Schemas['TemplateOut'];
export type TemplatesOf = Schemas['TemplatesOut'];
export type SendOf = Schemas['SendOut'];
export type SurveyOf = Schemas['SurveyOut'];
export type SurveyFiguresOf = Schemas['SurveyFiguresOut'];
export type SurveySettingsOf = Schemas['SurveySettingsBody'];
export type CaseOf = Schemas['CaseOut'];
export type CaseWithLinesOf = Schemas['CaseWithLinesOut'];
export type CaseSettingsOf = Schemas['ServiceSettingsBody'];
export type MessageOf = Schemas['MessageOut'];
export type MessageSettingsOf = Schemas['MessageSettingsBody'];
export type Person = Schemas['PersonOut'];
export type Draw = Schemas['DrawOut'];
export type Scope = Schemas['ScopeName'];
// settings and the till
export type StaffPerson = Schemas['StaffPersonOut'];
export type Role = Schemas['RoleOut'];
export type ApiKey = Schemas['ApiKeyOut'];
export type Endpoint = Schemas['EndpointOut'];
export type Connector = Schemas['ConnectorOut'];
export type Delivery = Schemas['DeliveryOut'];
export type Platform = Schemas['PlatformOut'];
export type Trouble = Schemas['TroubleOut'];
export type Act = Schemas['ActOut'];
export type Retention = Schemas['RetentionBody'];
export type Aged = Schemas['AgedOut'];
export type ShopSettings = Schemas['ShopSettingsOut'];
export type HeldAdjustment = Schemas['HeldAdjustmentOut'];
export type Step = Schemas['SignInStepOut'];
export type Factors = Schemas['FactorsOut'];
export type FactorSet = Schemas['FactorSetOut'];
export type Passkey = Schemas['PasskeyOut'];
export type OwnSession = Schemas['OwnSessionOut'];
export type Till = Schemas['TillOut'];
export type TillMember = Schemas['TillMemberOut'];
export type TillReward = Schemas['TillRewardOut'];

/** What the API says when it does not do something. */
export class Failed extends Error {
  constructor(
    readonly code: string,
    detail: string,
    readonly status: number,
    readonly requestId?: string,
    readonly faults: { at: string; what: string }[] = [],
    /** What is wrong with a text, by line and column. */
    readonly findings: Finding[] = [],
  ) {
    super(detail);
  }
}

let csrf = '';
let signedOut: () => void = () => {};

/** Is called when the session is found to be over. */
export function onSignedOut(call: () => void) {
  signedOut = call;
}

export function setCsrf(token: string) {
  csrf = token;
}

/** Whether the session's token is known: not after a start without the server. */
export const hasCsrf = () => csrf !== '';

const withToken: Middleware = {
  onRequest({ request }) {
    // Reasons come in the language of the page.
    request.headers.set('Accept-Language', document.documentElement.lang);
    if (csrf && request.method !== 'GET') request.headers.set('X-Csrf-Token', csrf);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(withToken);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or the problem thrown. */
export async function data<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch {
    throw new Failed('offline', '', 0);
  }
  if (answer.response.ok) return answer.data as T;
  const problem = answer.error as Partial<Schemas['Problem']> | undefined;
  const { status } = answer.response;
  if (status === 401) signedOut();
  const faults = problem?.errors?.map((fault) => `${fault.at} ${fault.what}`).join('; ');
  const detail = faults || problem?.detail || answer.response.statusText;
  const { findings = [] } = (problem ?? {}) as { findings?: Finding[] };
  throw new Failed(problem?.code ?? 'internal', detail, status, problem?.request_id ?? undefined, problem?.errors ?? [], findings);
}

/** What the API's own description of what it takes says against a field, by its JSON pointer. */
export function faultAt(error: unknown, at: string): string | undefined {
  return error instanceof Failed ? error.faults.find((fault) => fault.at === at)?.what : undefined;
}

/** A program file as the body of a request: sent as it is. */
export const asFile = {
  headers: { 'Content-Type': 'application/toml' },
  bodySerializer: (text: unknown) => text as string,
} as const;

/** All of a list that comes in pages. */
export async function toTheEnd<T>(page: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>): Promise<T[]> {
  const all: T[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await page(after);
    all.push(...items);
    after = next ?? undefined;
  } while (after);
  return all;
}
