//! Sales staff, partners' awards and sell-through, in words.

use super::{amount_of, funder_title, id_of, money};
use crate::outcome::ChannelNote;
use crate::program::Program;

/// A note about them, as a sentence.
pub(super) fn note(program: &Program, note: &ChannelNote) -> String {
    match note {
        ChannelNote::SoldBy(staff) => format!("sold by {staff}, who is told"),
        ChannelNote::StaffUnknown => {
            "nobody is known by what it names as staff: rules for staff give nothing".to_owned()
        }
        ChannelNote::StaffIsBuyer => {
            "who sold is who bought: rules for staff give nothing".to_owned()
        }
        ChannelNote::Sale { buyer } => format!("sold an order of {buyer}"),
        ChannelNote::StaffNoMember => {
            "sold an order, but is no member: rules for staff give nothing".to_owned()
        }
        ChannelNote::SaleCameBack { buyer } => {
            format!("of an order sold to {buyer} something came back")
        }
        ChannelNote::Awarded {
            partner,
            points,
            amount,
            reason,
        } => format!(
            "{} gives {}: {reason}",
            funder_title(program, Some(*partner)),
            amount_of(program, *points, *amount)
        ),
        ChannelNote::AwardBack {
            partner,
            points,
            amount,
            reason,
        } => format!(
            "{} takes back {}: {reason}",
            funder_title(program, Some(*partner)),
            amount_of(program, *points, *amount)
        ),
        ChannelNote::SoldOn(sold) => format!("sold on for {}", money(program, *sold)),
    }
}

/// The same in a few words, as stories assert it.
pub(super) fn short(program: &Program, note: &ChannelNote) -> String {
    let of = |points, n| amount_of(program, points, n);
    match note {
        ChannelNote::SoldBy(_) => "staff: told".to_owned(),
        ChannelNote::StaffUnknown => "staff: unknown".to_owned(),
        ChannelNote::StaffIsBuyer => "staff: own purchase".to_owned(),
        ChannelNote::Sale { .. } => "staff: sold".to_owned(),
        ChannelNote::StaffNoMember => "staff: no member".to_owned(),
        ChannelNote::SaleCameBack { .. } => "staff: came back".to_owned(),
        ChannelNote::Awarded {
            partner,
            points,
            amount,
            ..
        } => format!(
            "{}: award of {}",
            id_of(program, *partner),
            of(*points, *amount)
        ),
        ChannelNote::AwardBack {
            partner,
            points,
            amount,
            ..
        } => format!(
            "{}: award of {} taken back",
            id_of(program, *partner),
            of(*points, *amount)
        ),
        ChannelNote::SoldOn(sold) => format!("sold on: {}", money(program, *sold)),
    }
}
