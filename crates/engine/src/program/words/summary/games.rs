//! Challenges, badges, levels, leaderboards, games, draws and causes in words.

use super::gives::gives;
use super::told::{Told, period, rate};
use super::{Aspect, Part, aspect, bounds, from_tier, titled, trigger};
use crate::program::words::language::{plural, say, word};
use crate::program::{
    BadgeRule, BoardRule, CauseRule, ChallengeRule, Counts, DrawRule, EffortOfLeaver, GameRule,
    LevelRule, Prize, StampFor, Streak, Tally, TeamRefund, TeamRule, Towards,
};
use regulars_base::{Ratio, Timestamp};

/// All parts of games.
pub(super) fn parts(to: Told<'_>) -> Vec<Part> {
    let games = &to.program.games;
    let mut parts: Vec<Part> = Vec::new();
    let challenges = (0_u16..).zip(&games.challenges);
    parts.extend(challenges.map(|(place, own)| challenge(to, own, place)));
    let badges = (0_u16..).zip(&games.badges);
    parts.extend(badges.map(|(place, own)| badge(to, own, place)));
    parts.extend(games.levels.iter().map(|own| level(to, own)));
    parts.extend(games.boards.iter().map(|own| board(to, own)));
    let of_chance = (0_u16..).zip(&games.games);
    parts.extend(of_chance.map(|(place, own)| game(to, own, place)));
    let draws = (0_u16..).zip(&games.draws);
    parts.extend(draws.map(|(place, own)| draw(to, own, place)));
    parts.extend(games.causes.iter().map(|own| cause(to, own)));
    parts
}

/// What a tally counts: `purchases with `line.category == "tea"`, each item`.
fn counted(to: Told<'_>, tally: &Tally) -> String {
    let mut said = trigger(to, tally.on);
    if let Some(when) = &tally.when {
        said += &say!(to, " with {when}", when = to.when(when));
    }
    match tally.each {
        StampFor::Event => {}
        StampFor::Item => said += word!(to, ", each item"),
        StampFor::Amount(minor) => {
            said += &say!(to, ", each {amount}", amount = to.money(minor));
        }
    }
    said
}

fn earned(to: Told<'_>, towards: Towards, aspects: &mut Vec<Aspect>) {
    let own = to.program.games.tallies.iter();
    let own = own.filter(|tally| tally.towards == towards);
    let ways: Vec<String> = own.map(|tally| counted(to, tally)).collect();
    if !ways.is_empty() {
        let ways = ways.join(word!(to, "; "));
        aspects.push(aspect(word!(to, "is earned by"), ways));
    }
}

fn window(
    to: Told<'_>,
    aspects: &mut Vec<Aspect>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    tier: Option<u16>,
) {
    bounds(to, aspects, (from, until), &[]);
    from_tier(to, aspects, tier);
}

fn badge_given(to: Told<'_>, aspects: &mut Vec<Aspect>, badge: Option<u16>) {
    let badge = badge.and_then(|place| to.program.games.badges.get(usize::from(place)));
    if let Some(badge) = badge {
        let named = to.named(&badge.id, &badge.title);
        aspects.push(aspect(word!(to, "gives badge"), named));
    }
}

fn team_of(to: Told<'_>, team: &TeamRule, aspects: &mut Vec<Aspect>) {
    let of = to.quoted(&team.of);
    aspects.push(aspect(word!(to, "is done together by teams"), of));
    let who = match team.least {
        1 => say!(to, "each who took part"),
        least => say!(to, "each who did {least} of it at least", least),
    };
    let late = match team.late {
        true => say!(to, "{who}, also after it was reached", who),
        false => say!(to, "{who} before it was reached", who),
    };
    aspects.push(aspect(word!(to, "gives to"), late));
    let leaver = match team.on_leaving {
        EffortOfLeaver::Stays => word!(to, "counts on"),
        EffortOfLeaver::Leaves => word!(to, "counts no more"),
    };
    aspects.push(aspect(word!(to, "what somebody did who leaves"), leaver));
    let refund = match team.on_refund {
        TeamRefund::TakesBack => word!(to, "takes back what too little is left for"),
        TeamRefund::Keeps => word!(to, "leaves it reached"),
    };
    aspects.push(aspect(word!(to, "a refund after it was reached"), refund));
}

