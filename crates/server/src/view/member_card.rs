//! Cards of members.

use regulars_api::member_card::{MemberCardBatchOut, MemberCardOut, PlasticCardOut};
use regulars_app::pass::Card;
use regulars_app::{CardRow, MemberCardBatch, PlasticCard};
use std::fmt::Write as _;

/// What a member shows at a till; for which wallets there are passes.
pub fn member_card(card: Card, (apple, google): (bool, bool)) -> MemberCardOut {
    let [red, green, blue] = card.colour;
    MemberCardOut {
        number: card.number,
        name: card.name,
        title: card.program,
        colour: format!("#{red:02x}{green:02x}{blue:02x}"),
        apple,
        google,
    }
}

/// A batch of plastic cards.
pub fn card_batch(batch: MemberCardBatch) -> MemberCardBatchOut {
    MemberCardBatchOut {
        made_at: batch.made_at.to_string(),
        batch: batch.batch,
        prefix: batch.prefix,
        digits: batch.digits,
        blank: batch.blank,
        active: batch.active,
        ended: batch.ended,
    }
}

/// A plastic card.
pub fn plastic_card(card: PlasticCard) -> PlasticCardOut {
    let PlasticCard { row, holder } = card;
    PlasticCardOut {
        number: row.number,
        batch: (!row.batch.is_empty()).then_some(row.batch),
        state: row.state.name().to_owned(),
        member: holder.map(|member| member.to_string()),
        since: row.at.to_string(),
        next: row.next,
    }
}

/// The first line of what a printer gets.
pub const CARDS_HEAD: &str = "number,printed,state\n";

/// Cards as a printer gets them: the number, the number in groups of four, how it stands.
pub fn card_lines(cards: &[CardRow]) -> String {
    let mut file = String::new();
    for card in cards {
        let digits: Vec<char> = card.number.chars().collect();
        let groups: Vec<String> = digits.chunks(4).map(|own| own.iter().collect()).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            file,
            "{},{},{}",
            card.number,
            groups.join(" "),
            card.state.name()
        );
    }
    file
}
