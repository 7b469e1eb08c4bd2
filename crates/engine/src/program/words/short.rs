//! The few words that stories assert.

use super::{engagement, id_of, number, people, tier_id};
use crate::outcome::{Miss, Note};
use crate::program::Program;
use crate::state::FloorKind;
use regulars_base::{Name, Timestamp};

/// A note in a few words, with ids as the program file writes them:
///
/// | note | words |
/// |---|---|
/// | a rule gave | `spend: +12 beans` (after limits) |
/// | a rule or card did not count | `spend: excluded`, `not yet`, `ended`, `limit`, `too little`, `bettered`, `nothing to multiply`; cards as `card tenth: limit`, `too soon`, `too late` |
/// | the tier's factor | `tier gold: +3 beans` |
/// | points became free, lapsed | `released: 12 beans`, `expired: 12 beans` |
/// | a refund took back | `spend: -12 beans`; what was gone: `owed: 3 beans`, `borne: 3 beans` |
/// | a refund gave back | `given back: 450 beans` |
/// | the tier moved, was kept | `tier: friend -> regular`, `tier: regular kept` |
/// | a tier holds by hand, on trial, for ever; no more | `tier gold: by hand until 2025-07-01`, `tier gold: trial over`, `tier gold: lifetime until ever` |
/// | a challenge was met, a rise undone | `tier gold: challenge met`, `tier gold: undone` |
/// | the tier's gift; taken back; not | `tier gold: gift 50 beans`, `tier gold: mug taken back`, `tier gold: gift kept` |
/// | own figures moved below what holds | `own tier: friend -> regular` |
/// | stamps | `card tenth: +1 = 3`, `card tenth: full -> free-coffee`, `card tenth: expired` |
/// | a milestone, points of a card | `card tenth: 5 -> cookie`, `card tenth: 10 -> 100 beans` |
/// | money that makes no whole stamp | `card tens: 5.00 EUR kept` |
/// | stamps fell out of the window | `card tenth: lapsed 1 = 2` |
/// | a refund took a voucher back | `card tenth: free-coffee taken back` |
/// | a reward was paid | `free-coffee: paid 450 beans`, `free-coffee: paid by voucher` |
/// | a hold or a voucher was over | `free-coffee: hold over`, `free-coffee: voucher void` |
/// | by hand | `adjusted: +10 beans` |
/// | of another program | `taken over: 10 beans` |
/// | a debt was repaid | `repaid: 5 beans` |
/// | a code was used, came back | `coupon welcome: WELCOME10 used`, `coupon welcome: WELCOME10 back` |
/// | a coupon gave points | `coupon welcome: +50 beans` |
/// | a code changed hands | `coupon sorry: SORRY2A in hand`, `coupon sorry: SORRY2A handed on` |
/// | a merge | `merged out: 5 beans`, `merged in: 5 beans` |
/// | whose points were spent | `of bakery: 20 points`, `of operator: 5 points` |
/// | a partner's balance ran out | `partner bakery: balance used up`; a rule that it stopped: `spend: not covered` |
/// | booked with a partner by hand | `partner bakery: booked`, `period closed` |
/// | kept for later | `kept`, `refund kept` |
/// | a member joined | `enrolled` |
/// | an activity counted for nothing | `check-in: too soon`, `review: done already`, `too late` |
/// | an activity was moderated | `review: waits`, `review: approved`, `review: rejected`, `review: lapsed` |
/// | a consent | `newsletter: given`, `newsletter: withdrawn` |
/// | a field of the profile | `profile phone: filled` |
/// | days that come by themselves | `birthday set`, `birthday`, `anniversary 3` |
/// | a referral, on the friend's side | `referral: came`, `counts`, `review: ring`, `refused: known customer` |
/// | a referral, on the referrer's side | `friend: clicked`, `joined`, `review: ring`, `bought 1`, `returned 1`, `held`, `limit` |
/// | what a referral gave, took back | `referral 1: +100 beans`, `referral 1: cookie`, `referral: -100 beans`, `referral: cookie taken back`, `referral: not given` |
/// | points sent, taken, not taken | `sent: 20 beans`, `fee: 1 bean`, `received: 20 beans`, `not taken: 20 beans`, `came back: 20 beans` |
/// | a challenge was counted | `challenge tea: 1. +2 = 3` (its first step), `challenge weeks: 3 in a row`, `challenge tea: joined` |
/// | a challenge was met, undone | `challenge tea: met`, `challenge tea: undone` |
/// | it, a level, a prize, a place gave | `tea -> 50 beans`, `tea -> cookie`; a refund took it back: `tea: cookie taken back` |
/// | a badge, a level | `badge night-owl`, `level oak` |
/// | plays were earned, bought | `game wheel: +1 = 2`, `wheel: paid 20 beans` |
/// | a game was played | `game wheel: coffee`, `game wheel: nothing`, `game wheel: ten instead of coffee` |
/// | tickets | `draw summer: +3 = 7` |
/// | points for a cause | `cause meals: 200 hearts = 10 + 10` (what they are worth, what is added) |
/// | a place was won | `week: place 1` |
/// | store credit | `credit: +30.00 EUR` (`by hand`, `refund`, `cashback`), `credit: paid 18.00 EUR`, `credit: back 9.00 EUR` |
/// | a gift card | `card: issued 50.00 EUR`, `held`, `spent`, `short`, `refunded`, `blocked`; on the member's side `gift card: paid 5.00 EUR`, `gift card: back 5.00 EUR` |
///
/// Nothing for a rule or a card whose condition does not hold, or that is for another partner: it was
/// not about this event. Nor where a card keeps no money.
pub fn short(program: &Program, note: &Note) -> Option<String> {
    let of = |points: &Name, n: &i64| of(program, *points, *n);
    Some(match note {
        Note::Missed {
            why: Miss::Condition,
            ..
        }
        | Note::Missed {
            why: Miss::NotHere, ..
        }
        | Note::NotStamped {
            why: Miss::Condition,
            ..
        }
        | Note::CardKeeps { left: 0, .. } => return None,
        Note::Gave {
            rule,
            points,
            given,
            ..
        } => format!("{}: +{}", rule_id(program, *rule), of(points, given)),
        Note::Missed { rule, why } => format!("{}: {}", rule_id(program, *rule), missed(*why)),
        Note::TierGave {
            tier,
            points,
            given,
        } => format!("tier {}: +{}", id_of(program, *tier), of(points, given)),
        Note::Released { points, amount } => format!("released: {}", of(points, amount)),
        Note::Expired { points, amount, .. } => format!("expired: {}", of(points, amount)),
        Note::TookBack {
            rule,
            points,
            amount,
        } => format!("{}: -{}", id_of(program, *rule), of(points, amount)),
        Note::TookBackShort {
            points,
            amount,
            owed,
        } => {
            let who = if *owed { "owed" } else { "borne" };
            format!("{who}: {}", of(points, amount))
        }
        Note::GaveBack { points, amount } => format!("given back: {}", of(points, amount)),
        Note::TierMoved { from, to, .. } if from == to => {
            format!("tier: {} kept", tier_id(program, *to))
        }
        Note::TierMoved { from, to, .. } => {
            format!(
                "tier: {} -> {}",
                tier_id(program, *from),
                tier_id(program, *to)
            )
        }
        Note::TierRemoved { .. } => "tier: no more".to_owned(),
        Note::Redated { points, amount, .. } => format!("new dates: {}", of(points, amount)),
        Note::Stamped { card, by, stamps } => {
            format!("card {}: {by:+} = {stamps}", card_id(program, *card))
        }
        Note::CardKeeps { card, left, .. } => {
            let left = super::money(program, *left);
            format!("card {}: {left} kept", card_id(program, *card))
        }
        Note::NotStamped { card, why } => {
            format!("card {}: {}", card_id(program, *card), missed(*why))
        }
        Note::CardFull { card, reward } => {
            format!(
                "card {}: full -> {}",
                id_of(program, *card),
                id_of(program, *reward)
            )
        }
        Note::Milestone {
            card,
            stamps,
            reward,
        } => format!(
            "card {}: {stamps} -> {}",
            id_of(program, *card),
            id_of(program, *reward)
        ),
        Note::CardGave {
            card,
            stamps,
            points,
            amount,
        } => format!(
            "card {}: {stamps} -> {}",
            id_of(program, *card),
            of(points, amount)
        ),
        Note::StampsLapsed { card, by, stamps } => {
            format!("card {}: lapsed {by} = {stamps}", id_of(program, *card))
        }
        Note::VoucherTakenBack { card, reward } => format!(
            "card {}: {} taken back",
            id_of(program, *card),
            id_of(program, *reward)
        ),
        Note::CardExpired { card, .. } => format!("card {}: expired", id_of(program, *card)),
        Note::Paid {
            reward,
            points,
            amount,
        } => format!("{}: paid {}", id_of(program, *reward), of(points, amount)),
        Note::PaidByVoucher { reward } => format!("{}: paid by voucher", id_of(program, *reward)),
        Note::FloorLaid { tier, kind, until } => format!(
            "tier {}: {} until {}",
            id_of(program, *tier),
            floor(*kind),
            until_day(program, *until)
        ),
        Note::FloorGone { tier, kind } => {
            format!("tier {}: {} over", id_of(program, *tier), floor(*kind))
        }
        Note::ChallengeMet { tier } => format!("tier {}: challenge met", id_of(program, *tier)),
        Note::RiseUndone { tier } => format!("tier {}: undone", id_of(program, *tier)),
        Note::TierGavePoints {
            tier,
            points,
            amount,
        } => format!(
            "tier {}: gift {}",
            id_of(program, *tier),
            of(points, amount)
        ),
        Note::TierGaveReward { tier, reward } => format!(
            "tier {}: gift {}",
            id_of(program, *tier),
            id_of(program, *reward)
        ),
        Note::TierRewardTakenBack { tier, reward } => format!(
            "tier {}: {} taken back",
            id_of(program, *tier),
            id_of(program, *reward)
        ),
        Note::TierGiftKept { tier } => format!("tier {}: gift kept", id_of(program, *tier)),
        Note::OwnTierMoved { from, to, .. } => format!(
            "own tier: {} -> {}",
            tier_id(program, *from),
            tier_id(program, *to)
        ),
        Note::CodeUsed { coupon, code } => {
            format!("coupon {}: {code} used", id_of(program, *coupon))
        }
        Note::CodeReturned { coupon, code } => {
            format!("coupon {}: {code} back", id_of(program, *coupon))
        }
        Note::CouponGave {
            coupon,
            points,
            amount,
        } => format!(
            "coupon {}: +{}",
            id_of(program, *coupon),
            of(points, amount)
        ),
        Note::CodeAssigned { coupon, code } => {
            format!("coupon {}: {code} in hand", id_of(program, *coupon))
        }
        Note::CodeHandedOn { coupon, code } => {
            format!("coupon {}: {code} handed on", id_of(program, *coupon))
        }
        Note::SpentOf {
            funder,
            points,
            amount,
        } => {
            let whose = funder.map_or("operator", |funder| id_of(program, funder));
            format!("of {whose}: {}", of(points, amount))
        }
        Note::BalanceUsedUp { partner, .. } => {
            format!("partner {}: balance used up", id_of(program, *partner))
        }
        Note::PartnerPosted { partner } => {
            format!("partner {}: booked", id_of(program, *partner))
        }
        Note::PeriodClosed => "period closed".to_owned(),
        Note::Kept => "kept".to_owned(),
        Note::RefundKept => "refund kept".to_owned(),
        Note::Adjusted { points, amount } => {
            let sign = if *amount < 0 { "" } else { "+" };
            format!("adjusted: {sign}{}", of(points, amount))
        }
        Note::Enrolled => "enrolled".to_owned(),
        Note::PutOnHold => "on hold".to_owned(),
        Note::LetGo => "let go".to_owned(),
        Note::TakenOver { points, amount } => format!("taken over: {}", of(points, amount)),
        Note::Repaid { points, amount } => format!("repaid: {}", of(points, amount)),
        Note::HoldExpired { reward } => format!("{}: hold over", id_of(program, *reward)),
        Note::VoucherExpired { reward } => format!("{}: voucher void", id_of(program, *reward)),
        Note::MergedOut { points, amount } => format!("merged out: {}", of(points, amount)),
        Note::MergedIn { points, amount } => format!("merged in: {}", of(points, amount)),
        Note::Games(note) => super::games::short(program, note),
        Note::Channel(note) => super::channel::short(program, note),
        Note::Perk(note) => super::perk::short(program, note),
        Note::Money(note) => super::money::short(program, note),
        other => {
            return super::plan::short(program, other)
                .or_else(|| engagement::short(program, other))
                .or_else(|| people::short(program, other))
                .or_else(|| super::group::short(program, other));
        }
    })
}

