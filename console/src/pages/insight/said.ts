// What a report says in words: its metrics, findings and refusals, each an id with figures. What is too new
// for these words is said as the report says it, in English.
import { useTranslation } from 'react-i18next';
import type { useFigures } from './format';
import type { Finding, Metric, Refused } from './report';

/** Figures of findings that are shares of a whole; the others are counts and days. */
const SHARES = new Set(['share', 'first', 'second']);

export function useSaid({ share, rough }: ReturnType<typeof useFigures>) {
  const { t } = useTranslation();
  const shown = (figures: Record<string, number>) => Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, SHARES.has(name) ? share(value) : rough(Math.round(value))]));
  return {
    metric: (it: Metric) => ({
      name: t(`metric.${it.metric}.name`, { defaultValue: it.name }),
      definition: t(`metric.${it.metric}.definition`, { defaultValue: it.definition }),
      population: t(`metric.${it.metric}.over`, { defaultValue: it.figure.population }),
    }),
    /** How an interval was come by, without its level. */
    method: (it: string) => {
      const [name = ''] = it.split(',');
      return t(`insight.method.${name.toLowerCase()}`, { defaultValue: name });
    },
    way: (it: string) => t(`insight.way.${it}`, { defaultValue: it }),
    finding: (it: Finding) => {
      const said = (part: 'what' | 'why' | 'advice') => t([`finding.${it.finding}.${part}.${it.mood}`, `finding.${it.finding}.${part}`], { ...shown(it.figures), defaultValue: it[part] });
      return { what: said('what'), why: said('why'), advice: said('advice') };
    },
    refusal: (it: Refused) => t(`insight.refused.${it.refused.replaceAll('_', '-')}`, { ...shown(it.figures), defaultValue: it.why }),
  };
}
