//! Taking an offer: its cost is drawn of the budget first, then it is booked as an event like any other, under a key
//! of the set, the member and the round. Whatever stops in between, it is booked once.

use super::choose::{CHOICES_MOST, MemberOffer, choice_id, choice_key, member_offer};
use super::record::{Kept, compiled, found};
use crate::membership::as_sent;
use crate::people::read;
use crate::{App, Error, MakeCodes, MemberRef, batch_of, members};
use regulars_base::{EventKey, MemberId, TenantId, Text, Timestamp};
use regulars_engage::offer::{GiftKind, Offer};
use regulars_engage::survey::said;
use regulars_engine::event::{Adjustment, CodeAssign, Kind, PerkEvent, RewardGift};
use regulars_engine::outcome::Verdict;
use regulars_store::{CodeFilter, OfferChoice, OfferKey, OfferStage, OfferTaking};

/// The source of these events.
const SOURCE: &str = "offer";

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenOffer {
    /// It is theirs, since now or since before.
    Taken(Box<MemberOffer>),
    /// Its time is over, or it is offered no more.
    Over,
    /// The budget of the set does not pay it any more.
    BudgetSpent,
    /// The program refused it; why stands in the member's history.
    Refused(String),
}

impl App {
    /// A member takes an offer that they were shown. However often it is sent, it is booked once.
    ///
    /// # Errors
    /// There is no such offer for this member.
    pub fn take_offer(
        &self,
        tenant: TenantId,
        who: &MemberRef,
        choice: &str,
    ) -> Result<TakenOffer, Error> {
        let now = self.now();
        let program = self.program_in_force(tenant, now)?.1;
        let (row, kept, offer, budget) = self.core().pool.with(|store| {
            let wallet = members::find(store, tenant, who)?.wallet;
            let key = choice_key(wallet, choice)?;
            let rows = store.offer_choices_of(tenant, wallet, CHOICES_MOST)?;
            let row = rows.into_iter().find(|row| row.key == key && !row.held_out);
            let row = row.ok_or_else(|| Error::not_found("offer", choice))?;
            let kept: Kept = read(&found(store, tenant, &key.set)?)?;
            let set = compiled(store, tenant, &kept.draft, &program)?.ok();
            let offer = set.as_ref().and_then(|own| own.offer(&row.offer)).cloned();
            Ok((row, kept, offer, set.map_or(0, |own| own.budget)))
        })?;
        match row.stage {
            OfferStage::Taken => return Ok(taken(&kept, row)),
            OfferStage::Refused => return Ok(TakenOffer::Refused(row.reason)),
            OfferStage::Taking => return self.book_offer(tenant, &kept, row),
            OfferStage::Open => {}
        }
        let Some(offer) = offer.filter(|_| kept.draft.live && row.until > now) else {
            return Ok(TakenOffer::Over);
        };
        let (key, how) = (row.key.clone(), (offer.cost, budget, now));
        let begun = self
            .core()
            .write(move |store| Ok(store.take_offer(tenant, &key, how)?))?;
        match begun {
            OfferTaking::Begun => self.book_offer(tenant, &kept, row),
            OfferTaking::BudgetSpent => Ok(TakenOffer::BudgetSpent),
            // Somebody took it this moment: whoever asks again is told so.
            OfferTaking::NotOpen => {
                Err(Error::Retry("the offer is being taken this moment".into()))
            }
        }
    }

    /// Books what is being taken, and says so.
    pub(super) fn book_offer(
        &self,
        tenant: TenantId,
        kept: &Kept,
        row: OfferChoice,
    ) -> Result<TakenOffer, Error> {
        let refused = self.send_offer(tenant, kept, &row)?;
        let (key, why) = (row.key.clone(), refused.clone());
        self.core()
            .write(move |store| Ok(store.settle_offer_taking(tenant, &key, why.as_deref())?))?;
        Ok(match refused {
            Some(why) => TakenOffer::Refused(why),
            None => taken(kept, row),
        })
    }