/// `12 beans`: always the id of the points, so that a story reads the same for one and for many.
pub(super) fn of(program: &Program, name: Name, n: i64) -> String {
    match program.terms_named(name) {
        Some(points) => format!("{} {}", number(points.decimals, n), points.id),
        None => n.to_string(),
    }
}

fn rule_id(program: &Program, at: u16) -> &str {
    let rule = program.rules.get(usize::from(at));
    rule.map_or("(of an earlier program)", |rule| &rule.id)
}

fn card_id(program: &Program, at: u16) -> &str {
    let card = program.cards.get(usize::from(at));
    card.map_or("(of an earlier program)", |card| &card.id)
}

const fn floor(kind: FloorKind) -> &'static str {
    match kind {
        FloorKind::ByHand => "by hand",
        FloorKind::Trial => "trial",
        FloorKind::Lifetime | FloorKind::LifetimeHeld => "lifetime",
    }
}

fn until_day(program: &Program, until: Timestamp) -> String {
    match until {
        Timestamp::LAST => "ever".to_owned(),
        until => program.zone.day(until).to_string(),
    }
}

const fn missed(why: Miss) -> &'static str {
    match why {
        Miss::Condition => "condition",
        Miss::Excluded => "excluded",
        Miss::NotYet => "not yet",
        Miss::Ended => "ended",
        Miss::Limit(_) => "limit",
        Miss::TooLittle => "too little",
        Miss::Bettered => "bettered",
        Miss::NothingToMultiply => "nothing to multiply",
        Miss::TooSoon(_) => "too soon",
        Miss::TooLate => "too late",
        Miss::NotHere => "not here",
        Miss::NotCovered => "not covered",
    }
}
