//! More of a reward come in, or fewer are there than was thought.
//!
//! *Two more mugs are found behind the counter: the last member in the queue gets one after all. Who
//! said so, and why, stands in the log like everything else.*

use super::note;
use crate::draft::Draft;
use crate::event::{Restock, StockMove};
use crate::outcome::{Change, PerkNote, Refusal};
use crate::stage::grant::stock_key;

/// The stock of a reward changes. It concerns no member: nobody is enrolled for it.
pub(crate) fn restock(draft: &mut Draft<'_>, asked: &Restock) -> Result<(), Refusal> {
    let rewards = &draft.program.rewards;
    let reward = rewards.iter().find(|own| own.id == asked.reward.as_str());
    let reward = reward.ok_or(Refusal::UnknownReward)?;
    let stock = reward.stock.ok_or(Refusal::NoStockKept)?;
    let key = stock_key(reward);
    let left = stock.saturating_sub(draft.state.shared.used(key));
    let then = match asked.how {
        StockMove::Up(by) => left.saturating_add(by),
        StockMove::Down(by) => left.saturating_sub(by),
        StockMove::Set(to) => to,
    };
    if then < 0 {
        return Err(Refusal::StockTooLow { left });
    }
    let by = then - left;
    if by != 0 {
        draft.take(Change::Drawn { key, by: -by });
    }
    note(
        draft,
        PerkNote::Restocked {
            reward: reward.name,
            by,
            left: then,
        },
    );
    Ok(())
}
