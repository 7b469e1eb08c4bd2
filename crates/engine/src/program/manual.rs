//! The manual's pages on program files, one for each feature. They are made from the list of fields,
//! so that what is written there is what the compiler takes, and from what each stage of deciding says
//! it means to a merchant.

use super::condition::documented;
use super::file::{Absent, Body, Field, Form, SECTIONS, Section, Shape, Table};

/// Stands on each page.
const MADE: &str = "Made from the code: `make docs` writes it anew.";

const OPENING: &str = "\
# Program files

<!-- Made from the code: `make docs` writes it anew. -->

A program file says how a loyalty program works. It is TOML: a shop owner reads it aloud, a till can
rely on it. `regulars check FILE` says everything that is wrong with a file at once, each with line,
column and what to do; editors that know JSON Schema check it while it is written, with
`#:schema ./program.schema.json` in the first line. The folder `programs/` holds whole examples.

All arithmetic is exact. Points and money are whole numbers of their smallest unit, every division
names its rounding, and whatever is not written has the meaning that this page states.

";

const CONDITIONS: &str = "\
## Conditions

Conditions are written in CEL, the Common Expression Language, in a text of their own; single quotes
around it keep the double quotes inside readable: `when = 'weekday == \"tue\" && order.total >= 15'`.
They are checked when the file is: a name that is not known, or money compared with a day of the week,
is said at once, at its place.

- `&&`, `||`, `!` and parentheses; `==`, `!=`, `<`, `<=`, `>`, `>=`; `x in [..]`; `+`, `-`, `*`.
- Money is compared with numbers as they are read aloud: `order.total >= 15` and `>= 15.00` are the
  same. A number finer than the currency is refused, and nothing is ever rounded: `line.price <= 4.50`
  is exact also where three things cost 13.51 together.
- Text: `line.sku.startsWith(\"tea-\")`, `.endsWith(..)`, `.contains(..)`.
- `paid_by(\"gift-card\") > 0`: what was paid by a method.
- `order.lines.exists(l, l.brand == \"x\")`: whether one line is so; `order.lines.all(..)`: whether all.
- A condition that names a `line` is asked for each line, and only the lines for which it holds count.
- What an event does not say is empty text or 0. Conditions do not divide.
- A text of at most 4,096 bytes, 64 levels deep, lists of at most 256 elements.

| name | is | means |
|---|---|---|
";

/// A feature: its page, and what stands on it.
struct Feature {
    /// The name of the file, without its ending.
    file: &'static str,
    title: &'static str,
    /// The sections of the program file that are about it.
    sections: &'static [&'static str],
    /// The stages that make it so.
    stages: &'static [&'static str],
}

macro_rules! stages {
    ($($path:literal),*) => { &[$(include_str!(concat!("../stage/", $path, ".rs"))),*] };
}

