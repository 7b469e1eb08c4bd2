/** How Regulars is reached. */
export type RegularsOptions = {
  /** Where it is: `https://points.example`. */
  url: string;
  /** The connector's path, as `regulars connectors add vendure` shows it: `/hooks/vendure/con_…`. */
  path: string;
  /** The connector's secret: `whsec_…`. */
  secret: string;
  /** A key with the scopes `read` and `redeem`, for rewards that become coupons. */
  key: string;
  /** The connector's source: the kind of identity that this shop's customers' numbers are. */
  source?: string;
  /** What codes of redemptions begin with, as the connector has it. */
  prefix?: string;
};

export const OPTIONS = Symbol('RegularsOptions');
