//! What happened to rewards, as sentences and in the few words of stories.

use super::language::{plural, say, word};
use super::{Reader, id_of, money};
use crate::outcome::PerkNote;
use crate::program::Program;
use crate::state::FulfilmentStage;
use regulars_base::{Name, Timestamp};

/// A note as a sentence.
pub(super) fn note(reader: Reader<'_>, note: &PerkNote) -> String {
    let title = |reward: Name| reader.title(reward);
    match note {
        PerkNote::CameBack { reward, by, left } => {
            say!(
                reader,
                "{by} of {reward} came back, {left} are kept",
                by,
                reward = title(*reward),
                left
            )
        }
        PerkNote::Restocked { reward, by, left } => {
            say!(
                reader,
                "{reward}: {by} in stock, {left} now",
                reward = title(*reward),
                by = format_args!("{by:+}"),
                left
            )
        }
        PerkNote::ByItself { reward } => say!(
            reader,
            "{reward} redeemed by itself",
            reward = title(*reward)
        ),
        PerkNote::VoucherBack { reward } => {
            say!(
                reader,
                "the voucher for {reward} is given back",
                reward = title(*reward)
            )
        }
        PerkNote::Wanted(true) => say!(reader, "rewards are redeemed by themselves from now on"),
        PerkNote::Wanted(false) => say!(reader, "rewards are redeemed by hand only from now on"),
        PerkNote::Fulfilment { reward, stage } => {
            say!(
                reader,
                "{reward}: {stage}",
                reward = title(*reward),
                stage = stage_word(reader, *stage)
            )
        }
        PerkNote::CodesAdded {
            reward,
            count,
            left,
        } => plural!(
            reader,
            *count,
            "{reward}: {count} code came in, {left} are left",
            "{reward}: {count} codes came in, {left} are left",
            reward = title(*reward),
            count,
            left,
        ),
        PerkNote::GotCodes { reward, count: 1 } => {
            say!(
                reader,
                "{reward} comes with a code",
                reward = title(*reward)
            )
        }
        PerkNote::GotCodes { reward, count } => plural!(
            reader,
            *count,
            "{reward} comes with {count} code",
            "{reward} comes with {count} codes",
            reward = title(*reward),
            count,
        ),
        PerkNote::MayPick { menu } => say!(reader, "may pick from {menu}", menu = title(*menu)),
        PerkNote::Picked {
            menu,
            pick,
            by_itself,
        } => match by_itself {
            false => say!(
                reader,
                "picked {pick} from {menu}",
                pick = title(*pick),
                menu = title(*menu)
            ),
            true => say!(
                reader,
                "nothing was picked from {menu}: {pick} is given",
                menu = title(*menu),
                pick = title(*pick)
            ),
        },
        PerkNote::Opened { reward, until } => match *until {
            Timestamp::LAST => say!(reader, "{reward} is open", reward = title(*reward)),
            until => say!(
                reader,
                "{reward} is open until {day}",
                reward = title(*reward),
                day = reader.day(until)
            ),
        },
        PerkNote::Closed { reward } => say!(
            reader,
            "{reward} is not open any more",
            reward = title(*reward)
        ),
        PerkNote::ToCredit { reward, minor } => {
            say!(
                reader,
                "{reward}: {amount} of store credit",
                reward = title(*reward),
                amount = reader.money(*minor)
            )
        }
        PerkNote::Reissued { reward, until } => match *until {
            Timestamp::LAST => say!(reader, "{reward} is given again", reward = title(*reward)),
            until => say!(
                reader,
                "{reward} is given again, until {day}",
                reward = title(*reward),
                day = reader.day(until)
            ),
        },
        PerkNote::Given { reward, until } => match *until {
            Timestamp::LAST => say!(reader, "{reward} is given to you", reward = title(*reward)),
            until => say!(
                reader,
                "{reward} is given to you, until {day}",
                reward = title(*reward),
                day = reader.day(until)
            ),
        },
        PerkNote::ReissueBack { reward } => {
            say!(
                reader,
                "{reward}, which was given again, is taken back",
                reward = title(*reward)
            )
        }
        PerkNote::CreditBack { reward, minor } => {
            say!(
                reader,
                "{reward}: {amount} of store credit go back with it",
                reward = title(*reward),
                amount = reader.money(*minor)
            )
        }
        PerkNote::ToCause {
            reward,
            minor,
            matched: 0,
        } => say!(
            reader,
            "{reward}: {amount} for the cause",
            reward = title(*reward),
            amount = reader.money(*minor)
        ),
        PerkNote::ToCause {
            reward,
            minor,
            matched,
        } => say!(
            reader,
            "{reward}: {amount} for the cause, and {matched} on top",
            reward = title(*reward),
            amount = reader.money(*minor),
            matched = reader.money(*matched)
        ),
        PerkNote::Attribute { attribute } => {
            say!(
                reader,
                "{attribute} is set",
                attribute = attribute_id(reader, *attribute)
            )
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
        PerkNote::Given { reward, .. } => format!("{}: given", id(*reward)),
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
        PerkNote::Attribute { attribute } => {
            format!("{}: set", attribute_id(program.into(), *attribute))
        }
    }
}

/// How far a reward that is sent has come, in one word.
pub(super) fn stage_word(reader: Reader<'_>, stage: FulfilmentStage) -> &'static str {
    match stage {
        FulfilmentStage::Ordered => word!(reader, "ordered"),
        FulfilmentStage::Dispatched => word!(reader, "dispatched"),
        FulfilmentStage::Delivered => word!(reader, "delivered"),
        FulfilmentStage::Failed => word!(reader, "failed"),
        FulfilmentStage::Returned => word!(reader, "returned"),
        FulfilmentStage::Cancelled => word!(reader, "cancelled"),
    }
}

/// What the program calls an attribute.
fn attribute_id(reader: Reader<'_>, name: Name) -> &str {
    let mut own = reader
        .program
        .attributes
        .iter()
        .filter(|own| own.name == name);
    own.next().map_or_else(
        || word!(reader, "an attribute of an earlier program"),
        |own| &own.id,
    )
}