fn in_a_row(to: Told<'_>, streak: Streak, aspects: &mut Vec<Aspect>) {
    let what = plural!(
        to,
        streak.times,
        "{n} time, each {period}",
        "{n} times, each {period}",
        n = streak.times,
        period = period(to, streak.every)
    );
    aspects.push(aspect(word!(to, "is to be done in a row"), what));
    if streak.freezes > 0 {
        let freezes = streak.freezes.to_string();
        aspects.push(aspect(word!(to, "forgives in each run"), freezes));
    }
    if let Some(each) = streak.freeze_each {
        let what = say!(to, "{n} in a row", n = each);
        aspects.push(aspect(word!(to, "forgives one more for each"), what));
    }
}

fn challenge(to: Told<'_>, rule: &ChallengeRule, place: u16) -> Part {
    let mut aspects = Vec::new();
    for tally in &to.program.games.tallies {
        match tally.towards {
            Towards::Step { challenge, step } if challenge == place => {
                let step = &rule.steps[usize::from(step)];
                let what = counted(to, tally);
                let what = match step.need {
                    1 => what,
                    n => plural!(to, n, "{n} time {what}", "{n} times {what}", n, what),
                };
                let verb = say!(to, "{step} asks for", step = step.title);
                aspects.push(aspect(verb, what));
            }
            Towards::Freezes(challenge) if challenge == place => {
                let by = trigger(to, tally.on);
                aspects.push(aspect(word!(to, "gets a freeze by"), by));
            }
            _ => {}
        }
    }
    if rule.in_order {
        aspects.push(aspect(word!(to, "takes its steps in order"), ""));
    }
    if let Some(team) = &rule.team {
        team_of(to, team, &mut aspects);
    }
    if let Some(streak) = rule.streak {
        in_a_row(to, streak, &mut aspects);
    }
    if let Some(every) = rule.every {
        aspects.push(aspect(word!(to, "begins anew each"), period(to, every)));
    }
    if rule.repeat {
        aspects.push(aspect(word!(to, "may be met again"), ""));
    }
    if rule.opt_in {
        aspects.push(aspect(word!(to, "is for those who join"), ""));
    }
    window(to, &mut aspects, rule.from, rule.until, rule.tier);
    if let Some(own) = &rule.gives {
        aspects.push(aspect(word!(to, "gives"), gives(to, own)));
    }
    badge_given(to, &mut aspects, rule.badge);
    if let Some(own) = rule.voucher_expires {
        let verb = word!(to, "its voucher is void after");
        aspects.push(aspect(verb, to.span(own)));
    }
    titled(to, "challenge", (&rule.id, &rule.title), aspects)
}

fn badge(to: Told<'_>, rule: &BadgeRule, place: u16) -> Part {
    let mut aspects = Vec::new();
    let towards = Towards::Badge(place);
    earned(to, towards, &mut aspects);
    let mut tallies = to.program.games.tallies.iter();
    if let Some(own) = tallies.find(|tally| tally.towards == towards) {
        window(to, &mut aspects, own.from, own.until, own.tier);
    }
    titled(to, "badge", (&rule.id, &rule.title), aspects)
}

fn level(to: Told<'_>, rule: &LevelRule) -> Part {
    let needs = to.price(&[(rule.points, rule.at)]);
    let mut aspects = vec![aspect(word!(to, "is reached with"), needs)];
    if let Some(own) = &rule.gives {
        aspects.push(aspect(word!(to, "gives"), gives(to, own)));
    }
    badge_given(to, &mut aspects, rule.badge);
    titled(to, "level", (&rule.id, &rule.title), aspects)
}

