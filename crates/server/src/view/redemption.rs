//! Redemptions.

use regulars_api::Amount;
use regulars_api::receipt::PointsOut;
use regulars_api::redemption::{RedemptionOut, RedemptionStatus};
use regulars_app::RedemptionView;

/// A redemption; `decimals` are those of points by their id.
pub(crate) fn redemption(
    view: RedemptionView,
    decimals: &dyn Fn(&str) -> Option<u8>,
) -> RedemptionOut {
    let cost = view.cost.into_iter().map(|(points, units)| PointsOut {
        amount: Amount::number(units, decimals(&points).unwrap_or(0)),
        points,
    });
    let status = match view.committed_at {
        Some(_) => RedemptionStatus::Committed,
        None => RedemptionStatus::Held,
    };
    RedemptionOut {
        id: view.id,
        reward: view.reward,
        quantity: view.quantity,
        status,
        cost: cost.collect(),
        by_voucher: view.by_voucher,
        held_until: view.held_until.map(|at| at.to_string()),
        committed_at: view.committed_at.map(|at| at.to_string()),
        order: view.order,
    }
}
