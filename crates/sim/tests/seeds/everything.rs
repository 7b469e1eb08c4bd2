//! Random histories of a program that has all parts at once: what each part does, beside and across the
//! others.

use super::money;
use super::{Author, audit, audited_in, live_in, member, seeds, text, with_perks};
use regulars_base::EventKey;
use regulars_engine::Program;
use regulars_engine::event::Incoming;
use regulars_engine::outcome::{GroupNote, MoneyNote, Note, PerkNote};
use regulars_engine::program::compile::compile;
use regulars_sim::shopper::Dice;
use regulars_sim::timeline::{Decision, Fed};
use std::collections::BTreeSet;
use std::sync::Arc;

/// All parts, on terms made up by chance. Where things are `scarce`, what somebody had set aside too long
/// is there for others once that wallet is looked at: late ticks and early ones do not end alike.
fn program(seed: u64, scarce: bool) -> Arc<Program> {
    let mut dice = Dice::of(seed, &[41]);
    let mut one = |of: &[&str]| of[dice.place(of.len())].to_owned();
    let mut text = format!(
        "[program]\nname = \"All\"\ncurrency = \"EUR\"\ntimezone = \"Europe/Berlin\"\nunknown_customers = \"{}\"\n\
         \n[points.beans]\n{}{}\n[points.stars]\nspendable = false\n\
         \n[[earn]]\nid = \"spend\"\ngive = {{ beans = \"1 per 1 EUR\" }}\n\
         \n[[earn]]\nid = \"sold\"\nto = \"staff\"\ngive = {{ beans = \"1 per 5 EUR\" }}\n\
         \n[[earn]]\nid = \"visit\"\non = \"visit\"\ngive = {{ beans = 5, stars = 1 }}\n\
         \n[[earn]]\nid = \"sold-on\"\non = \"sell_through\"\ngive = {{ beans = \"2 per 1 EUR\" }}\n\
         \n[sell_through]\n\
         \n[refund]\nalready_spent = \"{}\"\nspent_points = \"{}\"\nwindow = \"{}\"\n",
        one(&["enrol", "enrol", "hold"]),
        one(&["", "expires = { after = \"3 months\" }\n"]),
        one(&["", "pending = { after = \"5 days\" }\n"]),
        one(&["go negative", "stop at zero", "take pending points only"]),
        one(&[
            "give back with their old dates",
            "give back with new dates",
            "keep"
        ]),
        one(&["10 years", "40 days"]),
    );
    text += &format!(
        "\n[store_credit]\n{}{}\n[gift_card]\n{}{}",
        one(&["", "", "most = \"80 EUR\"\n"]),
        one(&["", "", "expires = \"2 months\"\n"]),
        one(&["", "", "most = \"120 EUR\"\n"]),
        one(&["hold = \"10 days\"\n", "hold = \"20 minutes\"\n"]),
    );
    text += money::COUPONS;
    text += &format!(
        "\n[[tier]]\nid = \"low\"\n\n[[tier]]\nid = \"high\"\n\
         reach = {{ earned = {{ beans = 200 }}, within = \"calendar year\" }}\n\
         keep = {{ until = \"end of next year\", then = \"one tier down\" }}\ngift = {{ gives = \"treats\" }}\n\
         \n[[card]]\nid = \"third\"\nfull = 3\ngives = \"{}\"\n\
         \n[[card]]\nid = \"visits\"\non = \"visit\"\nfull = 2\ngives = \"treats\"\n\
         \n[[plan]]\nid = \"plan-0\"\nprice = \"4.90 EUR\"\nevery = \"1 month\"\ngives = \"{}\"\n\
         \n[[reward]]\nid = \"five\"\nprice = {{ beans = 50 }}\n{}\
         \n[[reward]]\nid = \"lounge\"\nkind = \"access\"\nfor = \"20 days\"\nprice = {{ beans = 90 }}\n\
         \n[[reward]]\nid = \"mug\"\nsent = true\nprice = {{ beans = 30 }}\nhold = \"5 days\"\n{}\
         \n[[reward]]\nid = \"cinema\"\n{}price = {{ beans = 20 }}\nhold = \"5 days\"\n\
         \n[[reward]]\nid = \"treats\"\nkind = \"menu\"\npicks = [\"cookie\", \"mug\", \"cash\"]\nvalid = \"30 days\"\n\
         within = \"10 days\"\nprice = {{ beans = 25 }}\n{}\
         \n[[reward]]\nid = \"cash\"\nkind = \"cashback\"\nworth = \"3 EUR\"\nprice = {{ beans = 35 }}\nhold = \"5 days\"\n{}\
         \n[[reward]]\nid = \"card\"\nkind = \"gift card\"\nworth = \"2 EUR\"\nprice = {{ beans = 20 }}\n\
         \n[[reward]]\nid = \"cookie\"\n",
        one(&["cookie", "treats", "cash"]),
        one(&["cookie", "cash"]),
        one(&["", "automatic = { most = 2, valid = \"40 days\" }\n"]),
        if scarce { "stock = 4\n" } else { "" },
        if scarce { "codes = true\n" } else { "" },
        one(&["", "unpicked = \"cookie\"\n"]),
        one(&["", "", "automatic = { most = 2 }\n"]),
    );
    text += &format!(
        "\n[referral]\nstep = [{{ purchase = 1, friend = \"{}\", referrer = {{ beans = 30 }} }}]\n\
         \n[transfer]\npoints = [\"beans\"]\n{}\
         \n[partner.maker]\nsources = [\"maker\"]\nawards = {{ limit = [{{ beans = 90, per = \"program\", every = \"month\" }}] }}\n",
        one(&["cookie", "cash"]),
        one(&["", "fee = { beans = 1 }\n"]),
    );
    for group in ["house", "club"] {
        text += &format!("\n[[group]]\nid = \"{group}\"\n");
        text += &one(&["", "people_max = 2\n", "people_max = 3\n"]);
        text += &one(&["", "join = \"open\"\n"]);
        text += &one(&["", "bring = true\n", "bring = true\n"]);
        text += &one(&[
            "",
            "on_leaving = \"equal\"\n",
            "on_leaving = \"brought_in\"\n",
        ]);
    }
    let (program, said) = compile(&text);
    Arc::new(program.unwrap_or_else(|| panic!("{text}{said:#?}")))
}

