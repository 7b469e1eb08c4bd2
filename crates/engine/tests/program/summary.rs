//! A program in words: as the shop reads it, and as its members do, in each language.

#![expect(
    clippy::disallowed_methods,
    reason = "a test may read the programs of the library"
)]

use regulars_engine::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::program::words::difference::difference;
use regulars_engine::program::words::summary::{Part, for_members, parts};
use regulars_engine::program::words::{Language, Reader};
use std::collections::BTreeSet;
use std::path::Path;

const COFFEE: &str = include_str!("../../../../programs/coffee-shop.toml");

/// The programs of the library, by their names.
fn library() -> Vec<(String, Program)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programs");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|file| file.expect("it can be read").path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    assert!(files.len() > 10, "the programs are found: {}", files.len());
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("it can be read");
        let program = compile(&text).0.expect("the program compiles");
        (path.display().to_string(), program)
    };
    files.iter().map(read).collect()
}

/// Which verbs of a part are the same: of each the place at which it stands first.
fn alike(part: &Part) -> Vec<Option<usize>> {
    let verbs: Vec<&str> = part.aspects.iter().map(|own| own.verb.as_str()).collect();
    let first = |verb: &&str| verbs.iter().position(|own| own == verb);
    verbs.iter().map(first).collect()
}

/// What depends on no language: which parts there are, and how many aspects each has. The difference knows
/// aspects by their verbs, so those that differ in English do in all.
#[test]
fn every_language_says_the_same_parts_and_aspects() {
    let told: [fn(Reader<'_>) -> Vec<Part>; 2] =
        [|reader| parts(reader), |reader| for_members(reader)];
    for (name, program) in library() {
        let program = &program;
        for tell in told {
            let said = |language| tell(Reader { program, language });
            let english = said(Language::En);
            for language in Language::ALL.into_iter().skip(1) {
                let own = said(language);
                assert_eq!(own.len(), english.len(), "{name}");
                for (own, english) in own.iter().zip(&english) {
                    let of = format!("{name}, {}: {}", language.tag(), own.title());
                    assert_eq!((own.kind, &own.id), (english.kind, &english.id), "{of}");
                    assert_eq!(own.name, english.name, "{of}");
                    assert_eq!(alike(own), alike(english), "{of}");
                    for (own, english) in own.aspects.iter().zip(&english.aspects) {
                        assert_ne!(own.verb, english.verb, "{of}");
                    }
                }
            }
        }
    }
}

/// What members read says nothing in the letters of the file: no ids in backticks, but for conditions that
/// have no plain words, of which the library has none. And nothing of the shop's own matters.
#[test]
fn members_read_titles_and_plain_words() {
    let inner = [
        "costs the merchant",
        "are worth",
        "have decimals:",
        "rounds",
        "treats rings with",
    ];
    let mut kept = BTreeSet::new();
    for (name, program) in library() {
        for part in for_members(&program) {
            for line in part.lines() {
                assert!(!line.contains('`'), "{name}: {line}");
                assert!(!line.contains("per program"), "{name}: {line}");
            }
            let mut verbs = part.aspects.iter().map(|own| own.verb.as_str());
            assert!(!verbs.any(|verb| inner.contains(&verb)), "{name}");
        }
        let all = parts(&program);
        let verbs = all.iter().flat_map(|part| &part.aspects);
        kept.extend(verbs.map(|own| own.verb.clone()));
    }
    // The shop does read them.
    let lost = inner.into_iter().find(|verb| !kept.contains(*verb));
    assert_eq!(lost, None, "a sample has each of them");
}

#[test]
fn members_read_how_the_program_works_in_their_language() {
    let program = &compile(COFFEE).0.expect("the example compiles");
    for (language, said) in [
        (
            Language::En,
            [
                "tuesday beans: is for purchases | multiplies by 2 | what is given by spend | counts when day of the week: Tuesday and category: coffee beans | at most 200 beans per member and month",
                "regular: takes 200.00 EUR spent in a calendar year | is kept to the end of the next period and 30 days of grace, then one tier down | multiplies beans by 1.25",
                "tenth coffee free: is for purchases | stamps for each item | is full with 10 stamps | gives A coffee on the house | counts when category: coffee | at most 3 times per member and day | is void after 1 year",
                "A coffee on the house: is a product | is for lines with category: coffee and price: at most 4.50 EUR | takes 450 beans | is held for 7 days",
            ],
        ),
        (
            Language::De,
            [
                "tuesday beans: gilt für Einkäufe | vervielfacht mit 2 | betrifft, was diese geben: spend | zählt bei Wochentag: Dienstag und Kategorie: coffee beans | höchstens 200 beans je Mitglied und Monat",
                "regular: nötig: 200,00 EUR ausgegeben in einem Kalenderjahr | bleibt bis zum Ende des nächsten Zeitraums und 30 Tage Nachfrist, danach eine Stufe tiefer | vervielfacht beans mit 1,25",
                "tenth coffee free: gilt für Einkäufe | ein Stempel je Artikel | braucht 10 Stempel | gibt A coffee on the house | zählt bei Kategorie: coffee | höchstens 3 Mal je Mitglied und Tag | gültig für 1 Jahr",
                "A coffee on the house: Art: ein Produkt | gilt für Artikel mit Kategorie: coffee und Preis: höchstens 4,50 EUR | nötig: 450 beans | zurückgelegt für 7 Tage",
            ],
        ),
        (
            Language::Ru,
            [
                "tuesday beans: для: покупки | множитель: 2 | для начислений по: spend | условие: день недели: вторник и категория: coffee beans | предел: 200 beans на участника в месяц",
                "regular: нужно: 200,00 EUR потрачено за календарный год | сохраняется до конца следующего периода плюс 30 дней отсрочки, затем на уровень ниже | множитель beans: 1,25",
                "tenth coffee free: для: покупки | один штамп за: товар | нужно собрать: 10 штампов | даёт: A coffee on the house | условие: категория: coffee | предел: 3 раза на участника в день | действует 1 год",
                "A coffee on the house: вид: товар | условие для товара: категория: coffee и цена: не более 4,50 EUR | нужно: 450 beans | откладывается на 7 дней",
            ],
        ),
        (
            Language::ZhHans,
            [
                "tuesday beans: 适用于：购买 | 倍数：2 | 针对：spend | 计入条件：星期：二 且 类别：coffee beans | 上限：200 beans，每位会员每月",
                "regular: 需要：一个自然年内 已消费 200.00 EUR | 保持：至下期末，另加宽限 30 天，之后降一级 | beans 倍数：1.25",
                "tenth coffee free: 适用于：购买 | 盖章，每：商品 | 集满：10 个章 | 给予：A coffee on the house | 计入条件：类别：coffee | 上限：3 次，每位会员每天 | 有效期：1 年",
                "A coffee on the house: 类型：一件商品 | 适用商品：类别：coffee 且 单价：不超过 4.50 EUR | 需要：450 beans | 预留：7 天",
            ],
        ),
        (
            Language::ZhHant,
            [
                "tuesday beans: 適用於：購買 | 倍數：2 | 針對：spend | 計入條件：星期：二 且 類別：coffee beans | 上限：200 beans，每位會員每月",
                "regular: 需要：一個自然年內 已消費 200.00 EUR | 保持：至下期末，另加寬限 30 天，之後降一級 | beans 倍數：1.25",
                "tenth coffee free: 適用於：購買 | 蓋章，每：商品 | 集滿：10 個章 | 給予：A coffee on the house | 計入條件：類別：coffee | 上限：3 次，每位會員每天 | 有效期：1 年",
                "A coffee on the house: 類型：一件商品 | 適用商品：類別：coffee 且 單價：不超過 4.50 EUR | 需要：450 beans | 預留：7 天",
            ],
        ),
    ] {
        let parts = for_members(Reader { program, language });
        let of = |id: &str| {
            let part = parts.iter().find(|own| own.id == id).expect("it is there");
            format!("{}: {}", part.name, part.lines().join(" | "))
        };
        let own = [
            "tuesday-beans",
            "regular",
            "tenth-coffee-free",
            "free-coffee",
        ]
        .map(of);
        assert_eq!(own, said, "{}", language.tag());
    }
}

#[test]
fn a_difference_is_said_in_each_language() {
    let program = |text: &str| compile(text).0.expect("it compiles");
    let old = program(COFFEE);
    let edited = COFFEE
        .replace("beans = \"1 per 1 EUR\"", "beans = \"2 per 1 EUR\"")
        .replace(
            "title = \"5 EUR off\"\n",
            "title = \"5 EUR off\"\nstock = 40\n",
        )
        .replace("pending = \"14 days\" ", "");
    let new = program(&edited);
    for (language, said) in [
        (
            Language::De,
            [
                "Punkte `beans`: nicht mehr: Wartezeit, bis sie frei sind: 14 Tage",
                "Regel `spend`: gibt `beans`: 2 beans je 1,00 EUR (bisher: 1 bean je 1,00 EUR)",
                "Prämie `five-off`: neu: im Vorrat: 40",
            ],
        ),
        (
            Language::Ru,
            [
                "баллы `beans`: больше нет: станут доступны через 14 дней",
                "правило `spend`: даёт `beans`: 2 beans за каждые 1,00 EUR (было: 1 bean за каждые 1,00 EUR)",
                "награда `five-off`: новое: в наличии: 40",
            ],
        ),
        (
            Language::ZhHans,
            [
                "积分 `beans`：不再：待生效：14 天",
                "规则 `spend`：给予 `beans`：每 1.00 EUR 得 2 beans（原为：每 1.00 EUR 得 1 bean）",
                "奖励 `five-off`：新增：库存：40",
            ],
        ),
        (
            Language::ZhHant,
            [
                "點數 `beans`：不再：待生效：14 天",
                "規則 `spend`：給予 `beans`：每 1.00 EUR 得 2 beans（原為：每 1.00 EUR 得 1 bean）",
                "獎勵 `five-off`：新增：庫存：40",
            ],
        ),
    ] {
        assert_eq!(difference(&old, &new, language), said, "{}", language.tag());
    }
}