    /// Sends the event through the door of all events; why it was refused, if it was.
    fn send_offer(
        &self,
        tenant: TenantId,
        kept: &Kept,
        row: &OfferChoice,
    ) -> Result<Option<String>, Error> {
        let program = self.program_in_force(tenant, self.now())?.1;
        let set = self
            .core()
            .pool
            .with(|store| compiled(store, tenant, &kept.draft, &program))?;
        let offer = set.as_ref().ok().and_then(|own| own.offer(&row.offer));
        let Some(offer) = offer else {
            return Ok(Some("gone".into()));
        };
        let kind = self.kind(tenant, (kept, offer), &row.key)?;
        let member = MemberId::from_bytes(*row.key.wallet.bytes());
        let incoming = as_sent(&MemberRef::Id(member), event_key(&row.key)?, kind);
        match self.ingest_one(tenant, incoming) {
            Ok(receipt) => Ok(match receipt.verdict {
                Verdict::Accepted => None,
                // Why stands in the member's log, under the event's key.
                _ => Some("refused".into()),
            }),
            // Booked before a stop, by a text that was changed since.
            Err(Error::KeyReused(_)) => Ok(None),
            Err(Error::NotFound { what, .. }) => Ok(Some(format!("no_{what}"))),
            Err(error) => Err(error),
        }
    }

    /// The event that gives it.
    fn kind(
        &self,
        tenant: TenantId,
        (kept, offer): (&Kept, &Offer),
        key: &OfferKey,
    ) -> Result<Kind, Error> {
        let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
        let mut drafts = kept.draft.offers.iter();
        let title = drafts.find(|own| own.id == offer.id).map(|own| &own.title);
        let language = &kept.draft.language;
        let title = title.map_or("", |words| said(words, Some(language), language));
        // A title in a script of many bytes may be longer than what an event keeps.
        let reason = Text::new(title).or_else(|_| text(&offer.id))?;
        let by = text(&format!("offers {}", key.set))?;
        let id = text(&offer.gives.id)?;
        Ok(match offer.gives.kind {
            GiftKind::Points => Kind::Adjustment(Adjustment {
                points: id,
                amount: offer.units,
                reason,
                by,
            }),
            GiftKind::Reward => Kind::Perk(Box::new(PerkEvent::Gift(Box::new(RewardGift {
                reward: id,
                days: Some(kept.draft.days),
                reason,
                by,
            })))),
            GiftKind::Coupon => self.code_for(tenant, &offer.gives.id, key)?,
        })
    }

    /// A code of this member's own: made once for the choice, in a batch that is named after it.
    fn code_for(&self, tenant: TenantId, coupon: &str, key: &OfferKey) -> Result<Kind, Error> {
        let batch = batch_of(Some(&format!("{SOURCE}/{}", external_id(key))));
        let make = MakeCodes {
            coupon: coupon.to_owned(),
            count: 1,
            batch,
        };
        let made = self.make_codes(tenant, &make, &mut |_| {})?;
        let filter = CodeFilter {
            coupon: Some(made.coupon),
            batch: Some(batch),
            ..CodeFilter::default()
        };
        let codes = self
            .core()
            .pool
            .with(|store| Ok(store.codes(tenant, &filter, 1)?))?;
        let code = codes.into_iter().next().map(|own| own.code);
        let code = code.ok_or_else(|| Error::Bug("a code that was made is not there".into()))?;
        Ok(Kind::CodeAssign(CodeAssign { code }))
    }

    /// Books what was being taken when something stopped.
    pub(super) fn book_offers(&self, tenant: TenantId, before: Timestamp) -> Result<usize, Error> {
        const TOGETHER: usize = 200;
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.offers_to_book(tenant, before, TOGETHER)?))?;
        let count = rows.len();
        for row in rows {
            let kept = self.core().pool.with(|store| {
                let kept: Kept = read(&found(store, tenant, &row.key.set)?)?;
                Ok(kept)
            })?;
            let id = choice_id(&row.key);
            // One that fails holds up nobody else; it is tried again.
            if let Err(error) = self.book_offer(tenant, &kept, row) {
                tracing::warn!(%error, offer = id, "an offer could not be booked, and is again");
            }
        }
        Ok(count)
    }
}

fn taken(kept: &Kept, row: OfferChoice) -> TakenOffer {
    let row = OfferChoice {
        stage: OfferStage::Taken,
        ..row
    };
    match member_offer(kept, &row) {
        Some(own) => TakenOffer::Taken(Box::new(own)),
        None => TakenOffer::Over,
    }
}

fn external_id(key: &OfferKey) -> String {
    let member = MemberId::from_bytes(*key.wallet.bytes());
    format!("{member}/{}", choice_id(key))
}

fn event_key(key: &OfferKey) -> Result<EventKey, Error> {
    let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
    Ok(EventKey {
        source: text(SOURCE)?,
        external_id: text(&external_id(key))?,
    })
}
