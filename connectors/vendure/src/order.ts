// What is told of an order: all that counts, as it stands, so that a delivery that was lost is made good by the
// next one. Amounts are Vendure's own: whole numbers of parts of which 10^precision make one unit.
import type { Customer, Order, Refund } from '@vendure/core';

/** What must be loaded of an order. */
export const RELATIONS = ['customer', 'lines', 'lines.productVariant', 'payments', 'payments.refunds', 'shippingLines', 'surcharges'] as const;

export function told(order: Order) {
  const payments = order.payments ?? [];
  const settled = payments.filter((payment) => payment.state === 'Settled').map((payment) => payment.createdAt);
  const refunds = payments.flatMap((payment) => payment.refunds ?? []).filter((refund: Refund) => refund.state === 'Settled');
  return {
    code: order.code,
    state: order.state,
    placedAt: order.orderPlacedAt ?? null,
    settledAt: settled[0] ?? null,
    cancelledAt: order.state === 'Cancelled' ? order.updatedAt : null,
    currencyCode: order.currencyCode,
    totalWithTax: order.totalWithTax,
    shippingWithTax: order.shippingWithTax,
    couponCodes: order.couponCodes,
    customer: order.customer ? toldOf(order.customer) : null,
    // What an order's own discounts take off is in the lines already.
    lines: order.lines
      .filter((line) => line.quantity > 0)
      .map((line) => ({
        id: line.id,
        sku: line.productVariant.sku,
        quantity: line.quantity,
        priceWithTax: line.proratedLinePriceWithTax,
        discountWithTax: line.linePriceWithTax - line.proratedLinePriceWithTax,
        tax: line.proratedLineTax,
      })),
    refunds: refunds.map((refund) => ({ id: refund.id, total: refund.total, settledAt: refund.updatedAt })),
  };
}

export function toldOf(customer: Customer) {
  return { id: customer.id, emailAddress: customer.emailAddress, createdAt: customer.createdAt };
}
