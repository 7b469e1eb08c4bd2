//! What happens to rewards, as it is stored.

use super::{moment, name, text, voucher};
use regulars_engine::event::{
    Attributes, CodesAdded, Fulfil, FulfilMove, PerkEvent, PerksMoved, Pick, Reissue, ReissueBack,
    ReissueOf, Restock, ReturnPart, RewardGift, RewardReturn, StockMove,
};
use regulars_engine::outcome::PerkNote;
use regulars_engine::state::{
    Access, Fulfilment, FulfilmentStage, MadeVoucher, PerkChange, Picked, Reissued, ReissuedFor,
    RewardCredit, SupplierCodes,
};

fn access() -> Access {
    Access {
        redemption: text("m-1"),
        reward: name(),
        to: text("lounge"),
        from: moment(1),
        until: moment(20),
    }
}

fn picked() -> Picked {
    Picked {
        from: voucher(),
        to: voucher(),
    }
}

pub(super) fn events() -> Vec<PerkEvent> {
    vec![
        PerkEvent::Return(RewardReturn {
            redemption: text("m-1"),
            part: ReturnPart::Points {
                points: text("beans"),
                amount: 25,
            },
            reason: text("chipped"),
        }),
        PerkEvent::Restock(Restock {
            reward: text("mug"),
            how: StockMove::Set(3),
            reason: text("counted"),
            by: text("eve"),
        }),
        PerkEvent::Automatic(false),
        PerkEvent::Fulfil(Fulfil {
            redemption: text("m-1"),
            to: FulfilMove::Dispatched {
                carrier: text("post"),
                tracking: text("4711"),
            },
        }),
        PerkEvent::CodesAdded(CodesAdded {
            reward: text("cinema"),
            count: 500,
        }),
        PerkEvent::Pick(Pick {
            menu: text("gold-menu"),
            pick: text("mug"),
        }),
        PerkEvent::Attributes(Attributes {
            values: vec![(text("group"), text("trade"))],
            by: text("eve"),
        }),
        PerkEvent::Moved(Box::new(PerksMoved {
            attributes: vec![(name(), text("trade"))],
            access: vec![access()],
            picked: vec![picked()],
        })),
        PerkEvent::Reissue(Box::new(Reissue {
            of: ReissueOf::Used(text("m-1")),
            reason: text("lost"),
            by: text("eve"),
        })),
        PerkEvent::ReissueBack(Box::new(ReissueBack {
            reissue: text("r-1"),
            reason: text("found"),
            by: text("eve"),
        })),
        PerkEvent::Gift(Box::new(RewardGift {
            reward: text("mug"),
            days: Some(14),
            reason: text("an offer"),
            by: text("eve"),
        })),
    ]
}

pub(super) fn changes() -> Vec<PerkChange> {
    let made = MadeVoucher {
        redemption: text("m-1"),
        voucher: voucher(),
    };
    vec![
        PerkChange::CameBack {
            redemption: text("m-1"),
            by: 2,
        },
        PerkChange::ByHandOnly(true),
        PerkChange::Made(made.clone()),
        PerkChange::Unmade(made),
        PerkChange::Fulfilment(Fulfilment {
            redemption: text("m-1"),
            reward: name(),
            quantity: 2,
            stage: FulfilmentStage::Dispatched,
            since: moment(3),
            carrier: text("post"),
            tracking: text("4711"),
        }),
        PerkChange::Numbered(SupplierCodes {
            redemption: text("m-1"),
            reward: name(),
            first: 17,
            count: 2,
        }),
        PerkChange::Picked(picked()),
        PerkChange::Unpicked(picked()),
        PerkChange::Opened(access()),
        PerkChange::Closed(access()),
        PerkChange::AttributeSet {
            attribute: name(),
            value: text("trade"),
        },
        PerkChange::Credited(RewardCredit {
            redemption: text("m-1"),
            money: name(),
            minor: 500,
        }),
        PerkChange::Lapsed(voucher()),
        PerkChange::LapsedGone(voucher()),
        PerkChange::Reissued(Box::new(Reissued {
            id: text("r-1"),
            at: moment(3),
            voucher: voucher(),
            before: ReissuedFor::Lapsed(voucher()),
        })),
        PerkChange::ReissuedGone(text("r-1")),
    ]
}

pub(super) fn notes() -> Vec<PerkNote> {
    let reward = name();
    vec![
        PerkNote::CameBack {
            reward,
            by: 1,
            left: 2,
        },
        PerkNote::Restocked {
            reward,
            by: -1,
            left: 2,
        },
        PerkNote::ByItself { reward },
        PerkNote::VoucherBack { reward },
        PerkNote::Wanted(true),
        PerkNote::Fulfilment {
            reward,
            stage: FulfilmentStage::Failed,
        },
        PerkNote::CodesAdded {
            reward,
            count: 500,
            left: 512,
        },
        PerkNote::GotCodes { reward, count: 1 },
        PerkNote::MayPick { menu: reward },
        PerkNote::Picked {
            menu: reward,
            pick: reward,
            by_itself: true,
        },
        PerkNote::Opened {
            reward,
            until: moment(20),
        },
        PerkNote::Closed { reward },
        PerkNote::ToCredit { reward, minor: 500 },
        PerkNote::ToCause {
            reward,
            minor: 500,
            matched: 250,
        },
        PerkNote::Attribute { attribute: reward },
        PerkNote::CreditBack { reward, minor: 500 },
        PerkNote::Reissued {
            reward,
            until: moment(9),
        },
        PerkNote::ReissueBack { reward },
        PerkNote::Given {
            reward,
            until: moment(9),
        },
    ]
}
