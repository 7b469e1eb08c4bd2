// Has a shop tell Regulars of its orders and refunds, and lets customers turn rewards into coupons.
//
// What happens is put into Vendure's job queue, which is as durable as its strategy (take `DefaultJobQueuePlugin`),
// and told from there: a server that is away for a while misses nothing.
import {
  ConfigService,
  CustomerEvent,
  EventBus,
  type ID,
  type JobQueue,
  JobQueueService,
  Logger,
  OrderService,
  OrderStateTransitionEvent,
  PluginCommonModule,
  RefundStateTransitionEvent,
  RequestContext,
  type SerializedRequestContext,
  VendurePlugin,
} from '@vendure/core';
import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { told, toldOf, RELATIONS } from './order';
import { OPTIONS, type RegularsOptions } from './options';
import { RedemptionService } from './redemption';
import { LoyaltyResolver, schema } from './resolver';
import { signed } from './sign';

/** After these an order is told of: it counts, counts no more, or went on. */
const STATES = ['PaymentAuthorized', 'PaymentSettled', 'PartiallyShipped', 'Shipped', 'PartiallyDelivered', 'Delivered', 'Cancelled'];
/** So often it is tried to tell of something; the pauses between are those of the queue. */
const TRIES = 20;

type Job = { type: string; order?: ID; customer?: { id: ID; emailAddress: string; createdAt: string }; ctx: SerializedRequestContext };

@VendurePlugin({
  imports: [PluginCommonModule],
  providers: [{ provide: OPTIONS, useFactory: () => RegularsPlugin.options }, RedemptionService],
  shopApiExtensions: { schema, resolvers: [LoyaltyResolver] },
  compatibility: '^3.0.0',
})
export class RegularsPlugin implements OnApplicationBootstrap {
  static options: RegularsOptions;

  private queue: JobQueue<Job>;

  constructor(
    private events: EventBus,
    private queues: JobQueueService,
    private orders: OrderService,
    private config: ConfigService,
    @Inject(OPTIONS) private options: RegularsOptions,
  ) {}

  static init(options: RegularsOptions): typeof RegularsPlugin {
    RegularsPlugin.options = options;
    return RegularsPlugin;
  }

  async onApplicationBootstrap() {
    this.queue = await this.queues.createQueue<Job>({ name: 'regulars', process: async (job) => this.tell(String(job.id), job.data) });
    const add = (job: Omit<Job, 'ctx'>, ctx: RequestContext) =>
      this.queue
        .add({ ...job, ctx: ctx.serialize() } as never, { retries: TRIES })
        .catch((error) => Logger.error(`not put into the queue: ${error}`, 'Regulars'));
    this.events.ofType(OrderStateTransitionEvent).subscribe(({ ctx, order, toState }) => {
      if (STATES.includes(toState)) void add({ type: `order.${toState}`, order: order.id }, ctx);
    });
    this.events.ofType(RefundStateTransitionEvent).subscribe(({ ctx, order, toState }) => {
      if (toState === 'Settled') void add({ type: 'refund.Settled', order: order.id }, ctx);
    });
    this.events.ofType(CustomerEvent).subscribe(({ ctx, entity, type }) => {
      const { id, emailAddress, createdAt } = toldOf(entity);
      if (type === 'created') void add({ type: 'customer.created', customer: { id, emailAddress, createdAt: createdAt.toISOString() } }, ctx);
    });
  }

  /** Tells of one thing. What is not taken is an error, and the queue tries again. */
  private async tell(job: string, { type, order: id, customer, ctx }: Job) {
    const precision = this.config.entityOptions.moneyStrategy.precision ?? 2;
    const order = id === undefined ? undefined : await this.orders.findOne(RequestContext.deserialize(ctx), id, [...RELATIONS]);
    if (id !== undefined && !order) return;
    const body = JSON.stringify({ type, data: { precision, ...(order ? { order: told(order) } : { customer }) } });
    const seconds = Math.floor(Date.now() / 1000);
    const answer = await fetch(this.options.url + this.options.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed(this.options.secret, `vendure-${job}`, seconds, body) },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) throw new Error(`Regulars answered ${answer.status}: ${await answer.text()}`);
  }
}
