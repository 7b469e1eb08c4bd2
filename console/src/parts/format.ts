// Numbers, money and moments as people of the chosen language write them. Amounts come as decimals in
// texts and stay exact: the formatter reads the digits.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

type Amount = string | number;
const digits = (amount: Amount) => amount as unknown as number;

export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => {
    const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 6 });
    const signed = new Intl.NumberFormat(language, { maximumFractionDigits: 6, signDisplay: 'exceptZero' });
    const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
    const odds = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 4 });
    const change = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' });
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
    const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    const month = new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' });
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return {
      zone,
      number: (amount: Amount) => plain.format(digits(amount)),
      signed: (amount: Amount) => signed.format(digits(amount)),
      share: (part: number) => share.format(part),
      percent: (part: Amount) => odds.format(digits(part)),
      change: (part: number) => change.format(part),
      money: (amount: Amount, currency: string) =>
        new Intl.NumberFormat(language, { style: 'currency', currency }).format(digits(amount)),
      day: (at: string) => day.format(new Date(at)),
      moment: (at: string) => moment.format(new Date(at)),
      month: (first: string) => month.format(new Date(`${first.slice(0, 10)}T00:00:00Z`)),
    };
  }, [language]);
}
