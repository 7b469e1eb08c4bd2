//! One line for each refusal of what happens to rewards beside being asked for: parts that come back,
//! parcels, stock, codes of suppliers, menus, and what sort of member it is.

use crate::world::{World, bought, end, program, request, text};
use regulars_engine::event::{
    Attributes, CodesAdded, Fulfil, FulfilMove, Kind, PerkEvent, Pick, Restock, ReturnPart,
    RewardReturn, StockMove,
};
use regulars_engine::outcome::Refusal;
use regulars_engine::state::FulfilmentStage;

const PROGRAM: &str = r#"
[program]
name = "Refusals of rewards"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[attribute.group]
values = ["trade", "retail"]

[[card]]
id = "every"
full = 1
gives = "treats"
voucher_expires = "10 days"

[[reward]]
id = "mug"
price = { beans = 10 }
stock = 3
sent = true

[[reward]]
id = "tea"
price = { beans = 10 }

[[reward]]
id = "cinema"
price = { beans = 10 }
codes = true

[[reward]]
id = "treats"
kind = "menu"
picks = ["tea", "cookie"]

[[reward]]
id = "cookie"

[[reward]]
id = "forest"
kind = "donation"
cause = "trees"
worth = "1 EUR"
price = { beans = 10 }

[[cause]]
id = "trees"
points = "beans"
worth = "0.05 EUR"
"#;

fn perk(perk: PerkEvent) -> Kind {
    Kind::Perk(Box::new(perk))
}

fn back(id: &str, part: ReturnPart) -> Kind {
    perk(PerkEvent::Return(RewardReturn {
        redemption: text(id),
        part,
        reason: text("chipped"),
    }))
}

fn parcel(id: &str, to: FulfilMove) -> Kind {
    let redemption = text(id);
    perk(PerkEvent::Fulfil(Fulfil { redemption, to }))
}

fn dispatched(id: &str) -> Kind {
    let to = FulfilMove::Dispatched {
        carrier: text("post"),
        tracking: text("4711"),
    };
    parcel(id, to)
}

fn stock(reward: &str, how: StockMove) -> Kind {
    perk(PerkEvent::Restock(Restock {
        reward: text(reward),
        how,
        reason: text("counted"),
        by: text("tester"),
    }))
}

fn codes(reward: &str) -> Kind {
    let reward = text(reward);
    perk(PerkEvent::CodesAdded(CodesAdded { reward, count: 1 }))
}

fn pick(menu: &str, pick: &str) -> Kind {
    let (menu, pick) = (text(menu), text(pick));
    perk(PerkEvent::Pick(Pick { menu, pick }))
}

fn attribute(name: &str, value: &str) -> Kind {
    let (values, by) = (vec![(text(name), text(value))], text("tester"));
    perk(PerkEvent::Attributes(Attributes { values, by }))
}

