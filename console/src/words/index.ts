// Every text of the console is in one file for each language. Another language is one more file beside
// them and one line here.
import i18n from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.json';

export const LANGUAGES = {
  en: 'English',
  de: 'Deutsch',
  ru: 'Русский',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
} as const;
export type Language = keyof typeof LANGUAGES;

const files: Record<Exclude<Language, 'en'>, () => Promise<{ default: object }>> = {
  de: () => import('./de.json'),
  ru: () => import('./ru.json'),
  'zh-Hans': () => import('./zh-Hans.json'),
  'zh-Hant': () => import('./zh-Hant.json'),
};

const KEPT = 'regulars.language';

function wanted(): Language {
  const kept = window.localStorage.getItem(KEPT);
  if (kept && kept in LANGUAGES) return kept as Language;
  for (const asked of navigator.languages) {
    const tag = asked.toLowerCase();
    if (/^zh-(tw|hk|mo|hant)/.test(tag)) return 'zh-Hant';
    if (tag.startsWith('zh')) return 'zh-Hans';
    const plain = tag.slice(0, 2);
    if (plain in LANGUAGES) return plain as Language;
  }
  return 'en';
}

export async function setLanguage(language: Language) {
  if (language !== 'en' && !i18n.hasResourceBundle(language, 'translation')) {
    const { default: words } = await files[language]();
    i18n.addResourceBundle(language, 'translation', words);
  }
  // First: whoever hears of the change asks the API again, in the language of the document.
  document.documentElement.lang = language;
  await i18n.changeLanguage(language);
}

export function keepLanguage(language: Language) {
  window.localStorage.setItem(KEPT, language);
  return setLanguage(language);
}

export async function startLanguage() {
  await i18n.use(initReactI18next).init({
    resources: { en: { translation: en } },
    lng: 'en',
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
  });
  await setLanguage(wanted());
}
