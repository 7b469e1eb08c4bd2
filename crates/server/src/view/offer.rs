//! Sets of offers, what is offered to members, and what came of it.

use regulars_api::Amount;
use regulars_api::offer::{
    OfferBody, OfferChanceOut, OfferChoiceOut, OfferFaultOut, OfferFiguresOut, OfferGiftBody,
    OfferKnownOut, OfferRegretOut, OfferReplayOut, OfferSetFiguresOut, OfferSetIn, OfferSetOut,
    PersonalOfferOut, TakenOfferOut,
};
use regulars_app::engage::offer::{GiftKind, OfferContext, OfferDraft, OfferGift, OfferSetDraft};
use regulars_app::metrics::offer::NoReplay;
use regulars_app::{
    ChoiceView, MemberOffer, OfferReplay, OfferSetFigures, OfferSetView, OfferStage, TakenOffer,
};
use regulars_base::Currency;
use regulars_engine::event::Fault;

fn gift(own: &OfferGift) -> OfferGiftBody {
    OfferGiftBody {
        kind: own.kind.name().to_owned(),
        id: own.id.clone(),
        amount: (own.kind == GiftKind::Points).then_some(own.amount),
    }
}

fn offer(own: &OfferDraft) -> OfferBody {
    OfferBody {
        id: own.id.clone(),
        title: own.title.clone(),
        text: own.text.clone(),
        gives: gift(&own.gives),
        when: own.when.clone(),
        cost: Amount(own.cost.clone()),
        value: Amount(own.value.clone()),
    }
}

/// A set of offers.
pub fn offer_set(own: &OfferSetView) -> OfferSetOut {
    let draft = &own.draft;
    let (context, segments) = match &draft.context {
        OfferContext::Nothing => ("nothing", Vec::new()),
        OfferContext::Tier => ("tier", Vec::new()),
        OfferContext::Segments(ids) => ("segments", ids.clone()),
    };
    let faults = own.faults.iter().map(|(at, what)| OfferFaultOut {
        pointer: at.clone(),
        detail: what.clone(),
    });
    OfferSetOut {
        id: own.id.clone(),
        set: OfferSetIn {
            version: Some(own.version),
            name: draft.name.clone(),
            language: draft.language.clone(),
            days: draft.days,
            hold_out: draft.hold_out,
            explore: draft.explore,
            budget: Amount(draft.budget.clone()),
            context: context.to_owned(),
            segments,
            when: draft.when.clone(),
            offers: draft.offers.iter().map(offer).collect(),
            live: draft.live,
        },
        changed_at: own.changed_at.to_string(),
        faults: faults.collect(),
    }
}

/// What somebody wants a set to be; each word that is none is a fault at its place.
pub fn offer_set_draft(body: OfferSetIn) -> Result<OfferSetDraft, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut offers = Vec::new();
    for (place, own) in body.offers.into_iter().enumerate() {
        let kind = GiftKind::by_name(&own.gives.kind);
        if kind.is_none() {
            let all = GiftKind::ALL.map(GiftKind::name).join(", ");
            let what = format!(
                "`{}` is nothing that an offer gives; there are {all}",
                own.gives.kind
            );
            faults.push(Fault::new(format!("/offers/{place}/gives/kind"), what));
        }
        offers.push(OfferDraft {
            id: own.id,
            title: own.title,
            text: own.text,
            gives: OfferGift {
                kind: kind.unwrap_or_default(),
                id: own.gives.id,
                amount: own.gives.amount.unwrap_or(0),
            },
            when: own.when,
            cost: own.cost.0,
            value: own.value.0,
        });
    }
    let context = match body.context.as_str() {
        "nothing" => OfferContext::Nothing,
        "tier" => OfferContext::Tier,
        "segments" => OfferContext::Segments(body.segments.clone()),
        other => {
            let what = format!("`{other}` tells nobody apart; there are nothing, tier, segments");
            faults.push(Fault::new("/context", what));
            OfferContext::Nothing
        }
    };
    if !body.segments.is_empty() && !matches!(context, OfferContext::Segments(_)) {
        let what = "must be left out, unless `context` is `segments`";
        faults.push(Fault::new("/segments", what));
    }
    match faults.is_empty() {
        true => Ok(OfferSetDraft {
            name: body.name,
            language: body.language,
            days: body.days,
            hold_out: body.hold_out,
            explore: body.explore,
            budget: body.budget.0,
            context,
            when: body.when,
            offers,
            live: body.live,
        }),
        false => Err(faults),
    }
}

