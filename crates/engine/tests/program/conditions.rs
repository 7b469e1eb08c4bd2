//! What conditions come to, one by one.

use crate::shopping::{breakfast, eur, facts, review};
use regulars_engine::program::FieldType;
use regulars_engine::program::condition::{Condition, Facts, Scope, Subject};
use regulars_engine::state::Wallet;

fn compile(text: &str, subject: Subject<'_>) -> Condition {
    let scope = Scope {
        subject,
        currency: eur(),
        tiers: &["friend".to_owned(), "gold".to_owned()],
        plans: &[],
        partners: &[],
        attributes: &[],
    };
    Condition::compile(text, &scope).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

#[test]
fn of_purchases() {
    let (order, wallet) = (breakfast(), Wallet::default());
    for (text, holds) in [
        // The total is 7.00 + 13.51 + 2.50 = 23.01.
        ("order.total == 23.01", true),
        ("order.total >= 23.02", false),
        ("order.total > 23", true),
        ("23.01 <= order.total && 23.010 >= order.total", true),
        ("order.goods == 20.51 && order.delivery == 2.5", true),
        ("order.goods + order.delivery == order.total", true),
        ("order.total - 3 > 20.01", false),
        ("order.total - 3 >= 20.01", true),
        ("order.delivery * 2 == 5", true),
        ("-order.delivery < 0 && order.delivery > -1", true),
        ("order.quantity == 5 && order.lines == 2", true),
        (
            "order.channel == \"shop\" && order.store == 'mitte' && order.staff != \"\"",
            true,
        ),
        ("order.currency in [\"USD\", \"EUR\"]", true),
        ("order.channel == order.store", false),
        (
            "paid_by(\"gift-card\") == 5.75 && paid_by(\"points\") == 0",
            true,
        ),
        (
            "order.lines.exists(l, l.category == \"coffee\" && l.quantity >= 2)",
            true,
        ),
        ("order.lines.exists(l, l.category == \"tea\")", false),
        ("order.lines.all(l, l.amount > 5)", true),
        ("order.lines.all(l, l.discount == 0)", false),
        ("!order.lines.exists(l, l.price > 4.51)", true),
        ("weekday == \"tue\" && weekday == \"tuesday\"", true),
        ("weekday in [\"sat\", \"sun\"]", false),
        ("local_time < \"11:00\" && local_time > \"10:59\"", true),
        ("local_time == \"10:59:30\"", true),
        (
            "date == \"2025-12-23\" && date < \"2025-12-24\" && month == 12 && day in [1, 23]",
            true,
        ),
        ("member.tier == \"gold\"", true),
        ("member.tier in [\"friend\"]", false),
        ("true", true),
        ("true && false || true", true),
        ("!(order.total > 1)", false),
        ("(order.total > 1) == (order.total > 2)", true),
        ("(order.total > 1) != true", false),
        ("1 < 2", true),
        ("order.total in [1, 23.01]", true),
        ("order.quantity * 2 + 0.5 == 10.5", true),
    ] {
        let condition = compile(text, Subject::Purchase);
        let facts = Facts {
            purchase: Some(&order),
            ..facts(&wallet)
        };
        assert_eq!(condition.holds(&facts), holds, "{text}");
        assert!(!condition.per_line, "{text} names no line");
    }
}

#[test]
fn of_lines() {
    let (order, wallet) = (breakfast(), Wallet::default());
    for (text, of_each) in [
        ("line.category == \"coffee\"", [true, false]),
        ("line.sku.startsWith(\"b-\")", [false, true]),
        (
            "line.sku.endsWith(\"9\") || line.brand.contains(\"ous\")",
            [true, true],
        ),
        ("line.brand == \"Äthiopia \\\"1\\\"\"", [false, true]),
        ("line.quantity >= 2.5", [false, true]),
        ("line.discount > 0", [false, true]),
        ("line.amount + line.discount == 15", [false, true]),
        // 13.51 for three is a third of a cent above 4.50.
        ("line.price <= 4.50", [true, false]),
        ("line.price > 4.50", [false, true]),
        ("4.51 > line.price", [true, true]),
        ("line.price == 3.5", [true, false]),
        (
            "order.total > 20 && line.amount < order.goods - 10",
            [true, false],
        ),
    ] {
        let condition = compile(text, Subject::Purchase);
        assert!(condition.per_line, "{text} names a line");
        let of_line = |line| {
            let purchase = Some(&order);
            let line = Some(line);
            condition.holds(&Facts {
                purchase,
                line,
                ..facts(&wallet)
            })
        };
        let held: Vec<bool> = order.lines.iter().map(of_line).collect();
        assert_eq!(held, of_each, "{text}");
    }
}

#[test]
fn of_activities() {
    let (activity, wallet) = (review(), Wallet::default());
    let fields = [
        ("stars".to_owned(), FieldType::Int),
        ("photo".to_owned(), FieldType::Bool),
        ("title".to_owned(), FieldType::Text),
        ("unsaid".to_owned(), FieldType::Int),
        ("unseen".to_owned(), FieldType::Bool),
    ];
    for (text, holds) in [
        ("activity.stars >= 4 && activity.photo", true),
        ("activity.photo == false", false),
        ("activity.title.contains(\"Love\")", true),
        ("activity.title == \"\"", false),
        ("activity.unsaid == 0 && !activity.unseen", true),
        (
            "activity.name == \"review\" && activity.store == \"mitte\"",
            true,
        ),
        ("activity.stars in [1, 2, 3]", false),
        ("activity.stars * 2 - 1 == 7", true),
    ] {
        let condition = compile(text, Subject::Activity(&fields));
        let activity = Some(&activity);
        let facts = Facts {
            activity,
            ..facts(&wallet)
        };
        assert_eq!(condition.holds(&facts), holds, "{text}");
    }
}

#[test]
fn only_what_names_the_member_is_of_the_member() {
    assert!(compile("member.tier != \"gold\"", Subject::Enrolment).of_member);
    assert!(!compile("weekday == \"tue\"", Subject::Enrolment).of_member);
}

#[test]
fn no_text_is_too_much() {
    let scope = Scope {
        subject: Subject::Purchase,
        currency: eur(),
        tiers: &[],
        plans: &[],
        partners: &[],
        attributes: &[],
    };
    let list = |n: usize| {
        let skus: Vec<String> = (0..n).map(|n| format!("\"{n}\"")).collect();
        format!("line.sku in [{}]", skus.join(","))
    };
    for (text, says) in [
        ("(".repeat(100_000), "longer than"),
        ("(".repeat(3000), "nested deeper"),
        ("[".repeat(65) + "1", "nested deeper"),
        ("!".repeat(4000) + "true", "nested deeper"),
        ("-".repeat(4000) + "1 > 0", "nested deeper"),
        (
            "1".to_owned() + &"+1".repeat(2000) + " > 0",
            "nested deeper",
        ),
        ("a(".repeat(1000), "nested deeper"),
        ("true".to_owned() + &" == true".repeat(400), "nested deeper"),
        ("a".to_owned() + &".a".repeat(2000), "one dot"),
        (list(257), "more than 256"),
    ] {
        let faults = Condition::compile(&text, &scope).expect_err("is out of bounds");
        let shown: String = text.chars().take(20).collect();
        assert!(faults[0].message.contains(says), "{shown}: {faults:?}");
    }
    // What is within them compiles, also on the small stack of a test.
    for text in [
        "(".repeat(60) + "order.total > 1" + &")".repeat(60),
        "order.total > 0".to_owned() + &" || order.total > 0".repeat(200),
        "order.total".to_owned() + &"+ order.total".repeat(61) + " > 0",
        "!(".repeat(30) + "true" + &")".repeat(30),
        "(true && ".repeat(60) + "false" + &")".repeat(60),
        list(256),
    ] {
        let shown: String = text.chars().take(20).collect();
        let compiled = Condition::compile(&text, &scope);
        assert!(compiled.is_ok(), "{shown}: {:?}", compiled.err());
    }
}
