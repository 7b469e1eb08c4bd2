//! Random histories: late, reordered, delivered twice, refunds before their purchases. After each
//! event the auditor's naive model must agree; and every road to the same history must end alike.
//! A failure names its seed: `SEED=17 cargo test -p regulars-sim --test seeds`. `SEEDS=5000` tries
//! more of them.

#![allow(
    clippy::disallowed_methods,
    reason = "the stories and programs are files, and a failed seed is tried again by its number"
)]

use regulars_base::{CivilDay, Currency, EventKey, MemberId, Name, Period, Text, Timestamp, Zone};
use regulars_engine::event::{
    Activity, Adjustment, Attributes, Birthday, ChallengeJoin, CodesAdded, Donation, Event, Fulfil,
    FulfilMove, GroupInvite, GroupJoin, GroupLeave, GroupRole, GroupSet, Incoming, Kind, LineParts,
    Moderation, PartnerAward, PartnerAwardBack, PartnerPost, Payment, PaymentBack, PaymentEnd,
    PerkEvent, Pick, PlanChoice, Play, PostWhat, Purchase, PurchaseParts, ReferralReview, Refund,
    RefundLine, Refunded, Restock, ReturnPart, RewardEnd, RewardRequest, RewardReturn, RewardUse,
    SellThrough, SignUp, StockMove, Tickets, TierGrant, TierMatch, TierRevoke, Touch, TransferOut,
    Who,
};
use regulars_engine::program::compile::compile;
use regulars_engine::program::{CardRule, Gives, TakeBack, Trigger, UnknownCustomer};
use regulars_engine::settlement::{Line, Party, Settlement, Settling};
use regulars_engine::state::{Mark, MarkKind, OrderKey, Wallet};
use regulars_engine::{Outcome, Program};
use regulars_ledger::Account;
use regulars_sim::auditor::Auditor;
use regulars_sim::replay::{History, Replay, part_of, replay};
use regulars_sim::shopper::{Dice, demo};
use regulars_sim::timeline::{Decision, Fed, Timeline};
use std::collections::BTreeMap;
use std::sync::Arc;

#[path = "seeds/everything.rs"]
mod everything;
#[path = "seeds/money.rs"]
mod money;

const MEMBERS: u64 = 4;
/// Groups that members form: members of their own, behind the others.
const GROUPS: u64 = 2;

fn programs() -> Vec<(String, Arc<Program>)> {
    let root = std::path::Path::new("../..");
    let mut programs = Vec::new();
    for folder in ["programs", "scenarios/programs"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the programs are there");
        for entry in entries {
            let path = entry.expect("a readable folder").path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                let text = std::fs::read_to_string(&path).expect("a readable program");
                let program = compile(&text).0.expect("the examples compile");
                let name = path
                    .file_name()
                    .expect("a file")
                    .to_string_lossy()
                    .into_owned();
                programs.push((name, Arc::new(program)));
            }
        }
    }
    programs.sort_by(|a, b| a.0.cmp(&b.0));
    programs
}