/// An offer that a member has.
pub fn personal_offer(own: &MemberOffer) -> PersonalOfferOut {
    PersonalOfferOut {
        choice: own.choice.clone(),
        offer: own.offer.id.clone(),
        language: own.language.clone(),
        title: own.offer.title.clone(),
        text: own.offer.text.clone(),
        gives: gift(&own.offer.gives),
        state: own.state.name().to_owned(),
        until: own.until.to_string(),
    }
}

/// What came of taking one.
pub fn taken_offer(own: &TakenOffer) -> TakenOfferOut {
    let (state, offer) = match own {
        TakenOffer::Taken(offer) => ("taken", Some(personal_offer(offer))),
        TakenOffer::Over => ("over", None),
        TakenOffer::BudgetSpent => ("budget_spent", None),
        TakenOffer::Refused(_) => ("refused", None),
    };
    TakenOfferOut {
        state: state.to_owned(),
        offer,
    }
}

/// A choice, with all that it hung on.
pub fn offer_choice(own: ChoiceView, currency: Currency) -> OfferChoiceOut {
    let row = own.row;
    let among = own.among.into_iter().map(|own| OfferChanceOut {
        offer: own.offer,
        chance: own.chance,
        brought: own.brought,
        did_not: own.did_not,
    });
    OfferChoiceOut {
        choice: own.choice,
        offer: row.offer,
        cell: row.cell,
        held_out: row.held_out,
        chosen_at: row.chosen_at.to_string(),
        until: row.until.to_string(),
        stage: match row.stage {
            OfferStage::Open => "open",
            OfferStage::Taking => "taking",
            OfferStage::Taken => "taken",
            OfferStage::Refused => "refused",
        }
        .to_owned(),
        reason: row.reason,
        number: row.number,
        among: among.collect(),
        proved: own.proved,
        orders: row.orders,
        spent: row.spent.map(|spent| Amount::money(spent, currency)),
    }
}

/// How a set stands.
pub fn offer_set_figures(own: OfferSetFigures) -> OfferSetFiguresOut {
    let money = |minor| Amount::money(minor, own.currency);
    let offers = own.offers.into_iter().map(|own| OfferFiguresOut {
        offer: own.offer,
        shown: own.shown,
        taken: own.taken,
        refused: own.refused,
        over: own.over,
        brought: own.brought,
        spent: money(own.spent),
    });
    let known = own.known.into_iter().map(|own| OfferKnownOut {
        cell: own.cell,
        offer: own.offer,
        brought: own.brought,
        did_not: own.did_not,
        chance: own.chance,
    });
    OfferSetFiguresOut {
        currency: own.currency.code().to_owned(),
        decimals: own.currency.exponent(),
        shown: own.shown,
        held_out: own.held_out,
        budget: money(own.budget),
        drawn: money(own.drawn),
        offers: offers.collect(),
        known: known.collect(),
        regret: own.regret.map(|own| OfferRegretOut {
            choices: own.choices,
            own: own.own,
            even: own.even,
        }),
        replay: own.replay.iter().map(replay).collect(),
    }
}

fn replay(own: &OfferReplay) -> OfferReplayOut {
    let (way, offer) = own.way.name();
    let told = own.told.as_ref().ok();
    let refused = own.told.as_ref().err();
    OfferReplayOut {
        way: way.to_owned(),
        offer: offer.map(str::to_owned),
        choices: told.map(|own| own.choices),
        each: told.map(|own| own.each),
        error: told.map(|own| own.error),
        effective: told.map(|own| own.effective),
        no_answer: refused.map(|own| no_replay(*own).to_owned()),
        detail: refused.map(ToString::to_string),
    }
}

const fn no_replay(own: NoReplay) -> &'static str {
    match own {
        NoReplay::TooFew { .. } => "too_few",
        NoReplay::LittleInCommon { .. } => "little_in_common",
        NoReplay::NoChance => "no_chance",
    }
}
