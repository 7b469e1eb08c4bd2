//! Two versions, and what is said about the second.

use regulars_engine::Program;
use regulars_engine::program::compile::compile;
use regulars_engine::program::words::Language;
use regulars_engine::program::words::difference::difference;

const COFFEE: &str = include_str!("../../../../programs/coffee-shop.toml");

fn program(text: &str) -> Program {
    let (program, said) = compile(text);
    program.unwrap_or_else(|| panic!("does not compile: {said:?}\n{text}"))
}

#[test]
fn each_edit_is_said_in_a_sentence() {
    for (from, to, said) in [
        ("# what members spend", "# what they like", &[][..]),
        (
            "beans = \"1 per 1 EUR\"",
            "beans = \"2 per 1 EUR\"",
            &["rule `spend`: gives `beans`: 2 beans per 1.00 EUR instead of 1 bean per 1.00 EUR"],
        ),
        (
            "beans = 200,",
            "beans = 300,",
            &[
                "rule `tuesday-beans`: is limited by beans per member each month to 300 beans instead of 200 beans",
            ],
        ),
        (
            "weekday == \"tue\" &&",
            "weekday == \"mon\" &&",
            &[
                "rule `tuesday-beans`: counts when `weekday == \"mon\" && line.category == \"coffee-beans\"` \
               instead of `weekday == \"tue\" && line.category == \"coffee-beans\"`",
            ],
        ),
        (
            "[[tier]]\nid    = \"family\"",
            "[[tier]]\nid = \"gold\"\nreach = { spend = \"400 EUR\" }\nearn = { beans = 1.3 }\n\n[[tier]]\nid    = \"family\"",
            &[
                "tier `gold` is new, between `regular` and `family`: takes 400.00 EUR spent in a calendar year, \
               is kept to the end of the next period, then one tier down, multiplies `beans` by 1.3",
            ],
        ),
        (
            "title = \"5 EUR off\"\n",
            "title = \"5 EUR off\"\nstock = 40\n",
            &["reward `five-off`: now is in stock: 40"],
        ),
        (
            "pending = \"14 days\" ",
            "",
            &["points `beans`: no longer are pending for 14 days"],
        ),
        (
            "already_spent = \"go negative\"",
            "already_spent = \"stop at zero\"",
            &[
                "refunds: what was spent already is borne by the program instead of owed by the member",
            ],
        ),
        (
            "[combine]\nmultiply = \"best\"",
            "[rates]\nUSD = 0.92",
            &["the program: now takes USD at 0.92 EUR"],
        ),
        (
            "\"12 months\", counted_from",
            "\"24 months\", counted_from",
            &[
                "points `beans`: lapse 2 years after they were earned, to the end of the month instead of 1 year \
             after they were earned, to the end of the month",
            ],
        ),
    ] {
        assert!(COFFEE.contains(from), "the example still has: {from}");
        let edited = COFFEE.replacen(from, to, 1);
        assert_eq!(
            difference(&program(COFFEE), &program(&edited), Language::En),
            said,
            "{from}"
        );
    }
}

#[test]
fn what_came_is_gone_the_other_way_round() {
    let more = COFFEE.to_owned() + "\n[[reward]]\nid = \"mug\"\nprice = { beans = 900 }\n";
    let (old, new) = (program(COFFEE), program(&more));
    assert_eq!(
        difference(&old, &new, Language::En),
        ["reward `mug` is new: is called mug, is handed over, takes 900 beans, is held for 7 days"]
    );
    assert_eq!(
        difference(&new, &old, Language::En),
        ["reward `mug` is gone"]
    );
}

#[test]
fn another_order_of_tiers_is_said() {
    let text = |first: &str, second: &str| {
        format!(
            "program = {{ name = \"x\", currency = \"EUR\" }}\npoints.a = {{}}\n\
             [[earn]]\nid = \"{first}\"\ngive = {{ a = 1 }}\n[[earn]]\nid = \"{second}\"\ngive = {{ a = 1 }}\n"
        )
    };
    assert_eq!(
        difference(
            &program(&text("x", "y")),
            &program(&text("y", "x")),
            Language::En
        ),
        ["rules stand in another order: `y`, `x`"]
    );
}
