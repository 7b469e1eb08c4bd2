// Rewards that become coupons of the shop: the points are set aside under an id, the coupon has this id as its code
// and is good once, and the order that is placed with it uses the redemption. A code that nobody uses gives the
// points back when the hold is over.
import { Inject, Injectable } from '@nestjs/common';
import { ConfigService, Customer, Logger, PromotionService, RequestContext, UserInputError } from '@vendure/core';
import { randomInt } from 'node:crypto';
import { OPTIONS, type RegularsOptions } from './options';

/** Nothing that is taken for something else when it is read aloud. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

type Does = { kind: string; amount?: string; currency?: string; part?: string };
type Redemption = { id: string; held_until?: string; does?: Does };
type Points = { points: string; available: string };

@Injectable()
export class RedemptionService {
  constructor(
    private promotions: PromotionService,
    private config: ConfigService,
    @Inject(OPTIONS) private options: RegularsOptions,
  ) {}

  /** What a customer has; nothing if they are no member. */
  async balance(customer: Customer): Promise<Points[]> {
    const member = await this.member(customer);
    if (!member) return [];
    const balance = await this.ask<{ points: Points[] }>('GET', `/v1/members/${member}/balance`);
    return balance.points;
  }

  /** Sets a reward aside and makes the coupon of it. */
  async redeem(ctx: RequestContext, customer: Customer, reward: string) {
    const member = await this.member(customer);
    if (!member) throw new UserInputError('Join the program first.');
    const code = `${this.options.prefix ?? 'RG-'}${Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
    const answer = await this.ask<{ redemption: Redemption }>('POST', `/v1/members/${member}/redemptions`, { reward }, code);
    const held = answer.redemption;
    try {
      await this.coupon(ctx, code, held);
    } catch (error) {
      await this.ask('POST', `/v1/members/${member}/redemptions/${code}/cancel`, {});
      throw error;
    }
    return { code, until: held.held_until ?? null };
  }

  /** Good once, for an amount or a part of the whole order, as long as the points are set aside. */
  private async coupon(ctx: RequestContext, code: string, held: Redemption) {
    const made = await this.promotions.createPromotion(ctx, {
      enabled: true,
      couponCode: code,
      usageLimit: 1,
      perCustomerUsageLimit: 1,
      endsAt: held.held_until ? new Date(held.held_until) : undefined,
      conditions: [],
      actions: [this.action(held.does)],
      translations: [{ languageCode: ctx.languageCode, name: code }],
    });
    if (!('id' in made)) throw new UserInputError(made.message);
  }

  private action(does?: Does) {
    const precision = this.config.entityOptions.moneyStrategy.precision ?? 2;
    if (does?.amount && !does.part) {
      const parts = Math.round(Number(does.amount) * 10 ** precision);
      return { code: 'order_fixed_discount', arguments: [{ name: 'discount', value: String(parts) }] };
    }
    if (does?.part) {
      return { code: 'order_percentage_discount', arguments: [{ name: 'discount', value: String(Math.round(Number(does.part) * 100)) }] };
    }
    throw new UserInputError('This reward is no discount: it is redeemed elsewhere.');
  }

  /** By the shop's own number, else by the address: only if the customer has shown that it is theirs. */
  private async member(customer: Customer): Promise<string | undefined> {
    const identities = [`${this.options.source ?? 'vendure'}:${customer.id}`];
    if (customer.user?.verified) identities.push(`email:${customer.emailAddress.toLowerCase()}`);
    for (const identity of identities) {
      const found = await this.fetch('GET', `/v1/members/${encodeURIComponent(identity)}`);
      if (found.ok) return ((await found.json()) as { id: string }).id;
      if (found.status !== 404) throw new Error(await this.failed(found));
    }
    return undefined;
  }

  private async ask<T>(method: string, path: string, body?: unknown, once?: string): Promise<T> {
    const answer = await this.fetch(method, path, body, once);
    if (answer.ok) return (await answer.json()) as T;
    const why = await this.failed(answer);
    // What the program refuses is the customer's to know.
    if (answer.status === 409) throw new UserInputError(why);
    throw new Error(why);
  }

  private fetch(method: string, path: string, body?: unknown, once?: string) {
    return fetch(this.options.url + path, {
      method,
      headers: { authorization: `Bearer ${this.options.key}`, 'content-type': 'application/json', ...(once ? { 'idempotency-key': once } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  }

  private async failed(answer: Response) {
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    Logger.warn(`${answer.url} answered ${answer.status}: ${problem.detail}`, 'Regulars');
    return problem.detail ?? `status ${answer.status}`;
  }
}
