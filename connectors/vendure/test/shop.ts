// A Vendure shop on SQLite for one test: one product, one shipping method, a payment that settles at once.
import { bootstrap, DefaultJobQueuePlugin, DefaultLogger, dummyPaymentHandler, JobQueueService, LogLevel, type VendureConfig } from '@vendure/core';
import { populate } from '@vendure/core/cli';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type RegularsOptions } from '../src/options';
import { RegularsPlugin } from '../src/plugin';

const CSV = `name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets
Keyboard,keyboard,"A keyboard",,,,,KEY-1,60.00,standard,100,false,,
`;

const INITIAL = {
  defaultLanguage: 'en',
  defaultZone: 'Europe',
  roles: [],
  countries: [{ name: 'Germany', code: 'DE', zone: 'Europe' }],
  taxRates: [{ name: 'Standard', percentage: 20 }],
  shippingMethods: [{ name: 'Standard', price: 500 }],
  paymentMethods: [{ name: 'Standard', handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] } }],
  collections: [],
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Asks one of the shop's APIs; keeps the session between requests. */
export class Client {
  private token?: string;

  constructor(private url: string) {}

  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const answer = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    });
    this.token = answer.headers.get('vendure-auth-token') ?? this.token;
    const { data, errors } = (await answer.json()) as { data: T; errors?: { message: string }[] };
    if (errors) throw new Error(errors.map(({ message }) => message).join('; '));
    return data;
  }
}

export async function openShop(folder: string, options: RegularsOptions) {
  const port = await freePort();
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const csv = join(folder, 'products.csv');
  writeFileSync(csv, CSV);
  const config: VendureConfig = {
    apiOptions: { hostname: '127.0.0.1', port, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: { tokenMethod: 'bearer', requireVerification: false, superadminCredentials: { identifier: 'superadmin', password: 'superadmin' } },
    dbConnectionOptions: { type: 'better-sqlite3', database: join(folder, 'shop.sqlite'), synchronize: true, logging: false },
    paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
    importExportOptions: { importAssetsDir: join(folder, 'assets') },
    logger: new DefaultLogger({ level: LogLevel.Warn }),
    plugins: [DefaultJobQueuePlugin.init({ pollInterval: 100 }), RegularsPlugin.init(options)],
  };
  const filled = await populate(() => bootstrap(config), INITIAL as never, csv);
  await filled.close();
  const app = await bootstrap(config);
  // What is put into the queue is told from this process, too: a shop in earnest runs a worker.
  await app.get(JobQueueService).start();
  const at = (path: string) => new Client(`http://127.0.0.1:${port}/${path}`);
  return { shop: () => at('shop-api'), admin: () => at('admin-api'), end: () => app.close() };
}