/// A program whose cards are made up by chance: all that a card may have, in any combination.
fn cards_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[7]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let take_back = one(&[
        "the share that came back",
        "the share that came back",
        "nothing",
        "only when all came back",
    ]);
    let already_spent = one(&["go negative", "stop at zero", "take pending points only"]);
    let expires = one(&["never", "after = \"3 months\""]);
    let expires = match expires.as_str() {
        "never" => String::new(),
        after => format!("expires = {{ {after} }}\n"),
    };
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n{expires}\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[refund]\ntake_back = \"{take_back}\"\nalready_spent = \"{already_spent}\"\nwindow = \"10 years\"\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\n\n[[reward]]\nid = \"cookie\"\n"
    );
    for number in 0..3 {
        let on = one(&["purchase", "purchase", "purchase", "visit"]);
        let each = match on.as_str() {
            "visit" => "event".to_owned(),
            _ => one(&["event", "item", "40 EUR"]),
        };
        let gives = |of: String| match of.as_str() {
            "points" => "{ beans = 30 }".to_owned(),
            reward => format!("\"{reward}\""),
        };
        let of = ["points", "points", "points", "treat", "cookie"];
        text += &format!("\n[[card]]\nid = \"card-{number}\"\non = \"{on}\"\neach = \"{each}\"\n");
        text += &format!("full = {}\ngives = {}\n", one(&["5", "7"]), gives(one(&of)));
        text += &match one(&["none", "one", "two"]).as_str() {
            "none" => String::new(),
            "one" => format!("milestone = [{{ at = 3, gives = {} }}]\n", gives(one(&of))),
            _ => format!(
                "milestone = [{{ at = 2, gives = {} }}, {{ at = 4, gives = {} }}]\n",
                gives(one(&of)),
                gives(one(&of))
            ),
        };
        if each == "event" {
            text += &one(&["", "apart = \"20 hours\"\n", "apart = \"30 minutes\"\n"]);
        }
        text += &one(&["", "", "within = \"30 days\"\n", "within = \"3 months\"\n"]);
        text += &one(&["", "", "expires = \"2 months\"\n"]);
        text += &one(&["", "carry_over = false\n"]);
        text += &one(&["", "limit = [{ times = 3, every = \"day\" }]\n"]);
        if each == "40 EUR" {
            text += &one(&["", "", "remainder = \"drop\"\n"]);
        }
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program whose plans are made up by chance.
fn plans_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[8]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\ntimezone = \"Europe/Berlin\"\n\
                    \n[points.beans]\n\n[[earn]]\nid = \"spend\"\ngive = { beans = \"1 per 1 EUR\" }\n\
                    \n[[reward]]\nid = \"treat\"\nprice = { beans = 40 }\n\
                    \n[[reward]]\nid = \"members\"\nplans = [\"plan-0\", \"plan-1\"]\n"
        .to_owned();
    for number in 0..3 {
        let price = one(&["0.01", "4.90", "10.00", "29.99"]);
        let every = one(&["30 days", "1 month", "3 months", "1 year"]);
        text += &format!(
            "\n[[plan]]\nid = \"plan-{number}\"\nprice = \"{price} EUR\"\nevery = \"{every}\"\n"
        );
        text += &one(&["", "trial = \"14 days\"\n", "trial = \"1 month\"\n"]);
        if price != "0.01" {
            text += &one(&["", "intro = { price = \"1.00 EUR\", periods = 2 }\n"]);
        }
        text += &one(&["", "starts = \"at once\"\n"]);
        text += &one(&["", "earn = { beans = 2 }\n", "earn = { beans = 1.5 }\n"]);
        text += &one(&["", "gives = \"treat\"\n", "gives = { beans = 30 }\n"]);
        text += &one(&[
            "",
            "change = { up = \"at period end\" }\n",
            "change = { down = \"at once\" }\n",
        ]);
        text += &one(&["", "pause = { longest = \"2 months\", times = 3 }\n"]);
        text += &one(&[
            "",
            "cancel = { when = \"at once\", refund = \"pro rata\" }\n",
            "cancel = { when = \"at once\" }\n",
        ]);
        text += &one(&["", "renew = \"price at joining\"\n"]);
        text += &one(&["", "retry = [\"2 days\", \"5 days\"]\n"]);
        text += &one(&["", "grace = \"20 days\"\n", "grace = \"6 days\"\n"]);
        text += &one(&["", "grace_benefits = false\n"]);
        text += &one(&["", "again = \"20 days\"\n"]);
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program whose tiers are made up by chance: all that a tier may have, in any combination.
fn tiers_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[11]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[refund]\ntake_back = \"{}\"\nalready_spent = \"{}\"\ntiers = \"{}\"\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\n\n[[reward]]\nid = \"cookie\"\n\
         \n[attribute.contract]\nkind = \"day\"\n\
         \n[[tier]]\nid = \"t0\"\n",
        one(&["the share that came back", "nothing"]),
        one(&["go negative", "stop at zero"]),
        one(&["undo", "undo", "keep"]),
    );
    let times = [
        "calendar year",
        "calendar month",
        "30 days",
        "6 months",
        "year of membership",
        "year of the tier",
        "since the tier",
        "year from 04-01",
        "ever",
        "year of member.contract",
    ];
    for number in 1..4 {
        let most = format!("{}00 EUR", number * 3);
        let (within, other) = (one(&times), one(&times));
        let by_points = format!("earned = {{ beans = {number}50 }}");
        let spend = format!("spend = \"{most}\"");
        let orders = format!("orders = {}", number * 2);
        let figure = one(&[&spend, &by_points, &orders]);
        let reach = one(&[
            &format!("{{ {figure}, within = \"{within}\" }}"),
            &format!(
                "{{ any = [{{ {spend} }}, {{ {orders}, visits = 1 }}], within = \"{within}\" }}"
            ),
            &format!(
                "{{ all = [{{ {spend} }}, {{ any = [{{ orders = 1, within = \"{other}\" }}, {{ visits = 2 }}] }}], within = \"{within}\" }}"
            ),
        ]);
        text += &format!("\n[[tier]]\nid = \"t{number}\"\nreach = {reach}\n");
        let then = one(&["one tier down", "the tier they reach", "the lowest tier"]);
        let until = match within.contains("the tier") || other.contains("the tier") {
            true => one(&["", "until = \"2 months\", "]),
            false => one(&["", "", "until = \"2 months\", ", "until = \"while met\", "]),
        };
        let grace = one(&["", ", grace = \"20 days\""]);
        text += &format!("keep = {{ {until}then = \"{then}\"{grace} }}\n");
        text += &one(&[
            "",
            "gift = { gives = { beans = 30 } }\n",
            "gift = { gives = [\"cookie\", { beans = 10 }], when = \"each time\" }\n",
            "gift = { gives = \"treat\", voucher_expires = \"2 months\" }\n",
        ]);
        if within != "ever" && within != "since the tier" {
            text += &one(&[
                "",
                "lifetime = { spend = \"5000 EUR\", orders = 9 }\n",
                "lifetime = { held = \"8 months\" }\n",
                "lifetime = { visits = 4, held = \"1 year\" }\n",
            ]);
        }
    }
    text += &one(&[
        "",
        "\n[[match]]\nid = \"other\"\ntiers = { gold = \"t2\", tin = \"t1\" }\ntrial = \"60 days\"\nchallenge = { orders = 2 }\n",
    ]);
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program of each kind, made up from the seed.
fn by_chance(seed: u64) -> [(u64, Arc<Program>); 9] {
    let kinds = [
        cards_by_chance,
        tiers_by_chance,
        plans_by_chance,
        engagement_by_chance,
        people_by_chance,
        games_by_chance,
        channel_by_chance,
        groups_by_chance,
        teams_by_chance,
    ];
    kinds.map(|kind| (seed, kind(seed)))
}

/// A program of activities, a profile, birthdays and anniversaries, made up by chance.
fn engagement_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[8]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let change = one(&["never", "once", "once a year", "ever"]);
    let notice = one(&["", "notice = \"14 days\"\n"]);
    let early = one(&["", "early = \"10 days\"\n"]);
    let leap = one(&["28 february", "1 march"]);
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\nexpires = {{ after = \"4 months\" }}\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[profile]\nfields = [\"phone\", \"address\"]\n\
         \n[birthday]\nchange = \"{change}\"\nleap = \"{leap}\"\n{notice}{early}\
         \n[[earn]]\nid = \"profile\"\non = \"profile\"\ngive = {{ beans = 10 }}\n\
         \n[[earn]]\nid = \"birthday\"\non = \"birthday\"\ngive = {{ beans = 100 }}\n\
         \n[[earn]]\nid = \"years\"\non = \"anniversary\"\ngive = {{ beans = 20 }}\n\
         \n[[tier]]\nid = \"friend\"\n\n[[tier]]\nid = \"fan\"\n\
         reach = {{ earned = {{ beans = 300 }}, within = \"calendar year\" }}\n\
         keep = {{ until = \"end of next year\", then = \"one tier down\" }}\n"
    );
    for number in 0..3 {
        text += &format!("\n[activity.act-{number}]\nonce_per = \"store\"\n");
        text += &one(&["", "once_every = \"month\"\n", "once_every = \"45 days\"\n"]);
        text += &one(&["", "apart = \"20 hours\"\n", "apart = \"30 minutes\"\n"]);
        text += &one(&["", "too_often = \"refused\"\n"]);
        text += &one(&["", "moderated = true\nlapses = \"20 days\"\n"]);
        text += &format!(
            "\n[[earn]]\nid = \"act-{number}\"\non = \"act-{number}\"\ngive = {{ beans = 5 }}\n"
        );
        text += &one(&["", "apart = \"3 days\"\n"]);
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program with referrals and points that are sent, on terms made up by chance.
fn people_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[8]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n".to_owned();
    text += &one(&[
        "",
        "unknown_customers = \"hold\"\n",
        "unknown_customers = \"refuse\"\n",
    ]);
    text += "\n[points.beans]\n";
    text += &one(&["", "expires = { after = \"3 months\" }\n"]);
    text += &one(&["", "pending = { after = \"5 days\" }\n"]);
    text += "\n[[earn]]\nid = \"spend\"\ngive = { beans = \"1 per 1 EUR\" }\n\n[[reward]]\nid = \"treat\"\n\
             price = { beans = 40 }\n\n[[tier]]\nid = \"low\"\n\n[[tier]]\nid = \"high\"\n\
             reach = { earned = { beans = 200 }, within = \"calendar year\" }\n\
             keep = { until = \"end of next year\", then = \"one tier down\" }\n\n[referral]\n";
    text += &one(&["", "within = \"3 days\"\n", "counts = \"first click\"\n"]);
    text += &one(&["", "buy_within = \"30 days\"\n"]);
    text += &one(&["", "least = \"50.00 EUR\"\n"]);
    text += &one(&["", "welcome = { beans = 7 }\n", "welcome = \"treat\"\n"]);
    text += &one(&[
        "step = [{ purchase = 1, friend = { beans = 5 }, referrer = { beans = 30 } }]\n",
        "step = [{ purchase = 1, referrer = \"treat\" }, { purchase = 2, referrer = { beans = 9 } }]\n",
        "step = [{ purchase = 2, friend = \"treat\", referrer = { beans = 20 } }]\n",
        "step = [{ purchase = 1, referrer = { beans = 20 }, by_tier = { high = \"treat\" } }]\n",
        "step = [{ purchase = 1, friend = { beans = 3 }, by_tier = { high = { beans = 60 } } }]\n",
    ]);
    text += &one(&["", "held_for = \"2 days\"\n", "held_for = \"2 months\"\n"]);
    text += &one(&[
        "",
        "limit = [{ times = 1, every = \"month\" }]\n",
        "limit = [{ times = 2 }]\n",
    ]);
    for field in ["known_customer", "same_fingerprint", "ring"] {
        let policy = one(&["refuse", "review", "allow"]);
        text += &format!("{field} = \"{policy}\"\n");
    }
    text += "\n[transfer]\npoints = [\"beans\"]\n";
    text += &one(&["", "fee = { beans = 1 }\n"]);
    text += &one(&[
        "",
        "limit = [{ times = 2, every = \"month\" }]\n",
        "limit = [{ beans = 100 }]\n",
    ]);
    text += &one(&["", "dates = \"restart\"\n"]);
    text += "\n[refund]\nwindow = \"10 years\"\n";
    text += &one(&[
        "",
        "already_spent = \"stop at zero\"\n",
        "take_back = \"nothing\"\n",
    ]);
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program of staff, resellers and a partner with a budget, on terms made up by chance.
fn channel_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[12]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text =
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n".to_owned();
    text += &one(&["", "expires = { after = \"3 months\" }\n"]);
    text += &one(&["", "pending = { after = \"5 days\" }\n"]);
    text += "\n[[earn]]\nid = \"spend\"\ngive = { beans = \"1 per 1 EUR\" }\n\n[sell_through]\n\
             \n[[earn]]\nid = \"sold-on\"\non = \"sell_through\"\ngive = { beans = \"2 per 1 EUR\" }\n\
             \n[[earn]]\nid = \"shoes\"\non = \"sell_through\"\nwhen = 'line.category == \"shoes\"'\ntimes = 2\n";
    for on in ["purchase", "sell_through"] {
        let gives = one(&["\"1 per 3 EUR\"", "\"7 per item\"", "25"]);
        let when = one(&["", "when = 'line.category == \"shoes\"'\n"]);
        let limit = one(&[
            "",
            "limit = [{ beans = 40, every = \"day\" }]\n",
            "limit = [{ beans = 300, per = \"program\", every = \"month\" }]\n",
            "limit = [{ times = 2, every = \"month\" }]\n",
        ]);
        text += &format!(
            "\n[[earn]]\nid = \"staff-{on}\"\nto = \"staff\"\non = \"{on}\"\ngive = {{ beans = {gives} }}\n{when}{limit}"
        );
    }
    text += &format!(
        "\n[partner.maker]\nsources = [\"seed\"]\nawards = {{ limit = [{{ beans = 90, per = \"program\", every = \"month\" }}, {{ beans = 50, per = \"member\", every = \"month\" }}], cancel = \"{}\" }}\n\
         \n[refund]\ntake_back = \"{}\"\nalready_spent = \"{}\"\nwindow = \"{}\"\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\n\
         \n[[tier]]\nid = \"low\"\n\n[[tier]]\nid = \"high\"\nreach = {{ any = [{{ sold = \"150 EUR\" }}, {{ earned = {{ beans = 400 }} }}], within = \"calendar year\" }}\n",
        one(&["10 days", "4 months"]),
        one(&[
            "the share that came back",
            "the share that came back",
            "what the rest would not earn",
            "only when all came back",
            "nothing",
        ]),
        one(&["go negative", "stop at zero", "take pending points only"]),
        one(&["20 days", "10 years"]),
    );
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program with a household and a club, on terms made up by chance.
fn groups_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[8]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text =
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n".to_owned();
    text += &one(&["", "expires = { after = \"3 months\" }\n"]);
    text += &one(&["", "pending = { after = \"5 days\" }\n"]);
    text += "\n[[earn]]\nid = \"spend\"\ngive = { beans = \"1 per 1 EUR\" }\n\n[[reward]]\nid = \"treat\"\n\
             price = { beans = 40 }\n\n[[reward]]\nid = \"cookie\"\nprice = { beans = 15 }\n\
             \n[[tier]]\nid = \"low\"\n\n[[tier]]\nid = \"high\"\n\
             reach = { earned = { beans = 200 }, within = \"calendar year\" }\n\
             keep = { until = \"end of next year\", then = \"one tier down\" }\n\
             \n[[card]]\nid = \"fifth\"\nfull = 5\ngives = { beans = 20 }\n\
             \n[refund]\nwindow = \"10 years\"\n";
    text += &one(&[
        "",
        "already_spent = \"stop at zero\"\n",
        "take_back = \"nothing\"\n",
        "spent_points = \"keep\"\n",
    ]);
    for group in ["house", "club"] {
        text += &format!("\n[[group]]\nid = \"{group}\"\n");
        text += &one(&["", "people_max = 2\n", "people_max = 3\n"]);
        text += &one(&["", "join = \"open\"\n"]);
        text += &one(&["", "bring = true\n"]);
        text += &one(&["", "rejoin = \"20 days\"\n"]);
        text += &one(&["", "invited_for = \"3 days\"\n"]);
        text += &one(&["", "head_leaves = \"refused\"\n"]);
        text += &one(&[
            "",
            "on_leaving = \"equal\"\n",
            "on_leaving = \"brought_in\"\n",
        ]);
        text += &one(&[
            "",
            "role = [{ id = \"boss\", may = [\"buy\", \"spend\", \"invite\", \"manage\"] }, { id = \"buyer\", \
             may = [\"buy\", \"spend\"], spend_max = { beans = 60 } }]\n",
        ]);
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program with two sorts of teams, and challenges that they do together, on terms made up by chance.
fn teams_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[11]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n\
                    \n[[earn]]\nid = \"spend\"\ngive = { beans = \"1 per 1 EUR\" }\n\
                    \n[[reward]]\nid = \"treat\"\nprice = { beans = 40 }\n\
                    \n[[badge]]\nid = \"mate\"\n\n[refund]\nwindow = \"10 years\"\n"
        .to_owned();
    text += &one(&["", "", "take_back = \"nothing\"\n"]);
    for group in ["house", "club"] {
        text += &format!("\n[[group]]\nid = \"{group}\"\nkind = \"team\"\n");
        text += &one(&["", "people_max = 3\n"]);
        text += &one(&["join = \"open\"\n", "join = \"open\"\n", ""]);
        text += &one(&["", "rejoin = \"20 days\"\n"]);
        text += &one(&["", "head_leaves = \"refused\"\n"]);
    }
    for number in 0..4 {
        text += &format!("\n[[challenge]]\nid = \"together-{number}\"\n");
        text += &one(&[
            "gives = { beans = 30 }\n",
            "gives = { beans = 30 }\nbadge = \"mate\"\n",
            "gives = \"treat\"\n",
        ]);
        let streak = one(&["", "", "", "streak = { every = \"week\", times = 2 }\n"]);
        let leaving = match streak.is_empty() {
            true => one(&["", ", on_leaving = \"leaves\""]),
            false => String::new(),
        };
        text += &format!(
            "team = {{ of = \"{}\"{leaving}{}{}{} }}\n",
            one(&["house", "club"]),
            one(&["", ", least = 2"]),
            one(&["", ", late = true"]),
            one(&["", ", on_refund = \"keeps\""]),
        );
        let step = |one: &mut dyn FnMut(&[&str]) -> String| {
            one(&[
                "{ count = 3 }",
                "{ each = \"item\", count = 8 }",
                "{ each = \"20 EUR\", count = 10 }",
                "{ on = \"visit\", count = 3 }",
            ])
        };
        let mut steps = vec![step(&mut one)];
        if streak.is_empty() {
            text += &one(&["", "every = \"month\"\n", "until = \"2027-01-01\"\n"]);
            if one(&["", "two"]) == "two" {
                steps.push(step(&mut one));
            }
        }
        text += &format!("{streak}step = [{}]\n", steps.join(", "));
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program whose challenges, levels and games are made up by chance.
fn games_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[8]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n\
         \n[points.xp]\nspendable = false\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\", xp = \"1 per 1 EUR\" }}\n\
         \n[refund]\ntake_back = \"{}\"\nwindow = \"10 years\"\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\n\
         \n[[badge]]\nid = \"first\"\n\n[[badge]]\nid = \"shoes\"\n\
         when = 'line.category == \"shoes\"'\n\
         \n[[level]]\nid = \"one\"\npoints = \"xp\"\nat = 100\nbadge = \"first\"\n\
         \n[[level]]\nid = \"two\"\npoints = \"xp\"\nat = 500\ngives = {{ beans = 20, xp = 5 }}\n\
         \n[[leaderboard]]\nid = \"month\"\ncounts = \"points\"\npoints = \"xp\"\nevery = \"month\"\n\
         \n[[leaderboard]]\nid = \"met\"\ncounts = \"challenges\"\n\
         \n[[draw]]\nid = \"draw\"\ncloses = \"2024-12-01\"\nearn = [{{ each = \"10 EUR\" }}]\n\
         price = {{ beans = 10 }}\ngives = \"treat\"\n\
         \n[[cause]]\nid = \"meals\"\npoints = \"beans\"\nworth = \"0.05 EUR\"\nmatched = \"20 EUR\"\n\
         \n[[game]]\nid = \"wheel\"\nearn = [{{ when = 'order.total >= 50' }}]\nprice = {{ beans = 5 }}\n\
         prize = [{{ id = \"a\", odds = \"1 in 5\", stock = 3, instead = \"b\", gives = \"treat\" }}, \
         {{ id = \"b\", odds = \"2 in 3\", gives = {{ beans = 4 }} }}]\n",
        one(&[
            "the share that came back",
            "nothing",
            "only when all came back"
        ])
    );
    for number in 0..4 {
        text += &format!("\n[[challenge]]\nid = \"challenge-{number}\"\n");
        let gives = one(&[
            "gives = { beans = 30 }",
            "gives = \"treat\"",
            "badge = \"first\"",
        ]);
        text += &format!("{gives}\n{}", one(&["", "repeat = true\n"]));
        let step = |one: &mut dyn FnMut(&[&str]) -> String| {
            let on = one(&["purchase", "purchase", "visit"]);
            let each = match on.as_str() {
                "visit" => "event".to_owned(),
                _ => one(&["event", "item", "20 EUR"]),
            };
            let count = one(&["1", "2", "5"]);
            format!("{{ on = \"{on}\", each = \"{each}\", count = {count} }}")
        };
        match one(&["one", "one", "two", "order", "streak", "streak"]).as_str() {
            "one" => {
                text += &format!("step = [{}]\n", step(&mut one));
                text += &one(&["", "", "every = \"month\"\n"]);
            }
            "streak" => {
                let every = one(&["day", "week", "month"]);
                let freezes = one(&["0", "1", "2"]);
                let each = one(&["", ", freeze_each = 2"]);
                text += &format!(
                    "step = [{}]\nstreak = {{ every = \"{every}\", times = 3, \
                     freezes = {freezes}{each} }}\n",
                    step(&mut one)
                );
            }
            kind => {
                text += &format!("step = [{}, {}]\n", step(&mut one), step(&mut one));
                text += if kind == "order" {
                    "in_order = true\n"
                } else {
                    ""
                };
            }
        }
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// A program of three partners and a fund, who have agreed on whatever chance says.
fn partners_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[11]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\n\n[points.beans]\n\
         expires = {{ after = \"{}\" }}\n{}\n[coalition]\nspend = \"{}\"\nbreakage = \"{}\"\n\
         \n[refund]\nalready_spent = \"{}\"\ntake_back = \"{}\"\nlapsed = \"{}\"\nwindow = \"1 year\"\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\nhold = \"2 days\"\n\
         \n[[reward]]\nid = \"cookie\"\nprice = {{ beans = 7 }}\npartner = [\"p0\", \"p2\"]\n",
        one(&["1 month", "3 months", "2 years"]),
        one(&["", "pending = \"3 days\"\n"]),
        one(&["soonest", "own first", "proportional"]),
        one(&["operator", "funder", "pool"]),
        one(&["go negative", "stop at zero", "take pending points only"]),
        one(&["the share that came back", "what the rest would not earn"]),
        one(&["forgive", "take back"]),
    );
    for number in 0..3 {
        text += &format!(
            "\n[partner.p{number}]\nsources = [\"s{number}\"]\ncost = {{ beans = \"{} EUR\" }}\n\
             worth = {{ beans = \"{} EUR\" }}\nfee = \"{}\"\n",
            one(&["0.01", "0.0083", "0.012345"]),
            one(&["0.008", "0.00777", "0.0091"]),
            one(&["0%", "1.5%", "33.3333%"]),
        );
        text += &one(&[
            "",
            "pays = \"ahead\"\n",
            "pays = \"ahead\"\nwhen_empty = \"refuse\"\n",
        ]);
        text += &format!(
            "\n[[earn]]\nid = \"spend-{number}\"\npartner = \"p{number}\"\ngive = {{ beans = \"{} per 3 EUR\" }}\n",
            one(&["1", "2", "7"])
        );
        text += &one(&["", "funder = \"operator\"\n", "funder = \"fund\"\n"]);
    }
    text += &format!(
        "\n[partner.fund]\ncost = {{ beans = \"0.01 EUR\" }}\nshares = {{ p0 = \"{}\" }}\n",
        one(&[
            "33.3333%\", p1 = \"66.6667%",
            "10%\", p2 = \"50%\", operator = \"40%"
        ])
    );
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// The same history, at the tills of three partners and one of the operator's; some of what is given
/// by hand is booked with partners instead.
fn at_partners(history: Vec<Incoming>) -> Vec<Incoming> {
    let number = |text: &str| -> usize { text.bytes().map(usize::from).sum() };
    let at_partner = |mut incoming: Incoming| {
        let event = &mut incoming.event;
        let of = event.order().unwrap_or(&event.key.external_id);
        let at = number(of.as_str());
        event.key.source = text(&format!("s{}", at % 4));
        if matches!(event.kind, Kind::Adjustment(_)) {
            let amount = i64::try_from(at).expect("small") * 97 - 31_000;
            let what = match at % 3 {
                0 => PostWhat::PaidIn(amount.abs()),
                1 => PostWhat::Corrected {
                    amount,
                    refers: text("seed/e1"),
                },
                _ => return incoming,
            };
            event.kind = Kind::PartnerPost(Box::new(PartnerPost {
                partner: text(&format!("p{}", at % 3)),
                what,
                reason: text("by chance"),
                by: text("dice"),
            }));
            incoming.who = member(1000);
        }
        incoming
    };
    history.into_iter().map(at_partner).collect()
}

#[test]
fn the_auditor_agrees_whatever_partners_have_agreed_on() {
    for seed in seeds(80) {
        let program = partners_by_chance(seed);
        let history = at_partners(Author::history(&program, seed, 80));
        audited_history(&format!("SEED={seed} partners"), &program, &history);
    }
}

/// Month by month, some of it booked late: every settlement adds up to zero, to the cent; a closed
/// one stays as it is; and all of them together are the whole.
#[test]
fn settlements_add_up_to_zero_and_to_the_whole() {
    for seed in seeds(60) {
        let program = partners_by_chance(seed);
        let history = at_partners(Author::history(&program, seed, 150));
        let (mut world, mut auditor) = (Timeline::new(program.clone()), Auditor::default());
        let mut booked: Vec<(Event, Outcome)> = Vec::new();
        for incoming in &history {
            let fed = world.feed(incoming);
            audit(&mut auditor, &world, &fed);
            if let Fed::Decided(decision) = fed {
                booked.push((decision.event, decision.outcome));
            }
        }
        let last = booked.iter().map(|(event, _)| event.recorded_at).max();
        let months = Period::Month.number(Zone::UTC.day(last.expect("not empty"))) + 1;
        let start = |month| Zone::UTC.start_of(Period::Month.first_day(month));
        let first = Period::Month.number(CivilDay::of(2024, 1, 1));
        let settling = |from, until, of: &[(Event, Outcome)]| {
            let mut settling = Settling::new(from, until);
            for (event, outcome) in of {
                settling.take(event, outcome);
            }
            settling
        };
        let whole = settling(start(first), start(months), &booked).settle();
        let mut told: Vec<(Event, Outcome)> = Vec::new();
        let mut closed: Vec<Settlement> = Vec::new();
        let mut dice = Dice::of(seed, &[5]);
        let mut sums: BTreeMap<Option<Name>, i64> = BTreeMap::new();
        for month in first..months {
            let (from, until) = (start(month), start(month + 1));
            // Of what was recorded by then, some is told only later.
            booked.retain(|(event, outcome)| {
                let is = event.recorded_at < until && (month + 1 == months || dice.below(8) > 0);
                if is {
                    told.push((event.clone(), outcome.clone()));
                }
                !is
            });
            let own = settling(from, until, &told);
            let settlement = own.settle();
            let sum: i64 = settlement.parties.iter().map(|party| party.position).sum();
            assert_eq!(sum, 0, "SEED={seed}: {settlement:#?}");
            for party in &settlement.parties {
                *sums.entry(party.partner).or_default() += party.position;
                let lines = party.lines.iter().filter(|line| !line.ahead);
                let lines: i64 = lines.map(regulars_engine::settlement::Line::minor).sum();
                if party.partner.is_some() {
                    assert_eq!(lines + party.rounding, party.position, "SEED={seed}");
                    // Each figure is rounded to the nearest, a position to the cent above or below.
                    assert!(party.rounding.abs() <= 8, "SEED={seed}: {party:#?}");
                }
            }
            let closing = own.closing(text("a month"), text("dice"));
            closed.push(Settlement {
                closed: true,
                ..settlement
            });
            let mut event = history[0].event.clone();
            (event.recorded_at, event.kind) = (until, Kind::PeriodClosed(Box::new(closing)));
            told.push((event, Outcome::default()));
        }
        for party in &whole.parties {
            let sum = sums.get(&party.partner).copied().unwrap_or(0);
            assert_eq!(sum, party.position, "SEED={seed}: {:?}", party.partner);
        }
        for (month, was) in (first..).zip(&closed) {
            let now = settling(start(month), start(month + 1), &told).settle();
            let bare = |all: &Settlement| {
                let party = |party: &Party| {
                    let lines = party.lines.iter();
                    let lines: Vec<_> = lines.map(|line| Line { late: 0, ..*line }).collect();
                    Party {
                        lines,
                        ..party.clone()
                    }
                };
                let parties: Vec<Party> = all.parties.iter().map(party).collect();
                (parties, all.payments.clone(), all.closed)
            };
            assert_eq!(bare(&now), bare(was), "SEED={seed}: month {month}");
        }
        for partner in program.partners.iter().filter(|partner| partner.ahead) {
            let own = whole
                .parties
                .iter()
                .find(|it| it.partner == Some(partner.name));
            let left = own.map_or(0, |party| party.ahead.1);
            assert_eq!(left, auditor.paid_ahead(partner.name).into(), "SEED={seed}");
        }
    }
}

fn seeds(usual: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    match number("SEED") {
        Some(seed) => vec![seed],
        None => {
            let first = 0..number("SEEDS").unwrap_or(usual);
            let once_failed = ONCE_FAILED.iter().copied();
            let beyond = once_failed.filter(|seed| !first.contains(seed));
            first.clone().chain(beyond).collect()
        }
    }
}

/// Seeds beyond the usual ones whose histories found a fault once.
const ONCE_FAILED: [u64; 2] = [142, 163];

fn text(text: &str) -> Text {
    Text::new(text).expect("a text")
}

/// Makes up a history, in the order in which it is delivered.
struct Author<'p> {
    program: &'p Program,
    dice: Dice,
    events: Vec<Incoming>,
    orders: Vec<(Text, u64)>,
    redemptions: Vec<(Text, u64)>,
    submissions: Vec<(Text, u64)>,
    awards: Vec<(Text, u64)>,
}

/// By an id, so that events can name somebody who has not come yet.
fn member(number: u64) -> Who {
    Who::Member(id(number))
}

fn id(number: u64) -> MemberId {
    MemberId::from_bytes(u128::from(number + 1).to_be_bytes())
}

impl Author<'_> {
    fn history(program: &Program, seed: u64, count: usize) -> Vec<Incoming> {
        let mut author = Author {
            program,
            dice: Dice::of(seed, &[99]),
            events: Vec::new(),
            orders: Vec::new(),
            redemptions: Vec::new(),
            submissions: Vec::new(),
            awards: Vec::new(),
        };
        let mut at = Zone::UTC.start_of(CivilDay::of(2024, 1, 15));
        for _ in 0..count {
            // Mostly hours, now and then months: tiers end and points lapse in between.
            let hours = match author.dice.below(12) {
                0 => author.dice.below(24 * 120),
                1..=3 => author.dice.below(24 * 12),
                _ => author.dice.below(30),
            };
            at = at.plus_micros(i64::try_from(hours).expect("few") * 3_600_000_000 + 60_000_000);
            author.one(at);
        }
        author.deliver()
    }

    fn put(&mut self, who: Who, at: Timestamp, kind: Kind) {
        let number = self.events.len();
        self.events.push(Incoming {
            who,
            event: Event {
                key: EventKey {
                    source: text("seed"),
                    external_id: text(&format!("e{number}")),
                },
                occurred_at: at,
                recorded_at: at,
                entropy: Dice::of(number as u64, &[4]).bytes(),
                kind,
            },
        });
    }

    fn one(&mut self, at: Timestamp) {
        let number = self.dice.below(MEMBERS);
        let who = member(number);
        if !self.program.plans.is_empty() && self.dice.below(2) == 0 {
            let kind = self.of_plan();
            return self.put(who, at, kind);
        }
        if self.program.sell_through.is_some() && self.dice.below(3) == 0 {
            return self.of_the_channel(at, number);
        }
        let between = self.program.referral.is_some() || self.program.transfer.is_some();
        if between && self.dice.below(3) == 0 {
            let kind = self.between_members(at);
            return self.put(who, at, kind);
        }
        if !self.program.groups.is_empty() && self.dice.below(3) == 0 {
            let (who, kind) = self.grouped(at, number);
            return self.put(who, at, kind);
        }
        let kind = match self.dice.below(20) {
            0 => Kind::Enrolment,
            12 if !self.program.games.is_empty() => self.game(),
            10..=12 if !self.orders.is_empty() => {
                let place = self.dice.place(self.orders.len());
                let (order, owner) = self.orders[place].clone();
                let refund = self.refund(order);
                return self.put(member(owner), at, Kind::Refund(refund));
            }
            7..=9 | 13 if !self.program.profile.fields.is_empty() => {
                return self.engaged(at, number);
            }
            1..=9 => {
                let order = text(&format!("o{}", self.orders.len()));
                self.orders.push((order.clone(), number));
                Kind::Purchase(Box::new(self.purchase(order)))
            }
            13 => Kind::Activity(Activity {
                name: text("visit"),
                store: Text::default(),
                fields: Vec::new(),
            }),
            14..=16 if !self.program.rewards.is_empty() => {
                let redemption = text(&format!("v{}", self.redemptions.len()));
                self.redemptions.push((redemption.clone(), number));
                Kind::RewardRequest(self.request(redemption, number))
            }
            17..=18 if !self.redemptions.is_empty() => {
                let place = self.dice.place(self.redemptions.len());
                let (redemption, owner) = self.redemptions[place].clone();
                let end = RewardEnd {
                    redemption,
                    order: None,
                };
                let kind = match self.dice.below(2) {
                    0 => Kind::RewardCommit(end),
                    _ => Kind::RewardCancel(end),
                };
                return self.put(member(owner), at, kind);
            }
            _ if self.program.tiers.len() > 1 && self.dice.below(3) > 0 => self.tier(at),
            _ => {
                let amount = i64::try_from(self.dice.below(900)).expect("small") - 200;
                // A program of cards alone has no points, and refuses this.
                let points = self.program.points.first();
                Kind::Adjustment(Adjustment {
                    points: text(points.map_or("none", |points| &points.id)),
                    amount: if amount == 0 { 1 } else { amount },
                    reason: text("by chance"),
                    by: text("dice"),
                })
            }
        };
        self.put(who, at, kind);
    }

    /// Something about a plan: mostly what goes well, in the order in which it would.
    fn of_plan(&mut self) -> Kind {
        let place = self.dice.place(self.program.plans.len());
        let plan = text(&self.program.plans[place].id);
        let invoice = 1 + u32::try_from(self.dice.below(8)).expect("few");
        let attempt = u16::try_from(self.dice.below(4)).expect("few");
        let end = PaymentEnd {
            invoice,
            attempt: (attempt > 0).then_some(attempt),
            reference: text("pi"),
            reason: Text::default(),
        };
        match self.dice.below(20) {
            0..=3 => Kind::PlanJoin(PlanChoice { plan }),
            4..=5 => Kind::PlanChange(PlanChoice { plan }),
            6 => Kind::PlanPause,
            7 => Kind::PlanResume,
            8 => Kind::PlanCancel,
            9..=10 => Kind::PaymentFailed(end),
            11..=12 => Kind::PaymentRefunded(PaymentBack {
                invoice,
                amount: (self.dice.below(2) == 0)
                    .then(|| i64::try_from(1 + self.dice.below(900)).expect("small")),
                reference: text("re"),
            }),
            _ => Kind::PaymentSucceeded(PaymentEnd {
                attempt: None,
                ..end
            }),
        }
    }

    /// A tier is given by hand, taken away, or taken over.
    fn tier(&mut self, at: Timestamp) -> Kind {
        let (reason, by) = (text("by chance"), text("dice"));
        let tiers = &self.program.tiers;
        if self.program.attributes.iter().any(|own| own.is_day) && self.dice.below(4) == 0 {
            let days = i64::try_from(self.dice.below(900)).expect("few") - 400;
            let day = Zone::UTC.day(at.plus_micros(days * 86_400_000_000));
            let day = match self.dice.below(5) {
                0 => Text::default(),
                _ => text(&day.to_string()),
            };
            let values = vec![(text("contract"), day)];
            let perk = PerkEvent::Attributes(Attributes { values, by });
            return Kind::Perk(Box::new(perk));
        }
        match self.dice.below(6) {
            0 => Kind::TierRevoke(TierRevoke { reason, by }),
            1..=2 => Kind::TierMatch(TierMatch {
                program: text("other"),
                tier: text(["gold", "tin"][self.dice.place(2)]),
                proof: reason,
                by,
            }),
            _ => {
                let days = i64::try_from(self.dice.below(200)).expect("few");
                let until = at.plus_micros(days * 86_400_000_000);
                Kind::TierGrant(TierGrant {
                    tier: text(&tiers[self.dice.place(tiers.len())].id),
                    until: (self.dice.below(5) > 0).then_some(until),
                    reason,
                    by,
                })
            }
        }
    }

    /// Something that a member tells of themselves, or does without buying.
    fn engaged(&mut self, at: Timestamp, number: u64) {
        let kind = match self.dice.below(8) {
            0 => Kind::Birthday(Birthday {
                month: u8::try_from(1 + self.dice.below(12)).expect("small"),
                day: u8::try_from(1 + self.dice.below(29)).expect("small"),
            }),
            1 => Kind::Profile(vec![text(["phone", "address"][self.dice.place(2)])]),
            2..=3 if !self.submissions.is_empty() => {
                let place = self.dice.place(self.submissions.len());
                let (submission, owner) = self.submissions[place].clone();
                let looked = Moderation {
                    submission,
                    approved: self.dice.below(3) > 0,
                    reason: text("by chance"),
                    by: text("dice"),
                };
                return self.put(member(owner), at, Kind::Moderation(looked));
            }
            _ => {
                let id = text(&format!("e{}", self.events.len()));
                self.submissions.push((id, number));
                let place = self.dice.place(self.program.activities.len());
                Kind::Activity(Activity {
                    name: text(&self.program.activities[place].id),
                    store: text(["old-town", "harbour"][self.dice.place(2)]),
                    fields: Vec::new(),
                })
            }
        };
        self.put(member(number), at, kind);
    }

    /// Referrals in any order among few members, so that rings and oneself come up; points that are
    /// sent to anybody, members or not.
    fn between_members(&mut self, at: Timestamp) -> Kind {
        let other = id(self.dice.below(MEMBERS));
        let kind = [MarkKind::Device, MarkKind::Payment][self.dice.place(2)];
        let marks = vec![Mark {
            kind,
            hash: self.dice.below(8),
        }];
        match self.dice.below(9) {
            0..=2 => {
                let touch = Touch {
                    referrer: other,
                    at,
                };
                let touches = vec![touch];
                Kind::SignUp(Box::new(SignUp { touches, marks }))
            }
            3 => Kind::ReferralClick,
            4 => Kind::Fingerprints(marks),
            5 => Kind::ReferralReview(Box::new(ReferralReview {
                approve: self.dice.below(2) == 0,
                reason: text("by chance"),
                by: text("dice"),
            })),
            _ => {
                let points = self.program.points.first();
                Kind::TransferOut(Box::new(TransferOut {
                    to: other,
                    points: text(points.map_or("none", |points| &points.id)),
                    amount: i64::try_from(1 + self.dice.below(80)).expect("small"),
                }))
            }
        }
    }

    /// Somebody of the staff joins, a reseller sells on, a partner gives or takes back.
    fn of_the_channel(&mut self, at: Timestamp, number: u64) {
        let who = member(number);
        match self.dice.below(8) {
            0 => {
                let who = Who::Identity {
                    kind: text(regulars_engine::STAFF),
                    value: text(["kim", "lee"][self.dice.place(2)]),
                };
                self.put(who, at, Kind::Enrolment);
            }
            1..=2 => {
                let points = self.program.points.first();
                let award = PartnerAward {
                    points: text(points.map_or("none", |points| &points.id)),
                    amount: i64::try_from(1 + self.dice.below(40)).expect("small"),
                    reason: text("by chance"),
                };
                let id = text(&format!("e{}", self.events.len()));
                self.awards.push((id, number));
                self.put(who, at, Kind::PartnerAward(Box::new(award)));
            }
            3 if !self.awards.is_empty() => {
                let place = self.dice.place(self.awards.len());
                let (award, owner) = self.awards[place].clone();
                let back = PartnerAwardBack {
                    award,
                    reason: text("by chance"),
                };
                let kind = Kind::PartnerAwardCancel(Box::new(back));
                self.put(member(owner), at, kind);
            }
            _ => {
                let order = text(&format!("o{}", self.orders.len()));
                self.orders.push((order.clone(), number));
                let mut sold = self.purchase(order);
                sold.rewards.clear();
                let report = SellThrough {
                    sold: Box::new(sold),
                    customer: text("a school"),
                    proof: Text::default(),
                };
                self.put(who, at, Kind::SellThrough(Box::new(report)));
            }
        }
    }

    /// Something about groups: by somebody, or by the merchant for the group, whether or not they may.
    fn grouped(&mut self, at: Timestamp, number: u64) -> (Who, Kind) {
        let which = self.dice.below(GROUPS);
        let (group, other) = (MEMBERS + which, id(self.dice.below(MEMBERS)));
        let sorts = &self.program.groups;
        let rule = &sorts[usize::try_from(which).expect("few") % sorts.len()];
        let roles = &rule.roles;
        let role = match self.dice.below(3) {
            0 => text(&roles[self.dice.place(roles.len())].id),
            _ => Text::default(),
        };
        let by = match self.dice.below(3) {
            0 => member(number),
            _ => member(group),
        };
        match self.dice.below(16) {
            0..=1 => {
                let days = i64::try_from(self.dice.below(200)).expect("few");
                let until = at.plus_micros(days * 86_400_000_000);
                let set = GroupSet {
                    group: text(&rule.id),
                    title: text("a group"),
                    manager: Text::default(),
                    from: None,
                    until: (self.dice.below(4) == 0).then_some(until),
                };
                (member(group), Kind::GroupSet(Box::new(set)))
            }
            2..=6 => {
                let invite = GroupInvite {
                    person: other,
                    role,
                };
                (by, Kind::GroupInvite(Box::new(invite)))
            }
            7..=11 => (
                member(number),
                Kind::GroupJoin(GroupJoin { group: id(group) }),
            ),
            12 => {
                let spend_max = match self.dice.below(2) {
                    0 => vec![(text("beans"), 30)],
                    _ => Vec::new(),
                };
                let given = GroupRole {
                    person: other,
                    role,
                    spend_max,
                };
                (by, Kind::GroupRole(Box::new(given)))
            }
            13..=14 => {
                let person = (self.dice.below(2) == 0).then_some(other);
                (by, Kind::GroupLeave(GroupLeave { person }))
            }
            _ => match self.dice.below(4) {
                0 => (by, Kind::GroupClose),
                _ => (member(number), Kind::Enrolment),
            },
        }
    }

    /// Something that is only done where there are games.
    fn game(&mut self) -> Kind {
        let games = &self.program.games;
        let id = |id: Option<&String>| text(id.map_or("none", |id| id));
        match self.dice.below(4) {
            0 => Kind::Tickets(Tickets {
                draw: id(games.draws.first().map(|draw| &draw.id)),
                quantity: 2,
            }),
            1 => {
                let cause = games.causes.first();
                let points = cause.map(|cause| &self.program.points[usize::from(cause.points)].id);
                Kind::Donation(Donation {
                    cause: id(cause.map(|cause| &cause.id)),
                    points: id(points),
                    amount: 7,
                })
            }
            2 => {
                let joined = games.challenges.iter().find(|rule| rule.opt_in);
                Kind::ChallengeJoin(ChallengeJoin {
                    challenge: id(joined.map(|rule| &rule.id)),
                })
            }
            _ => Kind::Play(Play {
                game: id(games.games.first().map(|game| &game.id)),
                nonce: Text::default(),
            }),
        }
    }

    fn purchase(&mut self, order: Text) -> Purchase {
        const CATEGORIES: [&str; 6] = ["coffee", "coffee-beans", "fruit", "gift-card", "shoes", ""];
        let dice = &mut self.dice;
        let lines = 1 + dice.below(4);
        let line = |dice: &mut Dice| LineParts {
            category: text(CATEGORIES[dice.place(6)]),
            quantity: 1000 * i64::try_from(1 + dice.below(5)).expect("few"),
            amount: i64::try_from(dice.below(12_000)).expect("small"),
            ..LineParts::default()
        };
        let lines: Vec<LineParts> = (0..lines).map(|_| line(dice)).collect();
        let goods: i64 = lines.iter().map(|line| line.amount).sum();
        let discount = if dice.below(4) == 0 { goods / 7 } else { 0 };
        let delivery = if dice.below(3) == 0 { 490 } else { 0 };
        let total = goods + delivery - discount;
        let card = if dice.below(5) == 0 { total / 3 } else { 0 };
        let payments = [("gift-card", card), ("cash", total - card)];
        let staff = match self.program.pays_staff() {
            true => text(["", "kim", "kim", "lee", "nobody"][dice.place(5)]),
            false => Text::default(),
        };
        let mut used = Vec::new();
        if !self.program.rewards.is_empty() && dice.below(8) == 0 {
            let place = dice.place(self.program.rewards.len());
            used.push(RewardUse {
                redemption: text(&format!("{order}-used")),
                reward: text(&self.program.rewards[place].id),
                quantity: 1,
                told: Vec::new(),
            });
        }
        Purchase::new(PurchaseParts {
            codes: Vec::new(),
            order,
            currency: Currency::new(self.program.currency.code()).expect("its currency"),
            total: None,
            delivery,
            discount,
            lines,
            payments: payments
                .map(|(method, amount)| Payment {
                    method: text(method),
                    amount,
                    from: None,
                })
                .to_vec(),
            channel: text(["shop", "web"][dice.place(2)]),
            store: text("store-1"),
            staff,
        })
        .and_then(|own| own.with_rewards(used))
        .expect("the figures agree")
    }

    fn refund(&mut self, order: Text) -> Refund {
        let what = match self.dice.below(4) {
            0 => Refunded::Rest,
            1 => Refunded::Lines(vec![RefundLine {
                line: text("1"),
                amount: None,
                quantity: (self.dice.below(2) == 0).then_some(1000),
            }]),
            _ => Refunded::Amount(i64::try_from(1 + self.dice.below(9000)).expect("small")),
        };
        Refund::new(order, what).expect("above zero")
    }

    fn request(&mut self, redemption: Text, number: u64) -> RewardRequest {
        let place = self.dice.place(self.program.rewards.len());
        let own = self.orders.iter().rev().find(|(_, owner)| *owner == number);
        let order = own.filter(|_| self.dice.below(2) == 0);
        RewardRequest {
            redemption,
            reward: text(&self.program.rewards[place].id),
            quantity: i64::try_from(1 + self.dice.below(2)).expect("one or two"),
            order: order.map(|(order, _)| order.clone()),
            commit: self.dice.below(2) == 0,
        }
    }

    /// Late, reordered and delivered twice; told at the moment of delivery.
    fn deliver(mut self) -> Vec<Incoming> {
        for place in (1..self.events.len()).rev() {
            if self.dice.below(6) == 0 {
                let earlier = place.saturating_sub(1 + self.dice.place(8));
                self.events.swap(place, earlier);
            }
        }
        let mut delivered: Vec<Incoming> = Vec::new();
        let mut now = Timestamp::FIRST;
        for mut incoming in self.events {
            now = now.max(incoming.event.occurred_at);
            incoming.event.recorded_at = now;
            delivered.push(incoming);
            if self.dice.below(5) == 0 {
                let again = delivered[self.dice.place(delivered.len())].clone();
                delivered.push(again);
            }
        }
        delivered
    }
}

/// A program whose tiers, expiry and changeover are made up by chance: versions of one program.
fn version_by_chance(seed: u64, version: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[31, version]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let expires = one(&[
        "{ after = \"12 months\" }",
        "{ after = \"5 months\" }",
        "{ after = \"400 days\" }",
        "{ after = \"90 days\" }",
        "{ after = \"6 months\", to = \"end of month\" }",
        "\"never\"",
    ]);
    let old_points = one(&["keep their dates", "by their age", "count anew"]);
    let removed = one(&["one tier down", "the tier they reach"]);
    let mut text = format!(
        "[program]\nname = \"Version {version}\"\ncurrency = \"EUR\"\n\n[points.beans]\nexpires = {expires}\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[[reward]]\nid = \"treat\"\nprice = {{ beans = 40 }}\n\
         \n[changeover]\nold_points = \"{old_points}\"\nremoved_tiers = \"{removed}\"\n\
         \n[refund]\ntiers = \"{}\"\n\n[[tier]]\nid = \"start\"\n",
        one(&["undo", "keep"])
    );
    let (mut least, mut matched) = (0, None);
    for tier in ["bronze", "silver", "gold"] {
        if one(&["there", "there", "gone"]) == "gone" {
            continue;
        }
        least += 10_000 + 5_000 * (version % 3) as i64;
        let spend = format!("{}.00 EUR", least / 100);
        let within = one(&["ever", "calendar year", "6 months"]);
        text += &format!(
            "\n[[tier]]\nid = \"{tier}\"\nreach = {{ spend = \"{spend}\", within = \"{within}\" }}\n"
        );
        let closed = one(&["", "", "", "closed = true\n"]);
        if closed.is_empty() {
            matched = Some(tier);
        }
        text += &closed;
        text += &one(&["", "", "counts_from = \"2024-09-01\"\n"]);
        text += &one(&["", "gift = { gives = { beans = 30 } }\n"]);
        text += &one(&[
            "",
            "keep = { until = \"2 months\", then = \"the tier they reach\" }\n",
            "keep = { until = \"while met\" }\n",
            "keep = { then = \"the lowest tier\" }\n",
        ]);
        if within != "ever" {
            text += &one(&[
                "",
                "lifetime = { spend = \"5000 EUR\", orders = 9 }\n",
                "lifetime = { held = \"8 months\" }\n",
            ]);
        }
    }
    if let Some(tier) = matched {
        text += &format!(
            "\n[[match]]\nid = \"other\"\ntiers = {{ gold = \"{tier}\" }}\ntrial = \"60 days\"\nchallenge = {{ orders = 2 }}\n"
        );
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// Lives through a history; each decision is audited.
fn live(program: &Arc<Program>, history: &[Incoming], punctual: bool) -> (Timeline, Auditor) {
    live_in(Timeline::new(program.clone()), history, punctual)
}

fn live_in(mut world: Timeline, history: &[Incoming], punctual: bool) -> (Timeline, Auditor) {
    let mut auditor = Auditor::default();
    for incoming in history {
        if punctual {
            let mut done: Vec<Decision> = Vec::new();
            world.advance(incoming.event.recorded_at, |decision| {
                done.push(decision.clone())
            });
            // Several ticks of a wallet: the last one leaves what is there now.
            for decision in &done {
                auditor.write_down(decision);
            }
            let faults = auditor.compare_all(&world);
            assert!(faults.is_empty(), "after ticks: {faults:#?}");
        }
        let fed = world.feed(incoming);
        audit(&mut auditor, &world, &fed);
    }
    (world, auditor)
}

/// What every road to the same history must agree on.
fn shown(
    world: &Timeline,
    number: u64,
    now: Timestamp,
) -> impl PartialEq + std::fmt::Debug + use<> {
    let (wallet, _): (Wallet, _) = world.view(world.member(&member(number)), now);
    let mut books = wallet.books;
    books.retain(|book| !book.lots.is_empty() || book.held > 0 || book.debt > 0);
    books.sort_by_key(|book| book.points);
    let mut cards = wallet.cards;
    cards.retain(|card| card.stamps != 0);
    let standing = wallet.standing;
    let floors = standing.map(|standing| (standing.own, standing.floors, standing.gifted));
    (
        wallet.enrolled_at,
        books,
        wallet.tier,
        floors.unwrap_or_default(),
        cards,
        wallet.vouchers,
        wallet.paying.map(|paying| paying.standing),
    )
}

#[test]
fn the_auditor_agrees_with_every_decision_and_late_ticks_change_nothing() {
    for (name, program) in programs() {
        for seed in seeds(12) {
            audited(&format!("SEED={seed} {name}"), &program, seed);
        }
    }
}

#[test]
fn the_auditor_agrees_whatever_the_cards_are_like() {
    for seed in seeds(60) {
        let context = format!("SEED={seed} by chance");
        audited(&context, &cards_by_chance(seed), seed);
        let context = format!("seed {seed} games");
        audited(&context, &games_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_when_the_program_changes_in_the_middle() {
    for seed in seeds(120) {
        let first = version_by_chance(seed, 0);
        let history = Author::history(&first, seed, 60);
        let mut world = Timeline::new(first);
        let mut dice = Dice::of(seed, &[47]);
        for version in 1..4 {
            let place = dice.place(history.len());
            // A version is in force from a moment at which nothing else happens.
            let from = history[place].event.occurred_at.plus_micros(1_000_000);
            world.apply(from, version_by_chance(seed, version));
        }
        let context = format!("SEED={seed} versions by chance");
        audited_in(&context, &world, &history);
    }
}

#[test]
fn the_auditor_agrees_whatever_the_plans_are_like() {
    for seed in seeds(120) {
        let context = format!("SEED={seed} plans by chance");
        audited(&context, &plans_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_whatever_the_tiers_are_like() {
    for seed in seeds(120) {
        let context = format!("SEED={seed} by chance");
        audited(&context, &tiers_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_whatever_members_do_without_buying() {
    for seed in seeds(60) {
        let context = format!("SEED={seed} engagement by chance");
        audited(&context, &engagement_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_whatever_members_do_to_one_another() {
    for seed in seeds(80) {
        let context = format!("SEED={seed} by chance");
        audited(&context, &people_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_whatever_is_sold_through_others() {
    for seed in seeds(80) {
        let context = format!("SEED={seed} channel by chance");
        audited(&context, &channel_by_chance(seed), seed);
    }
}

#[test]
fn the_auditor_agrees_whatever_groups_do() {
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in seeds(120) {
        let context = format!("SEED={seed} groups by chance");
        let program = groups_by_chance(seed);
        let history = Author::history(&program, seed, 120);
        audited_history(&context, &program, &history);
        // What is never reached is not tested.
        let (world, _) = live(&program, &history, false);
        for (_, wallet) in world.wallets() {
            *met.entry("in a group").or_default() += u64::from(wallet.member_of().is_some());
            let group = wallet.group();
            let closed = group.is_some_and(|group| group.closed_at.is_some());
            *met.entry("closed").or_default() += u64::from(closed);
            let left = wallet
                .groups
                .as_ref()
                .is_some_and(|own| own.left_at.is_some());
            *met.entry("left").or_default() += u64::from(left);
            let acts = group.is_some_and(|group| !group.acts.is_empty());
            *met.entry("spent").or_default() += u64::from(acts);
        }
    }
    let all = std::env::var("SEED").is_ok() || met.values().all(|count| *count > 5);
    assert!(all, "{met:?}");
}

#[test]
fn the_auditor_agrees_whatever_teams_do() {
    let mut met: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in seeds(120) {
        let context = format!("SEED={seed} teams by chance");
        let program = teams_by_chance(seed);
        let history = Author::history(&program, seed, 160);
        audited_history(&context, &program, &history);
        // What is never reached is not tested.
        let (world, _) = live(&program, &history, false);
        for (_, wallet) in world.wallets() {
            let mut seen = |what, is: bool| *met.entry(what).or_default() += u64::from(is);
            seen("in a team", wallet.in_team().is_some());
            let efforts = || wallet.groups.iter().flat_map(|own| &own.efforts);
            let parts = || efforts().flat_map(|own| &own.parts);
            seen("told", parts().any(|part| part.given));
            seen("done together", efforts().any(|own| own.parts.len() > 1));
            let group = wallet.group();
            let left = |member| group.is_some_and(|own| own.person(member).is_none());
            seen("left", parts().any(|part| left(part.person)));
            let held = wallet.games.iter().flat_map(|own| &own.challenges);
            let back = |done: i64, counts: &[i64]| done == 0 && counts.iter().any(|own| *own != 0);
            let mut held = held.filter(|_| group.is_some());
            seen("not reached", held.any(|own| back(own.done, &own.counts)));
        }
    }
    let all =
        std::env::var("SEED").is_ok() || (met.len() == 5 && met.values().all(|count| *count > 5));
    assert!(all, "{met:?}");
}

#[test]
fn the_auditor_agrees_after_members_were_merged_in_the_middle() {
    for (seed, program) in seeds(60).into_iter().flat_map(by_chance) {
        let context = format!("SEED={seed} by chance");
        println!("{context}");
        let history = Author::history(&program, seed, 80);
        let (first, rest) = history.split_at(history.len() / 2);
        let (mut world, mut auditor) = live(&program, first, false);
        let now = first.last().expect("not empty").event.recorded_at;
        for (number, pair) in [(0, 1), (0, 2)].into_iter().enumerate() {
            let key = EventKey {
                source: text("seed"),
                external_id: text(&format!("merge-{number}")),
            };
            let merged = world.merge(key, &member(pair.1), &member(pair.0), now);
            audit(&mut auditor, &world, &merged);
        }
        for incoming in rest {
            let fed = world.feed(incoming);
            audit(&mut auditor, &world, &fed);
        }
        // It was a mistake: both are parted again, and things go on.
        let now = world.wallets().map(|(_, own)| own.clock).max();
        let now = now.expect("there are wallets");
        for (number, gone) in [1, 2].into_iter().enumerate() {
            let key = EventKey {
                source: text("seed"),
                external_id: text(&format!("unmerge-{number}")),
            };
            let parted = world.unmerge(key, &member(gone), now);
            audit(&mut auditor, &world, &parted);
        }
        for incoming in Author::history(&program, seed + 1000, 30) {
            let mut incoming = incoming;
            let key = &mut incoming.event.key;
            key.external_id = text(&format!("later-{}", key.external_id));
            let fed = world.feed(&incoming);
            audit(&mut auditor, &world, &fed);
        }
        let faults = auditor.compare_all(&world);
        assert!(faults.is_empty(), "{context}: {faults:#?}");
    }
}

fn audit(auditor: &mut Auditor, world: &Timeline, fed: &Fed) {
    if let Fed::Decided(decision) = fed {
        let faults = auditor.check(world, decision);
        assert!(faults.is_empty(), "{faults:#?}\n{decision:#?}");
    }
}

fn audited(context: &str, program: &Arc<Program>, seed: u64) {
    audited_history(context, program, &Author::history(program, seed, 60));
}

fn audited_history(context: &str, program: &Arc<Program>, history: &[Incoming]) {
    audited_in(context, &Timeline::new(program.clone()), history);
}

fn audited_in(context: &str, world: &Timeline, history: &[Incoming]) {
    println!("{context}");
    let (mut lazy, _) = live_in(world.clone(), history, false);
    let (punctual, _) = live_in(world.clone(), history, true);
    let last = history
        .iter()
        .map(|incoming| incoming.event.recorded_at)
        .max();
    let last = last.expect("not empty");
    for days in [0, 20, 500] {
        let end = last.plus_micros(days * 86_400_000_000);
        for number in 0..MEMBERS + GROUPS {
            let (left, right) = (shown(&lazy, number, end), shown(&punctual, number, end));
            assert!(left == right, "{context}: m{number}\n{left:#?}\n{right:#?}");
        }
    }
    for incoming in history {
        let fed = lazy.feed(incoming);
        assert!(
            matches!(fed, Fed::Duplicate),
            "{context}: decided twice {incoming:?}"
        );
    }
}

/// Cards whose stamps can all come back, and all that they gave with them.
fn all_comes_back(card: &CardRule) -> bool {
    let mut gives = card.milestones.iter().map(|own| &own.gives);
    card.on == Trigger::Purchase
        && card.within.is_none()
        && card.expires.is_none()
        && matches!(card.gives, Gives::Points(_))
        && gives.all(|gives| matches!(gives, Gives::Points(_)))
}

#[test]
fn what_came_back_as_a_whole_is_taken_back_to_the_unit() {
    let by_chance = (0..100).map(|seed| (format!("by chance {seed}"), cards_by_chance(seed)));
    let games = (0..30).map(|seed| (format!("games by chance {seed}"), games_by_chance(seed)));
    let channel =
        (0..30).map(|seed| (format!("channel by chance {seed}"), channel_by_chance(seed)));
    let by_chance = by_chance.chain(games).chain(channel);
    for (name, program) in programs().into_iter().chain(by_chance) {
        if program.refund.take_back != TakeBack::Share {
            continue;
        }
        let usual = if name.starts_with("by chance") { 3 } else { 12 };
        for seed in seeds(usual) {
            let history = Author::history(&program, seed, 50);
            let context = format!("SEED={seed} {name}");
            println!("{context}");
            let (mut world, mut auditor) = live(&program, &history, false);
            let now = history.last().expect("not empty").event.recorded_at;
            for incoming in &history {
                let purchase = match &incoming.event.kind {
                    Kind::Purchase(purchase) => purchase,
                    Kind::SellThrough(report) => &report.sold,
                    _ => continue,
                };
                let key = OrderKey {
                    source: text("seed"),
                    order: purchase.order.clone(),
                };
                let refund =
                    Refund::new(purchase.order.clone(), Refunded::Rest).expect("all of it");
                let rest = Incoming {
                    who: Who::OfOrder,
                    event: Event {
                        key: EventKey {
                            source: text("seed"),
                            external_id: text(&format!("rest-{}", purchase.order)),
                        },
                        occurred_at: now,
                        recorded_at: now,
                        entropy: [0; 16],
                        kind: Kind::Refund(refund),
                    },
                };
                if let Fed::Decided(decision) = world.feed(&rest) {
                    let faults = auditor.check(&world, &decision);
                    assert!(faults.is_empty(), "{context}: {faults:#?}");
                }
                let Some(order) = world.order(&key).and_then(|order| order.purchased.as_ref())
                else {
                    continue;
                };
                for grant in &order.grants {
                    assert_eq!(
                        grant.given, grant.taken,
                        "{context}: {grant:?} of {order:#?}"
                    );
                }
                for stamps in &order.stamps {
                    assert_eq!(stamps.given, stamps.taken, "{context}: {stamps:?}");
                }
            }
            // What sellers were given is taken back with it, as long as their wallets remember it: by
            // the latest moment that was seen, which need not be that of the last event.
            let seen = history.iter().map(|incoming| incoming.event.recorded_at);
            let latest = seen.max().expect("not empty");
            let sales = world.wallets().filter_map(|(_, own)| own.channel.as_ref());
            for sale in sales.flat_map(|own| &own.sales) {
                let long_ago = program.return_window.after(program.zone.day(sale.at));
                if long_ago < program.zone.day(latest) {
                    continue;
                }
                for gift in &sale.gifts {
                    assert_eq!(gift.paid.amount, gift.taken, "{context}: {sale:?}");
                }
            }
            if !name.starts_with("by chance") {
                continue;
            }
            for (member, wallet) in world.wallets() {
                for card in program.cards.iter().filter(|card| all_comes_back(card)) {
                    let held = wallet.cards.iter().find(|held| held.card == card.name);
                    let left = (
                        held.map_or(0, |held| held.stamps),
                        wallet.card_rest(card.rest),
                        auditor.card_points(member, card.name),
                    );
                    assert_eq!(
                        left,
                        (0, 0, 0),
                        "{context}: {member}, {}: stamps, money kept, points",
                        card.id
                    );
                }
            }
        }
    }
}

/// A replay decides when things happened; so does a world that is told of them at once.
fn told_at_once(history: &[Incoming]) -> Vec<Incoming> {
    let told = |incoming: &Incoming| {
        let mut incoming = incoming.clone();
        incoming.event.recorded_at = incoming.event.occurred_at;
        incoming
    };
    history.iter().map(told).collect()
}

fn in_halves(program: &Program, history: &[Incoming], until: Timestamp) -> Option<History> {
    if program.pays_staff() {
        // What one half sells may be the other's.
        return None;
    }
    let mut halves = [Replay::new(program), Replay::new(program)];
    for incoming in history {
        halves[part_of(incoming, 2)?].feed(incoming.clone());
    }
    let [left, right] = halves.map(|half| half.finish(until));
    Some(left.merge(right))
}

#[test]
fn a_replay_comes_to_the_same_as_the_world_and_its_halves_to_the_whole() {
    let engaged = (0..4).map(|seed| (format!("by chance {seed}"), engagement_by_chance(seed)));
    let of_people = (0..12).map(|seed| (format!("people {seed}"), people_by_chance(seed)));
    let channel = (0..12).map(|seed| (format!("channel {seed}"), channel_by_chance(seed)));
    let of_groups = (0..12).map(|seed| (format!("groups {seed}"), groups_by_chance(seed)));
    let by_chance = engaged.chain(of_people).chain(channel).chain(of_groups);
    for (name, program) in programs().into_iter().chain(by_chance) {
        for seed in seeds(12) {
            let history = told_at_once(&Author::history(&program, seed, 60));
            let context = format!("SEED={seed} {name}");
            println!("{context}");
            let (mut world, mut auditor) = live(&program, &history, false);
            let last = history
                .iter()
                .map(|incoming| incoming.event.occurred_at)
                .max();
            let until = last.expect("not empty").plus_micros(90 * 86_400_000_000);
            world.advance(until, |decision| auditor.write_down(decision));
            let whole = replay(&program, history.iter().cloned(), until);
            let total = whole.total();
            for (place, points) in program.points.iter().enumerate() {
                let flow = total.points[place];
                let account = |account| auditor.account(points.name, account);
                assert_eq!(
                    -account(Account::Issued),
                    i128::from(flow.issued - flow.taken_back),
                    "{context}"
                );
                assert_eq!(
                    account(Account::Redeemed),
                    i128::from(flow.redeemed),
                    "{context}"
                );
                assert_eq!(
                    account(Account::Expired),
                    i128::from(flow.expired),
                    "{context}"
                );
                let open: i64 = whole
                    .members
                    .iter()
                    .map(|end| end.points[place].balance)
                    .sum();
                assert_eq!(open, flow.change, "{context}");
            }
            for end in &whole.members {
                let wallet = world
                    .member(&end.who)
                    .and_then(|id| world.wallet(id))
                    .expect("known");
                assert_eq!(
                    program.tier_at(wallet.tier.name),
                    end.tier,
                    "{context}: {:?}",
                    end.who
                );
                for (points, end) in program.points.iter().zip(&end.points) {
                    let balance = wallet
                        .book(points.name)
                        .map_or(0, |b| b.total() + b.held - b.debt);
                    assert_eq!(balance, end.balance, "{context}");
                }
            }
            if let Some(sum) = in_halves(&program, &history, until)
                && sum.within_budgets(&program)
            {
                assert_eq!(sum, whole, "{context}: the halves do not add up");
            }
        }
    }
}

#[test]
fn the_demo_shop_is_the_same_each_time_and_hardly_anything_in_it_is_refused() {
    let programs = programs();
    let program = &programs
        .iter()
        .find(|(name, _)| name == "coffee-shop.toml")
        .expect("an example")
        .1;
    assert_eq!(program.unknown, UnknownCustomer::Enrol);
    let from = CivilDay::of(2024, 1, 1);
    let make = || demo(7, 60, from, 400).collect::<Vec<Incoming>>();
    let history = make();
    assert!(history == make(), "the same seed is the same history");
    assert!(history.len() > 1000, "only {} events", history.len());
    let moments = history.iter().map(|incoming| incoming.event.occurred_at);
    assert!(moments.is_sorted(), "in the order of time");
    let ends = replay(program, history.iter().cloned(), Timestamp::FIRST);
    assert_eq!(
        ends.events + ends.duplicates,
        u64::try_from(history.len()).expect("few")
    );
    assert!(
        ends.refused * 50 < ends.events,
        "{} of {} refused",
        ends.refused,
        ends.events
    );
    let total = ends.total();
    assert!(total.redemptions > 0 && total.points[0].expired > 0 && total.points[0].taken_back > 0);
    assert!(
        ends.members.iter().any(|end| end.tier > 0),
        "somebody rises"
    );
    let (_, _) = live(program, &history, false);
}

/// A program of rewards that are sent, picked, redeemed by themselves, brought by codes.
fn perks_by_chance(seed: u64) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[13]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let already_spent = one(&["go negative", "stop at zero", "take pending points only"]);
    let pending = one(&["", "pending = \"9 days\"\n"]);
    let expires = one(&["", "expires = \"60 days\"\n"]);
    let automatic = one(&["", "automatic = { most = 2, valid = \"40 days\" }\n"]);
    let opens = one(&["", "automatic = {}\n"]);
    let cash = one(&["", "", "automatic = { most = 2 }\n"]);
    let credit = one(&["", "most = \"9 EUR\"\n", "expires = \"40 days\"\n"]);
    let unpicked = one(&["", "unpicked = \"cookie\"\n"]);
    let stock = one(&["", "stock = 3\n"]);
    let text = format!(
        "[program]\nname = \"By chance\"\ncurrency = \"EUR\"\ntimezone = \"Europe/Berlin\"\n\
         \n[points.beans]\n{pending}{expires}\n[store_credit]\n{credit}\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[refund]\nalready_spent = \"{already_spent}\"\nwindow = \"10 years\"\n\
         \n[[tier]]\nid = \"friend\"\n\n[[tier]]\nid = \"gold\"\nreach = {{ spend = \"300 EUR\" }}\n\
         gift = {{ gives = \"treats\" }}\n\
         \n[[card]]\nid = \"third\"\nfull = 3\ngives = \"treats\"\nvoucher_expires = \"20 days\"\n\
         \n[[reward]]\nid = \"five\"\nprice = {{ beans = 50 }}\n{automatic}\
         \n[[reward]]\nid = \"lounge\"\nkind = \"access\"\nfor = \"20 days\"\nprice = {{ beans = 90 }}\n{opens}\
         \n[[reward]]\nid = \"mug\"\nsent = true\nprice = {{ beans = 30 }}\nhold = \"5 days\"\n{stock}\
         \n[[reward]]\nid = \"cinema\"\ncodes = true\nprice = {{ beans = 20 }}\nhold = \"5 days\"\n\
         \n[[reward]]\nid = \"treats\"\nkind = \"menu\"\npicks = [\"cookie\", \"mug\", \"cash\"]\nvalid = \"30 days\"\n\
         within = \"10 days\"\nprice = {{ beans = 25 }}\n{unpicked}\
         \n[[reward]]\nid = \"cash\"\nkind = \"cashback\"\nworth = \"3 EUR\"\nprice = {{ beans = 35 }}\nhold = \"5 days\"\n{cash}\
         \n[[reward]]\nid = \"cookie\"\n"
    );
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// The same history, in which some of what happens to redemptions happens to them in other ways, and
/// some visits are picks. What an event becomes depends on its key alone, so that what is told twice is
/// the same twice.
fn with_perks(history: Vec<Incoming>) -> Vec<Incoming> {
    let become_one = |mut incoming: Incoming| {
        let key = incoming.event.key.external_id.as_str();
        let number: u64 = key.trim_start_matches('e').parse().unwrap_or(0);
        let mut dice = Dice::of(number, &[31]);
        let perk = match &incoming.event.kind {
            Kind::RewardCommit(end) | Kind::RewardCancel(end) => {
                let redemption = end.redemption.clone();
                match dice.below(8) {
                    0 | 1 => Some(PerkEvent::Return(RewardReturn {
                        redemption,
                        part: match dice.below(2) {
                            0 => ReturnPart::Quantity(1),
                            _ => ReturnPart::Rest,
                        },
                        reason: Text::default(),
                    })),
                    2..=4 => {
                        let none = Text::default;
                        let to = match dice.below(4) {
                            0 | 1 => FulfilMove::Dispatched {
                                carrier: none(),
                                tracking: none(),
                            },
                            2 => FulfilMove::Delivered,
                            _ => FulfilMove::Failed { reason: none() },
                        };
                        Some(PerkEvent::Fulfil(Fulfil { redemption, to }))
                    }
                    _ => None,
                }
            }
            Kind::Activity(_) => match dice.below(4) {
                0 => Some(PerkEvent::Automatic(dice.below(2) == 0)),
                _ => Some(PerkEvent::Pick(Pick {
                    menu: text("treats"),
                    pick: text(["cookie", "mug", "cash"][dice.place(3)]),
                })),
            },
            Kind::Enrolment if dice.below(2) == 0 => {
                incoming.who = Who::house();
                Some(match dice.below(2) {
                    0 => PerkEvent::CodesAdded(CodesAdded {
                        reward: text("cinema"),
                        count: 2,
                    }),
                    _ => PerkEvent::Restock(Restock {
                        reward: text("mug"),
                        how: StockMove::Up(2),
                        reason: text("found"),
                        by: text("eve"),
                    }),
                })
            }
            _ => None,
        };
        if let Some(perk) = perk {
            incoming.event.kind = Kind::Perk(Box::new(perk));
        }
        incoming
    };
    history.into_iter().map(become_one).collect()
}

#[test]
fn the_auditor_agrees_whatever_becomes_of_rewards() {
    for seed in seeds(80) {
        let program = perks_by_chance(seed);
        let history = with_perks(Author::history(&program, seed, 90));
        let context = format!("SEED={seed} rewards by chance");
        audited_history(&context, &program, &history);
    }
}
