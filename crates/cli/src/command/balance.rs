//! `regulars balance`: what a member has.

use crate::Answer;
use crate::flags::Shop;
use crate::member;
use crate::moment;
use crate::print::{Print, Style, Table, counted};
use clap::Args;
use regulars_app::{Balance as Has, Balances, MemberRef, StandingPlan};
use regulars_base::Zone;
use regulars_engine::Program;
use regulars_engine::program::{MoneyAccount, words};
use regulars_server::view;

/// Say what a member has: now, or as of a date
#[derive(Args)]
pub(crate) struct Balance {
    /// The member: id (mem_…), customer number, e-mail address, or any identity as in
    /// card:4711.
    member: String,
    /// As of a day (its end) or a moment, instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Balance, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let member = member::find(&open.app, open.id(), &ask.member)?;
    let at = open.end_of("--at", ask.at.as_deref())?;
    let balances = open
        .app
        .balances(open.id(), &MemberRef::Id(member.id), at)?;
    print.json(&view::balance(&balances))?;
    let zone = &balances.program.zone;
    print.line(format!(
        "{}  {}",
        print.style(Style::Bold, member::called(&member)),
        print.style(
            Style::Faint,
            format!("as of {}", moment::shown(balances.as_of, zone))
        )
    ));
    points(&balances.points, zone, print);
    money((&balances.program, &balances.money), print);
    if let Some(group) = &balances.group {
        print.line("");
        print.line(format!(
            "shared with {} ({}), as {}",
            group.title, group.group, group.role
        ));
        points(&group.points, zone, print);
        money((&balances.program, &group.money), print);
    }
    if let Some(tier) = &balances.tier {
        print.line("");
        for sentence in words::outlook::tier(&balances.program, tier) {
            print.line(sentence);
        }
    }
    in_hand(&balances, print);
    Ok(Answer::Yes)
}

/// The table of points.
fn points(balances: &[regulars_app::Balance], zone: &Zone, print: &Print) {
    let mut table = Table::new(&[
        "POINTS",
        ">AVAILABLE",
        ">PENDING",
        ">HELD",
        ">OWED",
        "LAPSES NEXT",
    ]);
    for balance in balances {
        let number = |n| words::number(balance.decimals, n);
        let some = |n| if n == 0 { String::new() } else { number(n) };
        let next = balance.expiries.first().map_or_else(String::new, |next| {
            format!("{} on {}", number(next.amount), zone.day(next.at))
        });
        table.row(vec![
            balance.points.clone(),
            number(balance.available),
            some(balance.pending),
            some(balance.held),
            some(balance.debt),
            next,
        ]);
    }
    print.table(&table);
}

/// Store credit, and what is on a gift card.
fn money((program, accounts): (&Program, &[(MoneyAccount, Has)]), print: &Print) {
    for (account, balance) in accounts {
        let money = |minor| words::money(program, minor);
        let what = match account {
            MoneyAccount::Credit => "store credit",
            MoneyAccount::GiftCard => "on the gift card",
        };
        let held = match balance.held {
            0 => String::new(),
            held => format!(", {} set aside", money(held)),
        };
        print.line(format!("{what}: {}{held}", money(balance.available)));
    }
}

/// The plan that they pay for, in a line.
fn on_plan(balances: &Balances, plan: &StandingPlan) -> String {
    let money = |minor| words::money(&balances.program, minor);
    let last = plan.until.plus_days(-1);
    let mut line = format!(
        "plan {}: {}, {} to {last}",
        plan.plan, plan.status, plan.from
    );
    if let Some(day) = plan.resumes_on {
        line += &format!(", goes on by itself on {day}");
    }
    if let Some(next) = &plan.next {
        line += &format!(", then {next}");
    }
    if let Some((number, amount)) = plan.open {
        line += &format!(", invoice {number} over {} is to be paid", money(amount));
    }
    if plan.credit > 0 {
        line += &format!(", {} of credit", money(plan.credit));
    }
    line
}
fn in_hand(balances: &Balances, print: &Print) {
    let zone: &Zone = &balances.program.zone;
    for card in &balances.cards {
        let until = card
            .expires_at
            .map_or_else(String::new, |at| format!(", void from {} on", zone.day(at)));
        let rules = &balances.program.cards;
        if let Some(rule) = rules.iter().find(|rule| rule.id == card.card) {
            let said = words::outlook::card(&balances.program, rule, card.stamps, &card.outlook);
            print.line(said + &until);
        }
    }
    if let Some(plan) = &balances.plan {
        print.line(on_plan(balances, plan));
    }
    for voucher in &balances.vouchers {
        let until = voucher
            .expires_at
            .map_or_else(String::new, |at| format!(", void from {} on", zone.day(at)));
        print.line(format!("voucher for {}{until}", voucher.reward));
    }
    let engaged = &balances.engaged;
    for waits in &engaged.waiting {
        print.line(format!(
            "{} {} waits to be approved, until {}",
            waits.activity.name,
            waits.event.external_id,
            zone.day(waits.lapses_at)
        ));
    }
    for consent in &engaged.consents {
        let word = if consent.given {
            "allowed"
        } else {
            "allowed no more"
        };
        let since = zone.day(consent.since);
        print.line(format!("{}: {word}, since {since}", consent.purpose));
    }
    if let Some(at) = engaged.birthday_gift_at {
        print.line(format!("gift for the birthday: {}", zone.day(at)));
    }
    if let Some(referral) = &balances.referral {
        let code = referral.link.as_deref().or(referral.code.as_deref());
        print.line(format!(
            "referrals{}: {} on the link, {} joined, {} bought, {} in review, {} rewards held",
            code.map_or_else(String::new, |code| format!(" by {code}")),
            counted(referral.clicks.unsigned_abs(), "click"),
            counted(referral.joined.unsigned_abs(), "friend"),
            referral.bought,
            referral.in_review,
            referral.held
        ));
        if let Some((referrer, stands)) = referral.sent_by {
            print.line(format!("sent by {referrer}: {stands}"));
        }
    }
    games(balances, print);
}

fn games(balances: &Balances, print: &Print) {
    let (games, zone) = (&balances.games, &balances.program.zone);
    for (level, title, at, next) in &games.levels {
        let next = next.map_or_else(String::new, |next| format!(", the next at {next}"));
        print.line(format!(
            "level {level} ({title}) since {}{next}",
            zone.day(*at)
        ));
    }
    for (badge, title, at) in &games.badges {
        print.line(format!("badge {badge} ({title}) since {}", zone.day(*at)));
    }
    for challenge in games.challenges.iter().filter(|own| own.joined) {
        let step = |(title, counted, needed): &(String, i64, i64)| {
            format!("{title} {counted} of {needed}")
        };
        let steps: Vec<String> = challenge.steps.iter().map(step).collect();
        let met = match challenge.met {
            0 => String::new(),
            1 => ", met".to_owned(),
            times => format!(", met {times} times"),
        };
        let until = challenge.until.map_or_else(String::new, |at| {
            format!(", until {}", moment::shown(at, zone))
        });
        print.line(format!(
            "challenge {}: {}{met}{until}",
            challenge.challenge,
            steps.join(", ")
        ));
    }
    for (game, plays) in games.plays.iter().filter(|(_, plays)| *plays != 0) {
        print.line(format!("{game}: {plays} plays"));
    }
    for (draw, tickets) in games.tickets.iter().filter(|(_, count)| *count != 0) {
        print.line(format!("{draw}: {tickets} tickets"));
    }
}
