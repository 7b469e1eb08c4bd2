// The report of a job, as far as the pages show it, and how it is come by: the newest one of the same
// kind is shown at once, and worked out anew when somebody asks for it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import * as asks from '../../api/asks';
import { api, data, Failed } from '../../api/client';
import type { components } from '../../api/schema';

export type Job = components['schemas']['JobOut'];

export type Measured = {
  value: number | null;
  numerator: number | string;
  denominator: number | string;
  population: string;
  customers: number;
  interval: { low: number; high: number; method: string } | null;
};
export type Refused = { refused: string; figures: Record<string, number>; why: string };
export type Finding = { finding: string; mood: 'good' | 'worrying' | 'note'; figures: Record<string, number>; what: string; why: string; advice: string };
export type Metric = {
  metric: string;
  name: string;
  unit: string;
  definition: string;
  figure: Measured;
  periods: (Measured & { name: string })[];
  groups: (Measured & { name: string })[];
};
export type Coming = {
  what: string;
  /** Of which category, for pieces. */
  category?: string | null;
  first: string;
  past: number[];
  forecast: Refused | { method: string; level: number; ahead: { value: number; low: number; high: number }[]; back_test: { forecasts: number; mase: number | null; coverage: number | null } };
};
export type Report = {
  first: string;
  last: string;
  currency: string | null;
  decimals: number;
  window_days: number;
  rows: number;
  figures: Metric[];
  findings: Finding[];
  segments: { segment: string; customers: number; spent: number | string }[];
  cohorts: { cohort: string; cells: { customers: number; orders: number; amount: number | string }[] }[];
  scores: { recency: number; frequency: number; customers: number; spent: number | string }[];
  tenure: { age: number; figure: Measured }[];
  outlook: Refused | { months: number; customers: number; margin: number; discount_yearly: number; value: Refused | { total_minor_units: number; tenths_minor_units: number[]; customers: number } };
  kinds: { judged: number; too_few_purchases: number; undecided: number; kinds: { kind: string; customers: number; measurable: boolean | number; share: number | null }[] };
  coming: Coming[];
};

/** The figures that say whether customers stay. */
export const STAYING = ['repurchase_rate', 'churn_rate', 'nps'] as const;

export type Asked = { period: string; by: string };

export const refused = (it: object): it is Refused => 'refused' in it;

export function useReport(asked: Asked) {
  const queries = useQueryClient();
  const same = (job: Job) => asks.isReport(job, asked.period, asked.by);
  const list = useQuery({
    ...asks.jobs,
    refetchInterval: (query) => (query.state.data?.some((job) => same(job) && job.state === 'running') ? 1000 : false),
  });
  const mine = list.data?.filter(same) ?? [];
  const newest = mine.at(-1);
  const done = mine.findLast((job) => job.state === 'done');
  const begin = useMutation({
    mutationFn: () => data(api.POST('/v1/jobs', { body: { what: 'report', period: asked.period, ...(asked.by ? { by: asked.by } : {}) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['insight', 'jobs'] }),
  });
  // Whoever comes first finds nothing: then it is begun once, without being asked.
  const begun = useRef('');
  const key = `${asked.period}/${asked.by}`;
  const start = begin.mutate;
  const nothing = list.data !== undefined && newest === undefined;
  useEffect(() => {
    if (nothing && begun.current !== key) {
      begun.current = key;
      start();
    }
  }, [nothing, key, start]);
  const result = useQuery({
    ...asks.jobResult(done?.id ?? ''),
    select: (found) => found as Report,
    enabled: done !== undefined,
  });
  const failed = newest?.state === 'failed' ? new Failed('failed', newest.problem ?? '', 422) : null;
  return { list, done, result, running: newest?.state === 'running' ? newest : undefined, failed, begin };
}