/// All features, in the order of the manual. What is on none of these pages is on the first.
const FEATURES: &[Feature] = &[
    Feature {
        file: "points",
        title: "Points",
        sections: &["points"],
        stages: stages!["catch_up"],
    },
    Feature {
        file: "earning",
        title: "Earning",
        sections: &["earn", "combine"],
        stages: stages!["earn", "multiply", "grant"],
    },
    Feature {
        file: "engagement",
        title: "Points for engagement",
        sections: &["activity", "profile", "birthday", "attribute"],
        stages: stages![
            "activity", "pace", "moderate", "consent", "profile", "yearly"
        ],
    },
    Feature {
        file: "tiers",
        title: "Tiers",
        sections: &["tier", "match"],
        stages: stages!["tier", "tier/gift", "tier/floor", "tier/undo"],
    },
    Feature {
        file: "stamp-cards",
        title: "Stamp cards",
        sections: &["card"],
        stages: stages!["card", "card/window"],
    },
    Feature {
        file: "rewards",
        title: "Rewards",
        sections: &["reward"],
        stages: stages![
            "redeem",
            "perk/given_back",
            "perk/restock",
            "perk/automatic",
            "perk/fulfil",
            "perk/supplier",
            "perk/menu",
            "perk/used"
        ],
    },
    Feature {
        file: "coupons",
        title: "Coupons",
        sections: &["coupon", "coupons"],
        stages: stages!["coupon"],
    },
    Feature {
        file: "paid-membership",
        title: "Paid membership",
        sections: &["plan"],
        stages: stages!["membership"],
    },
    Feature {
        file: "referral",
        title: "Referral",
        sections: &["referral"],
        stages: stages!["referral", "referral/referrer"],
    },
    Feature {
        file: "transfer",
        title: "Points for other members",
        sections: &["transfer"],
        stages: stages!["transfer"],
    },
    Feature {
        file: "money",
        title: "Store credit and gift cards",
        sections: &["store_credit", "gift_card"],
        stages: stages!["money", "money/card"],
    },
    Feature {
        file: "groups",
        title: "Households and organisations",
        sections: &["group"],
        stages: stages!["group"],
    },
    Feature {
        file: "games",
        title: "Games",
        sections: &[
            "challenge",
            "badge",
            "level",
            "leaderboard",
            "game",
            "draw",
            "cause",
        ],
        stages: stages![
            "games",
            "games/challenge",
            "games/streak",
            "games/team",
            "games/leaderboard",
            "games/play",
            "games/draw",
            "games/cause"
        ],
    },
    Feature {
        file: "coalition",
        title: "Coalition",
        sections: &["partner", "coalition"],
        stages: stages!["partner", "partner_award"],
    },
    Feature {
        file: "refunds",
        title: "Refunds",
        sections: &["refund"],
        stages: stages!["reverse"],
    },
    Feature {
        file: "changes",
        title: "Changes of a running program",
        sections: &["changeover"],
        stages: stages!["changeover"],
    },
    Feature {
        file: "claims",
        title: "Missing points",
        sections: &["claims"],
        stages: &[],
    },
    Feature {
        file: "portal",
        title: "Pages for members",
        sections: &["portal"],
        stages: &[],
    },
    Feature {
        file: "insight",
        title: "Figures, reports and alerts",
        sections: &["insight"],
        stages: &[],
    },
    Feature {
        file: "channel",
        title: "Selling through others",
        sections: &["sell_through"],
        stages: stages!["staff", "sell_through"],
    },
];

/// The pages: the path of each below the manual's folder, and its text.
pub fn pages() -> Vec<(String, String)> {
    let mut pages = vec![("program.md".to_owned(), first())];
    let page = |feature: &Feature| (format!("program/{}.md", feature.file), of_feature(feature));
    pages.extend(FEATURES.iter().map(page));
    pages
}

/// The first page: what a program file is, the program as a whole, and conditions.
fn first() -> String {
    let mut page = OPENING.to_owned();
    page += "| page | sections |\n|---|---|\n";
    for feature in FEATURES {
        let sections = feature.sections.iter().filter_map(|key| section(key));
        let heads: Vec<String> = sections.map(|own| format!("`{}`", head(own))).collect();
        let (title, file, heads) = (feature.title, feature.file, heads.join(", "));
        page += &format!("| [{title}](program/{file}.md) | {heads} |\n");
    }
    page += "\n";
    let elsewhere = |key: &str| FEATURES.iter().any(|own| own.sections.contains(&key));
    for section in SECTIONS.iter().filter(|own| !elsewhere(own.key)) {
        chapter(&mut page, section);
    }
    page += CONDITIONS;
    for (name, kind, doc) in documented() {
        page += &format!("| `{name}` | {kind} | {} |\n", cell(doc));
    }
    page += "| `activity.FIELD` | as declared | a field of the activity |\n";
    page += "| `member.NAME` | text | the value of [attribute.NAME]; empty if none |\n";
    page
}

fn of_feature(feature: &Feature) -> String {
    let mut page = format!("# {}\n\n<!-- {MADE} -->\n\n", feature.title);
    for stage in feature.stages {
        page += &meaning(stage);
    }
    for key in feature.sections {
        if let Some(section) = section(key) {
            chapter(&mut page, section);
        }
    }
    page += "All pages: [program files](../program.md).\n";
    page
}

