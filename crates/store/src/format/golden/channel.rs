//! Selling through others: sales staff, partners' awards, and what was sold on.

use super::{member, moment, name, paid, purchase, text};
use regulars_base::Name;
use regulars_engine::event::{
    Kind, PartnerAward, PartnerAwardBack, SellThrough, StaffAward, StaffBack, StaffNews, StaffWhat,
};
use regulars_engine::outcome::{Change, ChannelNote, Note, Refusal};
use regulars_engine::state::{
    Channel, ChannelChange, LineSet, OrderKey, PartnerGift, StaffGift, StaffSale, StaffShare,
    Staffed,
};

fn order() -> OrderKey {
    OrderKey {
        source: text("till"),
        order: text("o-1"),
    }
}

fn rule() -> Name {
    Name::of("spiff")
}

fn sale() -> StaffSale {
    StaffSale {
        order: order(),
        at: moment(0),
        day: 20_000,
        gifts: vec![StaffGift {
            rule: rule(),
            paid: paid(),
            taken: 3,
        }],
    }
}

fn gift() -> PartnerGift {
    PartnerGift {
        source: text("bakery-till"),
        id: text("w-1"),
        partner: Name::of("bakery"),
        at: moment(0),
        paid: paid(),
    }
}

fn news(what: StaffWhat) -> StaffNews {
    StaffNews {
        buyer: member(1),
        order: order(),
        store: text("1"),
        channel: text("web"),
        what,
    }
}

pub(super) fn kinds() -> Vec<Kind> {
    let sold = StaffWhat::Sold(vec![StaffAward {
        rule: rule(),
        points: name(),
        basis: 40_000,
        before: 40,
    }]);
    vec![
        Kind::StaffNews(Box::new(news(sold))),
        Kind::ChannelMoved(Box::new(Channel {
            sales: vec![sale()],
            awards: vec![gift()],
        })),
        Kind::PartnerAward(Box::new(PartnerAward {
            points: text("points"),
            amount: 50,
            reason: text("late"),
        })),
        Kind::PartnerAwardCancel(Box::new(PartnerAwardBack {
            award: text("w-1"),
            reason: text("another's cake"),
        })),
        Kind::SellThrough(Box::new(SellThrough {
            sold: Box::new(purchase()),
            customer: text("a school"),
            proof: text("invoice-17"),
        })),
    ]
}

pub(super) fn whats() -> Vec<StaffWhat> {
    vec![
        StaffWhat::Sold(Vec::new()),
        StaffWhat::CameBack(vec![StaffBack {
            rule: rule(),
            points: name(),
            part: 10,
            whole: 40,
        }]),
    ]
}

pub(super) fn changes() -> Vec<Change> {
    vec![
        Change::Channel(Box::new(ChannelChange::Left)),
        Change::OrderStaffed(Box::new(Staffed {
            member: member(2),
            shares: vec![StaffShare {
                rule: rule(),
                points: name(),
                before: 40,
                lines: LineSet::All,
            }],
        })),
    ]
}

pub(super) fn channel_changes() -> Vec<ChannelChange> {
    vec![
        ChannelChange::Sold(sale()),
        ChannelChange::SaleTaken {
            order: order(),
            rule: rule(),
            points: name(),
            by: 3,
        },
        ChannelChange::SaleGone(order()),
        ChannelChange::Awarded(gift()),
        ChannelChange::AwardGone {
            source: text("bakery-till"),
            id: text("w-1"),
        },
        ChannelChange::Left,
    ]
}

pub(super) fn notes() -> Vec<Note> {
    vec![Note::Channel(Box::new(ChannelNote::StaffUnknown))]
}

pub(super) fn channel_notes() -> Vec<ChannelNote> {
    let (partner, points, amount) = (Name::of("bakery"), name(), 50);
    vec![
        ChannelNote::SoldBy(member(2)),
        ChannelNote::StaffUnknown,
        ChannelNote::StaffIsBuyer,
        ChannelNote::Sale { buyer: member(1) },
        ChannelNote::StaffNoMember,
        ChannelNote::SaleCameBack { buyer: member(1) },
        ChannelNote::Awarded {
            partner,
            points,
            amount,
            reason: text("late"),
        },
        ChannelNote::AwardBack {
            partner,
            points,
            amount,
            reason: text("another's cake"),
        },
        ChannelNote::SoldOn(100_000),
    ]
}

pub(super) fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::NotOfPartner,
        Refusal::NoPartnerAwards,
        Refusal::UnknownAwardReason,
        Refusal::PartnerBudgetSpent { left: 50 },
        Refusal::PartnerAwardLimit { left: 10 },
        Refusal::UnknownPartnerAward,
        Refusal::NoSellThrough,
    ]
}
