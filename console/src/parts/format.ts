// Numbers, money and moments as people of the chosen language write them. Amounts come as decimals in
// texts and stay exact: the formatter reads the digits.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { dateFormat, numberFormat } from './formats';

type Amount = string | number;
const digits = (amount: Amount) => amount as unknown as number;

const PLAIN = { maximumFractionDigits: 6 } as const;
const SIGNED = { maximumFractionDigits: 6, signDisplay: 'exceptZero' } as const;
const SHARE = { style: 'percent', maximumFractionDigits: 0 } as const;
const ODDS = { style: 'percent', maximumFractionDigits: 4 } as const;
const CHANGE = { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' } as const;
const DAY = { dateStyle: 'medium' } as const;
const MOMENT = { dateStyle: 'medium', timeStyle: 'short' } as const;
const MONTH = { month: 'short', year: 'numeric', timeZone: 'UTC' } as const;

export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(
    () => ({
      number: (amount: Amount) => numberFormat(language, PLAIN).format(digits(amount)),
      signed: (amount: Amount) => numberFormat(language, SIGNED).format(digits(amount)),
      share: (part: number) => numberFormat(language, SHARE).format(part),
      percent: (part: Amount) => numberFormat(language, ODDS).format(digits(part)),
      change: (part: number) => numberFormat(language, CHANGE).format(part),
      money: (amount: Amount, currency: string) =>
        numberFormat(language, { style: 'currency', currency }).format(digits(amount)),
      day: (at: string) => dateFormat(language, DAY).format(new Date(at)),
      moment: (at: string) => dateFormat(language, MOMENT).format(new Date(at)),
      month: (first: string) => dateFormat(language, MONTH).format(new Date(`${first.slice(0, 10)}T00:00:00Z`)),
    }),
    [language],
  );
}
