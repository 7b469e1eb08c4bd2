// Texts, numbers, dates and plurals in the language of the reader. A language is one file in `words/`;
// the one that is read is loaded, no other.
import { dateFormat, numberFormat } from '../../console/src/parts/formats';

const files = import.meta.glob<{ default: Words }>('./words/*.json');

type Words = Record<string, string>;

/** Languages by their tags, as they call themselves. */
export const LANGUAGES = Object.keys(files).map((path) => path.replace(/^.*\/|\.json$/g, ''));
export const inItself = (tag: string) => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;

let words: Words = {};
export let language = 'en';

/** The best of our languages for what a browser asks for. */
export function chosen(asked: readonly string[]): string {
  for (const tag of asked) {
    const exact = LANGUAGES.find((own) => own.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const { language, script } = new Intl.Locale(tag).maximize();
    const near = LANGUAGES.find((own) => own === language || own === `${language}-${script}`);
    if (near) return near;
  }
  return 'en';
}

export async function speak(tag: string): Promise<void> {
  const load = files[`./words/${tag}.json`];
  if (!load) return;
  words = (await load()).default;
  language = tag;
  document.documentElement.lang = tag;
  document.documentElement.dir = words.direction ?? 'ltr';
}

/** A text; `count` chooses among the forms of a plural. */
export function t(key: string, values: Record<string, string | number> = {}): string {
  const { count } = values;
  const form = typeof count === 'number' ? words[`${key}_${new Intl.PluralRules(language).select(count)}`] : undefined;
  const text = form ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? number(value) : value;
  });
}

/** What words in several languages say to the reader: in theirs, in one of its kin, or in the words' own. */
export const said = (words: Record<string, string>, own: string) => {
  const kin = Object.keys(words).find((tag) => tag.split('-')[0] === language.split('-')[0]);
  return words[language] ?? words[kin ?? own] ?? '';
};

export const has = (key: string) => key in words;

export const number = (value: number | string) => numberFormat(language, { maximumFractionDigits: 4 }).format(Number(value));

export const money = (value: number | string, currency: string) => numberFormat(language, { style: 'currency', currency }).format(Number(value));

export const day = (at: string) => dateFormat(language, { dateStyle: 'medium' }).format(new Date(at));

export const moment = (at: string) => dateFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));

/** The words of what goes wrong: ours where we have some, else those of the server. */
export const wrong = (error: unknown) => {
  const code = (error as { code?: string }).code;
  if (code && has(`wrong.${code}`)) return t(`wrong.${code}`);
  return error instanceof Error ? error.message : String(error);
};
