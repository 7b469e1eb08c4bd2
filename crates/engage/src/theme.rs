//! What words are about: themes, told by words that a merchant lists.
//!
//! Nothing is guessed. A theme is met where one of its words begins a word of the text; in scripts that put no
//! spaces between words, where it stands anywhere. So anybody can see why a text is under a theme, and change it.

use crate::survey::{SurveyFault, Words, is_id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// So many themes there may be, and words of one.
const MOST: usize = 100;
/// The longest word, in letters.
const WORD_MOST: usize = 60;

/// Something that texts may be about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub says: Words,
    /// Words, or beginnings of words, by which it is told, in any language.
    pub words: Vec<String>,
    /// Whether a text about it opens a case.
    #[serde(default)]
    pub opens_case: bool,
}

/// The themes that a text is about, in their order.
pub fn themes_of<'a>(text: &str, themes: &'a [Theme]) -> Vec<&'a Theme> {
    let text = text.to_lowercase();
    let met = |theme: &&Theme| {
        theme
            .words
            .iter()
            .any(|word| has(&text, &word.to_lowercase()))
    };
    themes.iter().filter(met).collect()
}

/// Whether a word begins a word of the text, or stands in it where words have no spaces between them.
fn has(text: &str, word: &str) -> bool {
    let unspaced = word.chars().next().is_some_and(is_unspaced);
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !word.is_empty() && (unspaced || before.is_none_or(|own| !own.is_alphanumeric()))
    })
}

/// Letters of scripts without spaces: Chinese characters, Japanese syllables, Thai.
const fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// All that is wrong with themes.
pub fn theme_faults(themes: &[Theme]) -> Vec<SurveyFault> {
    let mut faults = Vec::new();
    if themes.len() > MOST {
        faults.push(("/themes".into(), format!("must be at most {MOST}")));
    }
    let mut known = BTreeSet::new();
    for (place, theme) in themes.iter().enumerate() {
        let at = format!("/themes/{place}");
        let mut wrong = |part: &str, what: String| faults.push((format!("{at}/{part}"), what));
        if !is_id(&theme.id) {
            wrong(
                "id",
                "must be 1 to 40 small letters, digits, hyphens and underscores".into(),
            );
        } else if !known.insert(theme.id.as_str()) {
            wrong("id", "is the id of another theme".into());
        }
        if theme.says.values().all(|own| own.trim().is_empty()) {
            wrong(
                "says",
                "must be called something in one language at least".into(),
            );
        }
        if theme.words.is_empty() || theme.words.len() > MOST {
            wrong("words", format!("must be 1 to {MOST} words"));
        }
        let bad = |own: &String| own.trim().is_empty() || own.chars().count() > WORD_MOST;
        if theme.words.iter().any(bad) {
            wrong("words", format!("must each be 1 to {WORD_MOST} characters"));
        }
    }
    faults
}

/// What a merchant begins with: themes of most shops, by words of five languages.
pub fn default_themes() -> Vec<Theme> {
    let languages = ["en", "de", "ru", "zh-Hans", "zh-Hant"];
    DEFAULTS
        .iter()
        .map(|(id, called, words, opens_case)| Theme {
            id: (*id).to_owned(),
            says: languages
                .iter()
                .zip(called)
                .map(|(language, own)| ((*language).to_owned(), (*own).to_owned()))
                .collect(),
            words: words.split(' ').map(str::to_owned).collect(),
            opens_case: *opens_case,
        })
        .collect()
}

type Default = (&'static str, [&'static str; 5], &'static str, bool);

