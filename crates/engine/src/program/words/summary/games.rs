//! Challenges, badges, levels, leaderboards, games, draws and causes in words.

use super::gives::gives;
use super::{Aspect, Part, aspect, bounds, moment, of_money, price, span, trigger};
use crate::program::{
    BadgeRule, BoardRule, CauseRule, ChallengeRule, Counts, DrawRule, EffortOfLeaver, GameRule,
    LevelRule, Prize, Program, StampFor, Tally, TeamRefund, TeamRule, Towards,
};
use regulars_base::Timestamp;

/// All parts of games.
pub(super) fn parts(program: &Program) -> Vec<Part> {
    let games = &program.games;
    let mut parts: Vec<Part> = Vec::new();
    let challenges = (0_u16..).zip(&games.challenges);
    parts.extend(challenges.map(|(place, own)| challenge(program, own, place)));
    let badges = (0_u16..).zip(&games.badges);
    parts.extend(badges.map(|(place, own)| badge(program, own, place)));
    parts.extend(games.levels.iter().map(|own| level(program, own)));
    parts.extend(games.boards.iter().map(|own| board(program, own)));
    let of_chance = (0_u16..).zip(&games.games);
    parts.extend(of_chance.map(|(place, own)| game(program, own, place)));
    let draws = (0_u16..).zip(&games.draws);
    parts.extend(draws.map(|(place, own)| draw(program, own, place)));
    parts.extend(games.causes.iter().map(|own| cause(program, own)));
    parts
}

fn part(kind: &'static str, id: &str, aspects: Vec<Aspect>) -> Part {
    Part {
        kind,
        id: id.to_owned(),
        aspects,
    }
}

/// What a tally counts: `purchases with `line.category == "tea"`, each item`.
fn counted(program: &Program, tally: &Tally) -> String {
    let mut said = trigger(program, tally.on);
    if let Some(when) = &tally.when {
        said = format!("{said} with `{}`", when.text);
    }
    match tally.each {
        StampFor::Event => said,
        StampFor::Item => format!("{said}, each item"),
        StampFor::Amount(minor) => format!("{said}, each {}", of_money(program, minor)),
    }
}

fn earned(program: &Program, towards: Towards, aspects: &mut Vec<Aspect>) {
    let own = program.games.tallies.iter();
    let own = own.filter(|tally| tally.towards == towards);
    let ways: Vec<String> = own.map(|tally| counted(program, tally)).collect();
    if !ways.is_empty() {
        aspects.push(aspect("is earned by", ways.join("; ")));
    }
}

fn window(
    program: &Program,
    aspects: &mut Vec<Aspect>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    tier: Option<u16>,
) {
    bounds(program, aspects, (from, until), &[]);
    if let Some(lowest) = tier.and_then(|place| program.tiers.get(usize::from(place))) {
        aspects.push(aspect("is from tier", format!("`{}` on", lowest.id)));
    }
}

fn badge_given(program: &Program, aspects: &mut Vec<Aspect>, badge: Option<u16>) {
    if let Some(badge) = badge.and_then(|place| program.games.badges.get(usize::from(place))) {
        aspects.push(aspect("gives badge", format!("`{}`", badge.id)));
    }
}

fn team_of(team: &TeamRule, aspects: &mut Vec<Aspect>) {
    aspects.push(aspect(
        "is done together by teams",
        format!("`{}`", team.of),
    ));
    let who = match team.least {
        1 => "each who took part".to_owned(),
        least => format!("each who did {least} of it at least"),
    };
    let late = match team.late {
        true => format!("{who}, also after it was reached"),
        false => format!("{who} before it was reached"),
    };
    aspects.push(aspect("gives to", late));
    let leaver = match team.on_leaving {
        EffortOfLeaver::Stays => "counts on",
        EffortOfLeaver::Leaves => "counts no more",
    };
    aspects.push(aspect("what somebody did who leaves", leaver));
    let refund = match team.on_refund {
        TeamRefund::TakesBack => "takes back what too little is left for",
        TeamRefund::Keeps => "leaves it reached",
    };
    aspects.push(aspect("a refund after it was reached", refund));
}

fn challenge(program: &Program, rule: &ChallengeRule, place: u16) -> Part {
    let mut aspects = vec![aspect("is called", &rule.title)];
    for tally in &program.games.tallies {
        match tally.towards {
            Towards::Step { challenge, step } if challenge == place => {
                let step = &rule.steps[usize::from(step)];
                let what = match step.need {
                    1 => counted(program, tally),
                    need => format!("{need} times {}", counted(program, tally)),
                };
                aspects.push(aspect(format!("{} asks for", step.title), what));
            }
            Towards::Freezes(challenge) if challenge == place => {
                aspects.push(aspect("gets a freeze by", trigger(program, tally.on)));
            }
            _ => {}
        }
    }
    if rule.in_order {
        aspects.push(aspect("takes its steps in order", ""));
    }
    if let Some(team) = &rule.team {
        team_of(team, &mut aspects);
    }
    if let Some(streak) = rule.streak {
        let period = crate::program::words::period(streak.every);
        let what = format!("{} times, each {period}", streak.times);
        aspects.push(aspect("is to be done in a row", what));
        if streak.freezes > 0 {
            aspects.push(aspect("forgives in each run", streak.freezes.to_string()));
        }
        if let Some(each) = streak.freeze_each {
            aspects.push(aspect(
                "forgives one more for each",
                format!("{each} in a row"),
            ));
        }
    }
    if let Some(every) = rule.every {
        let period = crate::program::words::period(every);
        aspects.push(aspect("begins anew each", period));
    }
    if rule.repeat {
        aspects.push(aspect("may be met again", ""));
    }
    if rule.opt_in {
        aspects.push(aspect("is for those who join", ""));
    }
    window(program, &mut aspects, rule.from, rule.until, rule.tier);
    if let Some(own) = &rule.gives {
        aspects.push(aspect("gives", gives(program, own)));
    }
    badge_given(program, &mut aspects, rule.badge);
    if let Some(own) = rule.voucher_expires {
        aspects.push(aspect("its voucher is void after", span(own)));
    }
    part("challenge", &rule.id, aspects)
}

