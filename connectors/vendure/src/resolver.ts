// What the shop's pages ask: what the customer has, and a reward as a coupon.
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow, Ctx, CustomerService, ForbiddenError, Permission, RequestContext } from '@vendure/core';
import { parse } from 'graphql';
import { RedemptionService } from './redemption';

export const schema = parse(`
  type LoyaltyPoints {
    points: String!
    available: String!
  }

  type LoyaltyCoupon {
    code: String!
    until: DateTime
  }

  extend type Query {
    loyalty: [LoyaltyPoints!]!
  }

  extend type Mutation {
    redeemReward(reward: String!): LoyaltyCoupon!
  }
`);

@Resolver()
export class LoyaltyResolver {
  constructor(
    private redemptions: RedemptionService,
    private customers: CustomerService,
  ) {}

  @Query()
  @Allow(Permission.Owner)
  async loyalty(@Ctx() ctx: RequestContext) {
    return this.redemptions.balance(await this.customer(ctx));
  }

  @Mutation()
  @Allow(Permission.Owner)
  async redeemReward(@Ctx() ctx: RequestContext, @Args() args: { reward: string }) {
    return this.redemptions.redeem(ctx, await this.customer(ctx), args.reward);
  }

  private async customer(ctx: RequestContext) {
    const customer = ctx.activeUserId && (await this.customers.findOneByUserId(ctx, ctx.activeUserId));
    if (!customer) throw new ForbiddenError();
    return customer;
  }
}