fn board(to: Told<'_>, rule: &BoardRule) -> Part {
    let counts = match rule.counts {
        Counts::Points(place) => {
            let points = &to.program.points[usize::from(place)];
            to.named(&points.id, &points.other)
        }
        Counts::Orders => say!(to, "orders"),
        Counts::Stamps => say!(to, "stamps"),
        Counts::Challenges => say!(to, "challenges"),
    };
    let mut aspects = vec![aspect(word!(to, "counts"), counts)];
    if let Some(every) = rule.every {
        aspects.push(aspect(word!(to, "begins anew each"), period(to, every)));
        let after = to.span(rule.closes_after);
        aspects.push(aspect(word!(to, "is closed after"), after));
    }
    for prize in &rule.prizes {
        let verb = match prize.from == prize.to {
            true => say!(to, "gives for place {place}:", place = prize.from),
            false => say!(
                to,
                "gives for places {from} to {to}:",
                from = prize.from,
                to = prize.to
            ),
        };
        aspects.push(aspect(verb, gives(to, &prize.gives)));
    }
    titled(to, "leaderboard", (&rule.id, &rule.title), aspects)
}

fn game(to: Told<'_>, rule: &GameRule, place: u16) -> Part {
    let mut aspects = Vec::new();
    earned(to, Towards::Plays(place), &mut aspects);
    if !rule.price.is_empty() {
        aspects.push(aspect(word!(to, "takes"), to.price(&rule.price)));
    }
    window(to, &mut aspects, rule.from, rule.until, rule.tier);
    bounds(to, &mut aspects, (None, None), &rule.limits);
    for own in &rule.prizes {
        let named = to.named(&own.id, &own.title);
        let verb = say!(to, "has prize {prize}", prize = named);
        aspects.push(aspect(verb, prize(to, rule, own)));
    }
    titled(to, "game", (&rule.id, &rule.title), aspects)
}

fn prize(to: Told<'_>, rule: &GameRule, prize: &Prize) -> String {
    let given = match &prize.gives {
        Some(own) => gives(to, own),
        None => prize.title.clone(),
    };
    let mut said = say!(
        to,
        "at {chances} in {all}: {given}",
        chances = prize.odds.num(),
        all = prize.odds.den(),
        given
    );
    if let Some(stock) = prize.stock {
        said += &say!(to, ", {stock} of them", stock);
    }
    let instead = prize
        .instead
        .and_then(|at| rule.prizes.get(usize::from(at)));
    if let Some(instead) = instead {
        let named = to.named(&instead.id, &instead.title);
        said += &say!(to, ", then {prize}", prize = named);
    }
    if let Some(own) = prize.voucher_expires {
        said += &say!(to, ", void after {span}", span = to.span(own));
    }
    said
}

fn draw(to: Told<'_>, rule: &DrawRule, place: u16) -> Part {
    let closes = to.clock(rule.closes);
    let mut aspects = vec![aspect(word!(to, "closes before"), closes)];
    earned(to, Towards::Tickets(place), &mut aspects);
    if !rule.price.is_empty() {
        let verb = word!(to, "takes for a ticket");
        aspects.push(aspect(verb, to.price(&rule.price)));
    }
    bounds(to, &mut aspects, (rule.from, None), &rule.limits);
    let winners = rule.winners.to_string();
    aspects.push(aspect(word!(to, "has winners:"), winners));
    if rule.alternates > 0 {
        let alternates = rule.alternates.to_string();
        aspects.push(aspect(word!(to, "has alternates:"), alternates));
    }
    aspects.push(aspect(word!(to, "gives"), gives(to, &rule.gives)));
    if let Some(claim) = rule.claim {
        aspects.push(aspect(word!(to, "is claimed within"), to.span(claim)));
    }
    titled(to, "draw", (&rule.id, &rule.title), aspects)
}

fn cause(to: Told<'_>, rule: &CauseRule) -> Part {
    let scale = 10_i64.pow(to.program.currency.exponent().into());
    let den = rule.worth.den().saturating_mul(scale);
    let whole = Ratio::new(rule.worth.num(), den).unwrap_or(rule.worth);
    let one = &to.program.points[usize::from(rule.points)];
    let points = to.named(&one.id, &one.other);
    let verb = say!(to, "gets for each of {points}", points);
    let mut aspects = vec![aspect(verb, rate(to, whole))];
    window(to, &mut aspects, rule.from, rule.until, None);
    if rule.least > 1 {
        let least = to.price(&[(rule.points, rule.least)]);
        aspects.push(aspect(word!(to, "takes at least"), least));
    }
    if let Some(most) = rule.matched {
        aspects.push(aspect(word!(to, "is matched up to"), to.money(most)));
    }
    titled(to, "cause", (&rule.id, &rule.title), aspects)
}
