//! What happened to rewards, as sentences and in the few words of stories.

use super::{id_of, money, title};
use crate::outcome::PerkNote;
use crate::program::Program;
use regulars_base::{Name, Timestamp};

/// A note as a sentence.
pub(super) fn note(program: &Program, note: &PerkNote) -> String {
    let title = |reward: Name| title(program, reward);
    match note {
        PerkNote::CameBack { reward, by, left } => {
            format!("{by} of {} came back, {left} are kept", title(*reward))
        }
        PerkNote::Restocked { reward, by, left } => {
            format!("{}: {by:+} in stock, {left} now", title(*reward))
        }
        PerkNote::ByItself { reward } => format!("{} redeemed by itself", title(*reward)),
        PerkNote::VoucherBack { reward } => {
            format!("the voucher for {} is given back", title(*reward))
        }
        PerkNote::Wanted(true) => "rewards are redeemed by themselves from now on".to_owned(),
        PerkNote::Wanted(false) => "rewards are redeemed by hand only from now on".to_owned(),
        PerkNote::Fulfilment { reward, stage } => {
            format!("{}: {}", title(*reward), stage.word())
        }
        PerkNote::CodesAdded {
            reward,
            count,
            left,
        } => format!("{}: {count} codes came in, {left} are left", title(*reward)),
        PerkNote::GotCodes { reward, count } => match count {
            1 => format!("{} comes with a code", title(*reward)),
            count => format!("{} comes with {count} codes", title(*reward)),
        },
        PerkNote::MayPick { menu } => format!("may pick from {}", title(*menu)),
        PerkNote::Picked {
            menu,
            pick,
            by_itself,
        } => match by_itself {
            false => format!("picked {} from {}", title(*pick), title(*menu)),
            true => format!(
                "nothing was picked from {}: {} is given",
                title(*menu),
                title(*pick)
            ),
        },
        PerkNote::Opened { reward, until } => match *until {
            Timestamp::LAST => format!("{} is open", title(*reward)),
            until => format!(
                "{} is open until {}",
                title(*reward),
                program.zone.day(until)
            ),
        },
        PerkNote::Closed { reward } => format!("{} is not open any more", title(*reward)),
        PerkNote::ToCredit { reward, minor } => {
            format!(
                "{}: {} of store credit",
                title(*reward),
                money(program, *minor)
            )
        }
        PerkNote::Reissued { reward, until } => match *until {
            Timestamp::LAST => format!("{} is given again", title(*reward)),
            until => format!(
                "{} is given again, until {}",
                title(*reward),
                program.zone.day(until)
            ),
        },
        PerkNote::ReissueBack { reward } => {
            format!("{}, which was given again, is taken back", title(*reward))
        }
        PerkNote::CreditBack { reward, minor } => {
            format!(
                "{}: {} of store credit go back with it",
                title(*reward),
                money(program, *minor)
            )
        }
        PerkNote::ToCause {
            reward,
            minor,
            matched: 0,
        } => format!(
            "{}: {} for the cause",
            title(*reward),
            money(program, *minor)
        ),
        PerkNote::ToCause {
            reward,
            minor,
            matched,
        } => format!(
            "{}: {} for the cause, and {} on top",
            title(*reward),
            money(program, *minor),
            money(program, *matched)
        ),
        PerkNote::Attribute { attribute } => {
            format!("{} is set", attribute_id(program, *attribute))
        }
    }
}

/// A note in a few words.
pub(super) fn short(program: &Program, note: &PerkNote) -> String {
    let id = |reward: Name| id_of(program, reward);
    match note {
        PerkNote::CameBack { reward, by, left } => {
            format!("{}: {by} back, {left} left", id(*reward))
        }
        PerkNote::Restocked { reward, by, left } => {
            format!("{}: stock {by:+}, {left} now", id(*reward))
        }
        PerkNote::ByItself { reward } => format!("{}: by itself", id(*reward)),
        PerkNote::VoucherBack { reward } => format!("{}: voucher back", id(*reward)),
        PerkNote::Wanted(true) => "rewards by themselves: on".to_owned(),
        PerkNote::Wanted(false) => "rewards by themselves: off".to_owned(),
        PerkNote::Fulfilment { reward, stage } => format!("{}: {}", id(*reward), stage.word()),
        PerkNote::CodesAdded {
            reward,
            count,
            left,
        } => format!("{}: {count} codes in, {left} left", id(*reward)),
        PerkNote::GotCodes { reward, count } => format!("{}: {count} codes", id(*reward)),
        PerkNote::MayPick { menu } => format!("{}: may pick", id(*menu)),
        PerkNote::Picked {
            menu,
            pick,
            by_itself,
        } => {
            let how = if *by_itself { "unpicked" } else { "picked" };
            format!("{} -> {} {how}", id(*menu), id(*pick))
        }
        PerkNote::Opened { reward, until } => match *until {
            Timestamp::LAST => format!("{}: open", id(*reward)),
            until => format!("{}: open until {}", id(*reward), program.zone.day(until)),
        },
        PerkNote::Closed { reward } => format!("{}: closed", id(*reward)),
        PerkNote::ToCredit { reward, minor } => {
            format!("{}: {} to credit", id(*reward), money(program, *minor))
        }
        PerkNote::Reissued { reward, .. } => format!("{}: given again", id(*reward)),
        PerkNote::ReissueBack { reward } => format!("{}: reissue taken back", id(*reward)),
        PerkNote::CreditBack { reward, minor } => {
            format!("{}: {} off credit", id(*reward), money(program, *minor))
        }
        PerkNote::ToCause {
            reward,
            minor,
            matched,
        } => format!(
            "{}: {} to cause, +{}",
            id(*reward),
            money(program, *minor),
            money(program, *matched)
        ),
        PerkNote::Attribute { attribute } => format!("{}: set", attribute_id(program, *attribute)),
    }
}

/// What the program calls an attribute.
fn attribute_id(program: &Program, name: Name) -> &str {
    let mut own = program.attributes.iter().filter(|own| own.name == name);
    own.next()
        .map_or("an attribute of an earlier program", |own| &own.id)
}
