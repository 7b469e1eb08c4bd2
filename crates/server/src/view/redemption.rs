//! Redemptions.

use regulars_api::Amount;
use regulars_api::receipt::PointsOut;
use regulars_api::redemption::{DoesOut, FulfilmentOut, RedemptionOut, RedemptionStatus};
use regulars_app::{FulfilmentView, RedemptionView};
use regulars_base::Money;
use regulars_engine::Program;
use regulars_engine::program::{Reward, RewardKind};

/// A redemption; `decimals` are those of points by their id.
pub(crate) fn redemption(
    view: RedemptionView,
    decimals: &dyn Fn(&str) -> Option<u8>,
) -> RedemptionOut {
    let cost = view.cost.into_iter().map(|(points, units)| PointsOut {
        amount: Amount::number(units, decimals(&points).unwrap_or(0)),
        points,
    });
    let rule = view.rule.map(|place| &view.program.rewards[place]);
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
        does: rule.map(|reward| does(&view.program, reward, view.quantity)),
        fulfilment: view.fulfilment.map(ToOwned::to_owned),
    }
}

/// What so many of a reward are and do.
fn does(program: &Program, reward: &Reward, quantity: i64) -> DoesOut {
    let money = |minor: i64| {
        let minor = minor.saturating_mul(quantity);
        let written = Money::new(minor, program.currency).to_string();
        let amount = written.split(' ').next().map(ToOwned::to_owned);
        (amount, Some(program.currency.to_string()))
    };
    let id = |place: &u16| program.rewards[usize::from(*place)].id.clone();
    let mut out = DoesOut {
        has_code: reward.codes,
        ..DoesOut::default()
    };
    let kind = match &reward.kind {
        RewardKind::MoneyOff(minor) => {
            (out.amount, out.currency) = money(*minor);
            "money off"
        }
        RewardKind::PercentOff(part, _) => {
            out.part = Some(format!("{}/{}", part.num(), part.den()));
            "percent off"
        }
        RewardKind::Product(minor) => {
            (out.amount, out.currency) = money(*minor);
            "free product"
        }
        RewardKind::FreeDelivery => "free delivery",
        RewardKind::Payment(pays) => {
            (out.amount, out.currency) = money(pays.minor);
            "points as payment"
        }
        RewardKind::Other => "other",
        RewardKind::GiftCard(minor) => {
            (out.amount, out.currency) = money(*minor);
            "gift card"
        }
        RewardKind::Cashback(minor) => {
            (out.amount, out.currency) = money(*minor);
            "cashback"
        }
        RewardKind::Access(opens) => {
            out.to = Some(opens.to.to_string());
            "access"
        }
        RewardKind::OfPartner => "partner reward",
        RewardKind::Donation(cause, minor) => {
            (out.amount, out.currency) = money(*minor);
            out.to = Some(program.games.causes[usize::from(*cause)].id.clone());
            "donation"
        }
        RewardKind::Tickets(draw, each) => {
            out.tickets = Some(each.saturating_mul(quantity));
            out.to = Some(program.games.draws[usize::from(*draw)].id.clone());
            "draw tickets"
        }
        RewardKind::Menu(menu) => {
            out.picks = menu.picks.iter().map(id).collect();
            "menu"
        }
    };
    out.kind = kind.to_owned();
    out
}

/// A redemption that is sent.
pub(crate) fn fulfilment(view: FulfilmentView) -> FulfilmentOut {
    let said = |text: String| (!text.is_empty()).then_some(text);
    FulfilmentOut {
        redemption: view.redemption,
        member: view.member.to_string(),
        reward: view.reward,
        quantity: view.quantity,
        state: view.state,
        since: view.since.to_string(),
        carrier: said(view.carrier),
        tracking: said(view.tracking),
        address: view.address,
    }
}