fn section(key: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|own| own.key == key)
}

/// What a stage means to a merchant: the first words of its file, and the example behind them.
fn meaning(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let text: Vec<&str> = lines.map(str::trim_start).collect();
    let text = text.join("\n");
    let mut paragraphs = text.split("\n\n");
    let mut meaning = String::new();
    for (place, paragraph) in paragraphs.by_ref().take(2).enumerate() {
        if place == 0 || paragraph.starts_with('*') {
            meaning += &format!("{}\n\n", paragraph.trim_end());
        }
    }
    meaning
}

/// The section as it stands in a file.
fn head(section: &Section) -> String {
    let key = section.key;
    match section.form {
        Form::Once => format!("[{key}]"),
        Form::Named => format!("[{key}.NAME]"),
        Form::Many => format!("[[{key}]]"),
    }
}

fn chapter(page: &mut String, section: &Section) {
    *page += &format!("## `{}`\n\n{}\n\n", head(section), section.doc);
    *page += &format!("```toml\n{}\n```\n\n", section.example);
    if let Body::Fields(table) = section.body {
        rows(page, table);
        for (path, inner) in inner_tables(table) {
            *page += &format!("In `{path}`:\n\n");
            rows(page, inner);
        }
        for field in table.fields {
            words(page, "", field);
        }
        for (path, inner) in inner_tables(table) {
            for field in inner.fields {
                words(page, &path, field);
            }
        }
    }
}

/// The tables that stand inside of a table's fields, with the fields' names.
fn inner_tables(table: &Table) -> Vec<(String, &'static Table)> {
    let mut found = Vec::new();
    for field in table.fields {
        if let Some(inner) = inner_table(field.shape) {
            found.push((field.name.to_owned(), inner));
        }
    }
    found
}

fn inner_table(shape: Shape) -> Option<&'static Table> {
    match shape {
        Shape::Table(table) => Some(table),
        Shape::List(of) | Shape::Map(of) => inner_table(*of),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| inner_table(*shape)),
        _ => None,
    }
}

fn rows(page: &mut String, table: &Table) {
    *page += "| field | takes | if absent | means |\n|---|---|---|---|\n";
    for field in table.fields {
        let absent = match field.absent {
            Absent::Needed => "must be there".to_owned(),
            Absent::Means(means) => cell(means),
        };
        let takes = cell(&takes(field.shape));
        *page += &format!(
            "| `{}` | {takes} | {absent} | {} |\n",
            field.name,
            cell(field.doc)
        );
    }
    *page += "\n";
}

/// What a field takes, short enough for a table.
fn takes(shape: Shape) -> String {
    match shape {
        Shape::Choice(_) => "a word, see below".into(),
        Shape::Table(_) => "a table, see below".into(),
        Shape::List(Shape::Table(_)) => "a list of tables, see below".into(),
        Shape::Either(shapes) => {
            let words: Vec<String> = shapes.iter().map(|shape| takes(*shape)).collect();
            words.join(", or ")
        }
        other => other.words(),
    }
}

/// The words that a field takes, and their meanings.
fn words(page: &mut String, path: &str, field: &Field) {
    let name = match path {
        "" => field.name.to_owned(),
        path => format!("{path}.{}", field.name),
    };
    if let Some(words) = choice(field.shape) {
        *page += &format!("`{name}` is one of\n\n");
        for (word, means) in words {
            *page += &format!("- `\"{word}\"`: {means}\n");
        }
        *page += "\n";
    }
}

fn choice(shape: Shape) -> Option<&'static [(&'static str, &'static str)]> {
    match shape {
        Shape::Choice(words) => Some(words),
        Shape::List(of) | Shape::Map(of) => choice(*of),
        Shape::Either(shapes) => shapes.iter().find_map(|shape| choice(*shape)),
        _ => None,
    }
}

/// Text that can stand in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