const DEFAULTS: [Default; 8] = [
    (
        "price",
        ["Price", "Preis", "Цена", "价格", "價格"],
        "price expensive cheap cost overpriced preis teuer billig günstig kosten цен дорог дешев дёшев стоит \
         стоимост 价格 贵 便宜 價格 貴",
        false,
    ),
    (
        "quality",
        ["Quality", "Qualität", "Качество", "质量", "品質"],
        "quality broke broken fresh stale taste qualität kaputt frisch schmeck geschmack качеств сломан свеж \
         вкус 质量 坏了 新鲜 味道 好吃 好喝 品質 壞了 新鮮",
        false,
    ),
    (
        "service",
        [
            "Staff and service",
            "Personal und Service",
            "Персонал и сервис",
            "服务",
            "服務",
        ],
        "staff service friendly rude helpful unhelpful personal bedienung service freundlich unfreundlich \
         mitarbeiter персонал обслуживан сервис вежлив груб сотрудник 服务 态度 店员 服務 態度 店員",
        false,
    ),
    (
        "waiting",
        [
            "Delivery and waiting",
            "Lieferung und Warten",
            "Доставка и ожидание",
            "配送与等待",
            "配送與等待",
        ],
        "deliver shipping late wait queue slow liefer versand spät warte schlange langsam достав опозда ожидан \
         очеред медленн жда 配送 快递 送货 等了 排队 太慢 快遞 送貨 排隊",
        false,
    ),
    (
        "choice",
        ["Choice", "Auswahl", "Выбор", "选择", "選擇"],
        "choice selection range variety stock assortment auswahl sortiment vorrätig ausverkauft выбор ассортимент \
         наличи 选择 品种 缺货 選擇 品種 缺貨",
        false,
    ),
    (
        "rewards",
        [
            "Points and rewards",
            "Punkte und Prämien",
            "Баллы и награды",
            "积分与奖励",
            "積分與獎勵",
        ],
        "points reward loyalty voucher coupon punkt prämie gutschein балл наград купон скидк 积分 奖励 优惠券 積分 \
         獎勵 優惠券",
        false,
    ),
    (
        "shop",
        [
            "Website and app",
            "Website und App",
            "Сайт и приложение",
            "网站与应用",
            "網站與應用",
        ],
        "website app login checkout page webseite website app anmeld kasse сайт приложени вход оформлен 网站 应用 \
         登录 网页 網站 應用 登入 網頁",
        false,
    ),
    (
        "complaint",
        ["Complaints", "Beschwerden", "Жалобы", "投诉", "投訴"],
        "complain refund unacceptable lawyer beschwer reklam erstattung anwalt unverschämt жалоб возврат верните \
         юрист 投诉 退款 赔偿 投訴 賠償",
        true,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_under_the_themes_whose_words_it_has() {
        let all = default_themes();
        let told = |text: &str| {
            let met = themes_of(text, &all);
            met.iter()
                .map(|own| own.id.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        for (text, want) in [
            ("Too EXPENSIVE, and the staff was rude", "price service"),
            ("Die Lieferung kam zu spät", "waiting"),
            ("Очень дорого и долго ждали", "price waiting"),
            ("咖啡很贵，服务态度不好", "price service"),
            ("咖啡很貴，要求退款", "price complaint"),
            // A word of a theme within another word tells nothing: "happy" is no app, "discussion" no question.
            ("I was happy", ""),
            ("", ""),
        ] {
            assert_eq!(told(text), want, "{text}");
        }
    }

    #[test]
    fn themes_to_begin_with_are_right() {
        assert_eq!(theme_faults(&default_themes()), []);
    }

    #[test]
    fn what_is_wrong_with_a_theme_is_told_at_its_place() {
        type Spoil = fn(&mut Vec<Theme>);
        let cases: [(Spoil, &str); 4] = [
            (|all| all[1].id = all[0].id.clone(), "/themes/1/id"),
            (|all| all[0].says.clear(), "/themes/0/says"),
            (|all| all[0].words.clear(), "/themes/0/words"),
            (|all| all[0].words.push(" ".into()), "/themes/0/words"),
        ];
        for (spoil, at) in cases {
            let mut all = default_themes();
            spoil(&mut all);
            assert_eq!(theme_faults(&all)[0].0, at);
        }
    }
}