#[test]
fn each_refusal_of_rewards_has_its_reason() {
    let mut world = World::new(program(PROGRAM));
    let early = world.refusal(0, back("m-1", ReturnPart::Rest));
    assert_eq!(early, Refusal::NotEnrolled);
    world.happen(0, Kind::Enrolment);
    // Nothing to pick from before the card is full.
    assert_eq!(
        world.refusal(0, pick("treats", "tea")),
        Refusal::NothingToPick
    );
    world.happen(1, bought("R-1", &[("beans", 20_000, 1000)]));
    world.happen(2, request("m-1", "mug", true));
    world.happen(2, request("t-1", "tea", true));
    world.happen(2, request("f-1", "forest", true));
    world.happen(2, request("m-2", "mug", false));
    let out_of_turn = |stage| Refusal::FulfilmentOutOfTurn { stage };
    for (kind, why) in [
        (back("none", ReturnPart::Rest), Refusal::UnknownRedemption),
        (
            back("t-1", ReturnPart::Quantity(2)),
            Refusal::ReturnTooLarge { left: 1 },
        ),
        (back("f-1", ReturnPart::Rest), Refusal::GivenAway),
        (Kind::RewardCancel(end("f-1")), Refusal::GivenAway),
        (
            parcel("none", FulfilMove::Delivered),
            Refusal::NothingToFulfil,
        ),
        (
            parcel("t-1", FulfilMove::Delivered),
            Refusal::NothingToFulfil,
        ),
        // What is only set aside is not sent.
        (dispatched("m-2"), Refusal::NothingToFulfil),
        (
            parcel("m-1", FulfilMove::Delivered),
            out_of_turn(FulfilmentStage::Ordered),
        ),
        (stock("none", StockMove::Up(1)), Refusal::UnknownReward),
        (stock("tea", StockMove::Up(1)), Refusal::NoStockKept),
        (
            stock("mug", StockMove::Down(2)),
            Refusal::StockTooLow { left: 1 },
        ),
        (codes("none"), Refusal::UnknownReward),
        (codes("tea"), Refusal::NoCodesKept),
        (request("c-1", "cinema", true), Refusal::OutOfCodes),
        (request("p-1", "treats", true), Refusal::PickInstead),
        (pick("tea", "tea"), Refusal::NotOnTheMenu),
        (pick("treats", "mug"), Refusal::NotOnTheMenu),
        (
            attribute("colour", "red"),
            Refusal::UnknownAttribute {
                attribute: text("colour"),
            },
        ),
        (
            attribute("group", "pirates"),
            Refusal::UnknownAttributeValue {
                attribute: text("group"),
            },
        ),
    ] {
        let before = world.wallet.clone();
        assert_eq!(world.refusal(3, kind.clone()), why, "{kind:?}");
        let books = |wallet: &regulars_engine::state::Wallet| wallet.books.clone();
        assert_eq!(books(&world.wallet), books(&before), "nothing of it counts");
    }
    world.happen(4, dispatched("m-1"));
    assert_eq!(
        world.refusal(5, dispatched("m-1")),
        out_of_turn(FulfilmentStage::Dispatched)
    );
    assert_eq!(
        world.refusal(5, back("m-1", ReturnPart::Rest)),
        Refusal::OnItsWay
    );
    assert_eq!(
        world.refusal(5, Kind::RewardCancel(end("m-1"))),
        Refusal::OnItsWay
    );
    world.happen(6, pick("treats", "tea"));
    assert_eq!(
        world.refusal(6, pick("treats", "tea")),
        Refusal::NothingToPick
    );
}

#[test]
fn a_code_of_a_supplier_that_was_handed_out_does_not_come_back() {
    let mut world = World::new(program(PROGRAM));
    world.happen(0, bought("R-1", &[("beans", 50_00, 1000)]));
    world.happen(1, codes("cinema"));
    world.happen(2, request("c-1", "cinema", true));
    assert_eq!(
        world.refusal(3, back("c-1", ReturnPart::Rest)),
        Refusal::CodeHandedOut
    );
    assert_eq!(
        world.refusal(3, Kind::RewardCancel(end("c-1"))),
        Refusal::CodeHandedOut
    );
}

#[test]
fn what_would_be_redeemed_again_at_once_is_not_given_back() {
    let text = r#"
[program]
name = "By itself"
currency = "EUR"
timezone = "UTC"

[points.beans]

[[earn]]
id = "spend"
give = { beans = "1 per 1 EUR" }

[[reward]]
id = "euro"
kind = "money off"
off = "1 EUR"
price = { beans = 10 }
automatic = {}
"#;
    let mut world = World::new(program(text));
    world.happen(0, bought("R-1", &[("beans", 10_00, 1000)]));
    let own = world.wallet.redemptions.first().expect("by itself");
    let id = own.id.clone();
    assert_eq!(
        world.refusal(1, back(id.as_str(), ReturnPart::Rest)),
        Refusal::RedeemedByItself
    );
    world.happen(2, perk(PerkEvent::Automatic(false)));
    world.happen(3, back(id.as_str(), ReturnPart::Rest));
    assert_eq!(world.wallet.books[0].total(), 10);
}