/// What members do, what happens to their money, and once more what those of groups do, as it comes
/// in: each of a source of its own, so that no key and no order is of two of them.
fn history(program: &Program, seed: u64, count: usize) -> Vec<Incoming> {
    let mut all = with_perks(Author::history(program, seed, count));
    // Who has plans and sells to others does little else.
    let mut plain = program.clone();
    (plain.sell_through, plain.referral, plain.transfer) = (None, None, None);
    plain.plans.clear();
    let of_groups = with_perks(Author::history(&plain, seed + 500, count));
    let others = [
        ("money", money::Author::history(seed, count)),
        ("groups", of_groups),
    ];
    for (source, events) in others {
        for mut incoming in events {
            incoming.event.key.source = text(source);
            all.push(incoming);
        }
    }
    all.sort_by_key(|incoming| incoming.event.recorded_at);
    all
}

#[test]
fn the_auditor_agrees_whatever_happens_where_a_program_has_all_parts() {
    for seed in seeds(60) {
        let program = program(seed, false);
        let context = format!("SEED={seed} all parts");
        let history = history(&program, seed, 70);
        audited_in(&context, &money::world(&program), &history);
    }
}

#[test]
fn the_auditor_agrees_on_all_parts_after_members_were_merged_and_parted() {
    for seed in seeds(60) {
        let program = program(seed, true);
        let context = format!("SEED={seed} all parts, merged");
        println!("{context}");
        let history = history(&program, seed, 80);
        let (first, rest) = history.split_at(history.len() / 2);
        let (second, last) = rest.split_at(rest.len() / 2);
        let (mut world, mut auditor) = live_in(money::world(&program), first, false);
        let key = |what: &str, number: u64| EventKey {
            source: text("seed"),
            external_id: text(&format!("{what}-{number}")),
        };
        let now = first.last().expect("not empty").event.recorded_at;
        for gone in [1, 2] {
            let merged = world.merge(key("merge", gone), &member(gone), &member(0), now);
            audit(&mut auditor, &world, &merged);
        }
        for incoming in second {
            let fed = world.feed(incoming);
            audit(&mut auditor, &world, &fed);
        }
        let now = world.wallets().map(|(_, own)| own.clock).max();
        let now = now.expect("there are wallets");
        for gone in [1, 2] {
            let parted = world.unmerge(key("unmerge", gone), &member(gone), now);
            audit(&mut auditor, &world, &parted);
        }
        for incoming in last {
            let fed = world.feed(incoming);
            audit(&mut auditor, &world, &fed);
        }
        let faults = auditor.compare_all(&world);
        assert!(faults.is_empty(), "{context}: {faults:#?}");
    }
}

/// Where the parts meet is where the histories must lead: else they would prove nothing.
#[test]
fn histories_of_all_parts_lead_to_where_they_meet() {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for seed in 0..60 {
        let program = program(seed, true);
        let mut world = money::world(&program);
        for incoming in history(&program, seed, 70) {
            let fed = world.feed(&incoming);
            if let Fed::Decided(decision) = fed {
                meets(&decision, &program, &mut seen);
            }
        }
    }
    let wanted = [
        "a group is credited by a reward",
        "a group pays with store credit",
        "a reward by itself in a group",
        "a gift card is the group's credit",
        "credit goes back with its reward",
        "money is brought into a group",
        "money is taken along out of a group",
    ];
    let missing: Vec<&&str> = wanted.iter().filter(|own| !seen.contains(**own)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// What an outcome, and what followed from it, says of parts that meet.
fn meets(decision: &Decision, program: &Program, seen: &mut BTreeSet<&'static str>) {
    let trace = &decision.outcome.trace;
    let by = |note: &Note| matches!(note, Note::Group(GroupNote::By { .. }));
    let in_group = trace.iter().any(by);
    let money = |points| program.points_named(points).is_none();
    for note in trace {
        match note {
            Note::Perk(note) => match **note {
                PerkNote::ToCredit { .. } if in_group => {
                    seen.insert("a group is credited by a reward");
                }
                PerkNote::ByItself { .. } if in_group => {
                    seen.insert("a reward by itself in a group");
                }
                PerkNote::CreditBack { .. } => {
                    seen.insert("credit goes back with its reward");
                }
                _ => {}
            },
            Note::Money(note) => match **note {
                MoneyNote::CreditPaid { .. } if in_group => {
                    seen.insert("a group pays with store credit");
                }
                MoneyNote::MoneyPassedOn { .. } => {
                    seen.insert("a gift card is the group's credit");
                }
                _ => {}
            },
            Note::Group(GroupNote::CameIn { points, .. }) if money(*points) => {
                seen.insert("money is brought into a group");
            }
            Note::Group(GroupNote::Got { points, .. }) if money(*points) => {
                seen.insert("money is taken along out of a group");
            }
            _ => {}
        }
    }
    for next in &decision.follow_ups {
        meets(next, program, seen);
    }
}