fn badge(program: &Program, rule: &BadgeRule, place: u16) -> Part {
    let mut aspects = vec![aspect("is called", &rule.title)];
    let towards = Towards::Badge(place);
    earned(program, towards, &mut aspects);
    let mut tallies = program.games.tallies.iter();
    if let Some(own) = tallies.find(|tally| tally.towards == towards) {
        window(program, &mut aspects, own.from, own.until, own.tier);
    }
    part("badge", &rule.id, aspects)
}

fn level(program: &Program, rule: &LevelRule) -> Part {
    let mut aspects = vec![
        aspect("is called", &rule.title),
        aspect("is reached with", price(program, &[(rule.points, rule.at)])),
    ];
    if let Some(own) = &rule.gives {
        aspects.push(aspect("gives", gives(program, own)));
    }
    badge_given(program, &mut aspects, rule.badge);
    part("level", &rule.id, aspects)
}

fn board(program: &Program, rule: &BoardRule) -> Part {
    let counts = match rule.counts {
        Counts::Points(place) => format!("`{}`", program.points[usize::from(place)].id),
        Counts::Orders => "orders".into(),
        Counts::Stamps => "stamps".into(),
        Counts::Challenges => "challenges".into(),
    };
    let mut aspects = vec![aspect("is called", &rule.title), aspect("counts", counts)];
    if let Some(every) = rule.every {
        let period = crate::program::words::period(every);
        aspects.push(aspect("begins anew each", period));
        aspects.push(aspect("is closed after", span(rule.closes_after)));
    }
    for prize in &rule.prizes {
        let places = match prize.from == prize.to {
            true => format!("gives for place {}", prize.from),
            false => format!("gives for places {} to {}", prize.from, prize.to),
        };
        aspects.push(aspect(places, gives(program, &prize.gives)));
    }
    part("leaderboard", &rule.id, aspects)
}

fn game(program: &Program, rule: &GameRule, place: u16) -> Part {
    let mut aspects = vec![aspect("is called", &rule.title)];
    earned(program, Towards::Plays(place), &mut aspects);
    if !rule.price.is_empty() {
        aspects.push(aspect("takes", price(program, &rule.price)));
    }
    window(program, &mut aspects, rule.from, rule.until, rule.tier);
    bounds(program, &mut aspects, (None, None), &rule.limits);
    for own in &rule.prizes {
        aspects.push(aspect(
            format!("has prize `{}`", own.id),
            prize(program, rule, own),
        ));
    }
    part("game", &rule.id, aspects)
}

fn prize(program: &Program, rule: &GameRule, prize: &Prize) -> String {
    let given = prize.gives.as_ref();
    let mut said = format!(
        "at {} in {}: {}",
        prize.odds.num(),
        prize.odds.den(),
        given.map_or_else(|| prize.title.clone(), |own| gives(program, own))
    );
    if let Some(stock) = prize.stock {
        said += &format!(", {stock} of them");
    }
    let instead = prize
        .instead
        .and_then(|at| rule.prizes.get(usize::from(at)));
    if let Some(instead) = instead {
        said += &format!(", then `{}`", instead.id);
    }
    if let Some(own) = prize.voucher_expires {
        said += &format!(", void after {}", span(own));
    }
    said
}

fn draw(program: &Program, rule: &DrawRule, place: u16) -> Part {
    let mut aspects = vec![
        aspect("is called", &rule.title),
        aspect("closes before", moment(program, rule.closes)),
    ];
    earned(program, Towards::Tickets(place), &mut aspects);
    if !rule.price.is_empty() {
        aspects.push(aspect("takes for a ticket", price(program, &rule.price)));
    }
    bounds(program, &mut aspects, (rule.from, None), &rule.limits);
    aspects.push(aspect("has winners:", rule.winners.to_string()));
    if rule.alternates > 0 {
        aspects.push(aspect("has alternates:", rule.alternates.to_string()));
    }
    aspects.push(aspect("gives", gives(program, &rule.gives)));
    if let Some(claim) = rule.claim {
        aspects.push(aspect("is claimed within", span(claim)));
    }
    part("draw", &rule.id, aspects)
}

fn cause(program: &Program, rule: &CauseRule) -> Part {
    let code = program.currency.code();
    let scale = 10_i64.pow(program.currency.exponent().into());
    let den = rule.worth.den().saturating_mul(scale);
    let whole = regulars_base::Ratio::new(rule.worth.num(), den).unwrap_or(rule.worth);
    let one = &program.points[usize::from(rule.points)];
    let mut aspects = vec![
        aspect("is called", &rule.title),
        aspect(
            format!("gets for each of `{}`", one.id),
            format!("{} {code}", super::ratio(whole)),
        ),
    ];
    window(program, &mut aspects, rule.from, rule.until, None);
    if rule.least > 1 {
        let least = price(program, &[(rule.points, rule.least)]);
        aspects.push(aspect("takes at least", least));
    }
    if let Some(most) = rule.matched {
        aspects.push(aspect("is matched up to", of_money(program, most)));
    }
    part("cause", &rule.id, aspects)
}
