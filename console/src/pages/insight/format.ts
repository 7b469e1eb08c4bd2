// Numbers of a report in words: shares, days, money in minor units.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../parts/format';
import { numberFormat } from '../../parts/formats';

export function useFigures(currency: string | null, decimals: number) {
  const format = useFormat();
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const share = numberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
    const rough = numberFormat(i18n.language, { maximumFractionDigits: 1 });
    const money = (minor: number | string) => {
      const major = Number(minor) / 10 ** decimals;
      return currency ? numberFormat(i18n.language, { style: 'currency', currency, maximumFractionDigits: Math.abs(major) >= 1000 ? 0 : decimals }).format(major) : rough.format(major);
    };
    const value = (unit: string, it: number | null | undefined) => {
      if (it === null || it === undefined) return '–';
      if (unit === 'share') return share.format(it);
      if (unit === 'minor_units') return money(it);
      if (unit === 'days') return t('insight.days', { count: Math.round(it) });
      return rough.format(it);
    };
    return { share: (it: number) => share.format(it), rough: (it: number) => rough.format(it), money, value, number: format.number };
  }, [currency, decimals, format, i18n.language, t]);
}
