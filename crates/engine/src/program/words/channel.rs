//! Sales staff, partners' awards and sell-through, in words.

use super::language::say;
use super::{Reader, amount_of, id_of, money};
use crate::outcome::ChannelNote;
use crate::program::Program;

/// A note about them, as a sentence.
pub(super) fn note(reader: Reader<'_>, note: &ChannelNote) -> String {
    match note {
        ChannelNote::SoldBy(staff) => say!(reader, "sold by {staff}, who is told", staff),
        ChannelNote::StaffUnknown => {
            say!(
                reader,
                "nobody is known by what it names as staff: rules for staff give nothing"
            )
        }
        ChannelNote::StaffIsBuyer => {
            say!(
                reader,
                "who sold is who bought: rules for staff give nothing"
            )
        }
        ChannelNote::Sale { buyer } => say!(reader, "sold an order of {buyer}", buyer),
        ChannelNote::StaffNoMember => {
            say!(
                reader,
                "sold an order, but is no member: rules for staff give nothing"
            )
        }
        ChannelNote::SaleCameBack { buyer } => {
            say!(
                reader,
                "of an order sold to {buyer} something came back",
                buyer
            )
        }
        ChannelNote::Awarded {
            partner,
            points,
            amount,
            reason,
        } => say!(
            reader,
            "{partner} gives {amount}: {reason}",
            partner = reader.funder(Some(*partner)),
            amount = reader.of(*points, *amount),
            reason
        ),
        ChannelNote::AwardBack {
            partner,
            points,
            amount,
            reason,
        } => say!(
            reader,
            "{partner} takes back {amount}: {reason}",
            partner = reader.funder(Some(*partner)),
            amount = reader.of(*points, *amount),
            reason
        ),
        ChannelNote::SoldOn(sold) => {
            say!(reader, "sold on for {amount}", amount = reader.money(*sold))
        }
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
