//! Who a message goes to: whether it may, and what it says to them.

use super::confirm;
use super::settings::MessageSettings;
use super::template::Compiled;
use super::unsubscribe;
use crate::Error;
use crate::app::Core;
use crate::lift::ControlGroup;
use crate::recommendations::{RecommendAsk, Serving};
use crate::versions::Versions;
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, WalletId, Zone};
use regulars_engage::{
    Addressee, Allowed, Channel, NotSent, Personal, Sending, SendingRules, sending,
};
use regulars_engine::Program;
use regulars_engine::program::{Reward, words};
use regulars_engine::state::Wallet;
use regulars_store::{ConfirmationRow, Member, RecommendedRow, Store, WalletRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// So many products a message may name.
const RECOMMENDED: usize = 3;
/// Attributes of a member that messages go by.
const NAME: &str = "name";
const LANGUAGE: &str = "language";
pub(crate) const ZONE: &str = "time_zone";

/// What a message says to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// Where it goes to: an address, or nothing for the inbox.
    pub to: String,
    /// In which language.
    pub language: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Where they unsubscribe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
}

/// Where messages on one channel are looked at and written.
pub(super) struct Desk {
    tenant: TenantId,
    versions: Arc<Versions>,
    program: Arc<Program>,
    pub(super) settings: MessageSettings,
    rules: SendingRules,
    channel: Channel,
    now: Timestamp,
    shop: String,
    portal_link: String,
    pub(super) secret: [u8; 32],
    control: ControlGroup,
    zones: Mutex<HashMap<String, Zone>>,
}

/// Somebody whom a message is for.
pub(super) struct Known {
    pub(super) member: MemberId,
    pub(super) who: Addressee,
    /// Their address on the channel.
    pub(super) address: Option<String>,
    attributes: Map<String, Value>,
    wallet: Wallet,
    /// Of which wallet they are; nothing of somebody who is not there.
    owns: Option<WalletId>,
    zone: Zone,
    /// What is recommended to them, where the message names it.
    recommended: Vec<String>,
    /// What is to be noted of that.
    noted: Vec<RecommendedRow>,
}

impl Known {
    /// What is to be noted of what is recommended to them, once.
    pub(super) fn noted(&mut self) -> Vec<RecommendedRow> {
        std::mem::take(&mut self.noted)
    }
}

impl Desk {
    pub(super) fn open(core: &Core, tenant: TenantId, channel: Channel) -> Result<Self, Error> {
        let now = core.config.clock.now();
        let versions = core
            .pool
            .with(|store| core.versions.latest(tenant, store))?;
        let program = Arc::clone(versions.at(now)?.1);
        let (settings, shop, name) = core.pool.with(|store| {
            let settings = super::settings::of(store, tenant)?;
            let shop = crate::shop_settings::of(store, tenant)?.title;
            let own = store.tenants()?.into_iter().find(|own| own.id == tenant);
            Ok((settings, shop, own.map(|own| own.name).unwrap_or_default()))
        })?;
        let secret = core.portal_secret(tenant)?;
        let title = program.portal.as_ref().map(|own| own.title.clone());
        let shop = [shop, title.unwrap_or_default(), program.name.clone()];
        let shop = shop
            .into_iter()
            .find(|own| !own.is_empty())
            .unwrap_or_default();
        Ok(Self {
            tenant,
            rules: settings.rules(),
            portal_link: format!("{}/portal/{name}/", settings.address),
            control: core
                .pool
                .with(|store| ControlGroup::of(store, tenant, secret))?,
            secret,
            settings,
            versions,
            program,
            channel,
            now,
            shop,
            zones: Mutex::default(),
        })
    }

    pub(super) const fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// What is known of members, in the order in which they are named; with what they got lately, if that is
    /// asked for. Each table is asked once.
    pub(super) fn look(
        &self,
        store: &mut dyn Store,
        members: &[MemberId],
        lately: bool,
    ) -> Result<Vec<Known>, Error> {
        let people = store.members_listed(self.tenant, members)?;
        let mut people: HashMap<MemberId, Member> =
            people.into_iter().map(|own| (own.id, own)).collect();
        let ids: Vec<WalletId> = people.values().map(|own| own.wallet).collect();
        let wallets = store.wallets(self.tenant, &ids)?;
        let mut wallets: HashMap<WalletId, WalletRow> =
            wallets.into_iter().map(|own| (own.wallet, own)).collect();
        let cap = self.rules.cap.filter(|_| lately && self.channel.comes());
        let lately: HashMap<MemberId, u32> = match cap {
            Some(cap) => {
                let since = cap.since(self.now);
                let found = store.messages_lately(self.tenant, members, since)?;
                found.into_iter().collect()
            }
            None => HashMap::new(),
        };
        let set = self.settings.channel(self.channel);
        let mut confirmations = match set.confirm {
            true => store.confirmations(self.tenant, members)?,
            false => Vec::new(),
        };
        confirmations.retain(|own| own.purpose == set.consent);
        confirmations.sort_by_key(|own| own.member);
        let mut all = Vec::with_capacity(members.len());
        for id in members {
            let person = people.remove(id);
            let row = person.as_ref().and_then(|own| wallets.remove(&own.wallet));
            let lately = lately.get(id).copied().unwrap_or_default();
            let place = confirmations.binary_search_by_key(id, |own| own.member);
            let own = place.ok().map(|place| &confirmations[place]);
            all.push(self.known(*id, person, row, (lately, own))?);
        }
        let hashes: Vec<[u8; 32]> = all.iter().filter_map(|own| self.hash(own)).collect();
        if !hashes.is_empty() {
            let bounced: BTreeSet<[u8; 32]> =
                store.bounced(self.tenant, &hashes)?.into_iter().collect();
            for own in &mut all {
                own.who.bounced = self.hash(own).is_some_and(|hash| bounced.contains(&hash));
            }
        }
        Ok(all)
    }

    fn known(
        &self,
        member: MemberId,
        person: Option<Member>,
        row: Option<WalletRow>,
        (lately, confirmation): (u32, Option<&ConfirmationRow>),
    ) -> Result<Known, Error> {
        let owns = row.as_ref().map(|row| row.wallet);
        let wallet = row.map(|row| row.state).unwrap_or_default();
        let wallet = self.versions.caught_up(member, wallet, self.now)?;
        let merged = person.as_ref().is_none_or(|own| own.merged_into.is_some());
        let forgotten = person.as_ref().is_some_and(|own| own.identities.is_empty()) && !merged;
        let attributes: Map<String, Value> = person
            .as_ref()
            .and_then(|own| serde_json::from_str(&own.attributes).ok())
            .unwrap_or_default();
        let address = self.channel.identity().and_then(|kind| {
            let own = person
                .as_ref()?
                .identities
                .iter()
                .find(|own| own.kind == kind)?;
            Some(own.value.clone())
        });
        let address =
            address.filter(|own| self.channel != Channel::Email || regulars_mail::is_address(own));
        let zone = attributes.get(ZONE).and_then(Value::as_str);
        Ok(Known {
            member,
            who: Addressee {
                forgotten,
                here: !merged && wallet.enrolled_at.is_some(),
                on_hold: wallet.on_hold.is_some(),
                has_address: address.is_some() || self.channel.identity().is_none(),
                bounced: false,
                allowed: self.allowed(&wallet, confirmation),
                held_out: false,
                in_control_group: false,
                lately,
            },
            address,
            zone: self.zone(zone),
            attributes,
            wallet,
            owns,
            recommended: Vec::new(),
            noted: Vec::new(),
        })
    }

    /// Looks up what is recommended to them, if the message names it: to whoever gets it, or to each (`always`).
    pub(super) fn recommend(
        &self,
        store: &mut dyn Store,
        all: &mut [Known],
        (template, always): (&Compiled, bool),
    ) -> Result<(), Error> {
        if !template.recommends() {
            return Ok(());
        }
        let serving = Serving::open(store, self.tenant, (&self.program, self.now))?;
        let ask = RecommendAsk {
            most: RECOMMENDED,
            place: Some("message".into()),
            again: false,
        };
        for own in all {
            let goes = always || !matches!(self.sending(own), Sending::Not(_));
            if let Some(wallet) = own.owns.filter(|_| goes) {
                let (found, rows) = serving.to(store, (own.member, wallet), &ask)?;
                let names = found.items.into_iter().map(|own| own.product.name);
                own.recommended = names.collect();
                own.noted = rows;
            }
        }
        Ok(())
    }

    fn allowed(&self, wallet: &Wallet, confirmation: Option<&ConfirmationRow>) -> Allowed {
        if !self.channel.comes() {
            return Allowed::NotAsked;
        }
        let set = self.settings.channel(self.channel);
        let purpose = self.program.activity(&set.consent);
        let purpose = purpose.map(|activity| activity.name);
        let consents = wallet.engagement.iter().flat_map(|own| &own.consents);
        let said = consents
            .into_iter()
            .find(|own| Some(own.purpose) == purpose);
        match said {
            Some(own) if own.given && super::unconfirmed(&set, own.since, confirmation) => {
                Allowed::Unconfirmed
            }
            Some(own) if own.given => Allowed::Given,
            Some(_) => Allowed::Withdrawn,
            None => Allowed::Never,
        }
    }

    /// The zone that somebody lives in; the shop's where they say none, or none that there is.
    fn zone(&self, name: Option<&str>) -> Zone {
        let Some(name) = name else {
            return self.program.zone.clone();
        };
        let mut zones = self.zones.lock().unwrap_or_else(PoisonError::into_inner);
        let known = zones.get(name).cloned();
        known.unwrap_or_else(|| {
            let zone = Zone::new(name).unwrap_or_else(|_| self.program.zone.clone());
            zones.insert(name.to_owned(), zone.clone());
            zone
        })
    }

    /// Whether a member gets no campaigns, so that all of them can be compared with nothing.
    pub(super) fn is_in_control_group(&self, member: MemberId) -> bool {
        self.control.has(member, self.now)
    }

    /// A hash of somebody's address on this channel.
    pub(super) fn hash(&self, known: &Known) -> Option<[u8; 32]> {
        let address = known.address.as_deref()?;
        let mut hasher = Sha256::new();
        hasher.update(self.secret);
        hasher.update(self.channel.name());
        hasher.update([0]);
        hasher.update(address.trim().to_lowercase());
        Some(hasher.finalize().into())
    }

    /// Whether a message of a send goes to them now. What asks them to confirm a consent goes to those alone who
    /// have not; it is no campaign, and counts for no cap.
    pub(super) fn sending_of(&self, known: &Known, send: &str) -> Sending {
        if !confirm::is_letter(send) {
            return self.sending(known);
        }
        let who = Addressee {
            allowed: match known.who.allowed {
                Allowed::Unconfirmed => Allowed::Given,
                // There is nothing to be confirmed any more.
                Allowed::Given => return Sending::Not(NotSent::Stopped),
                other => other,
            },
            held_out: false,
            in_control_group: false,
            lately: 0,
            ..known.who
        };
        sending(self.channel, &who, &self.rules, (self.now, &known.zone))
    }

    /// Whether a message goes to them now.
    pub(super) fn sending(&self, known: &Known) -> Sending {
        sending(
            self.channel,
            &known.who,
            &self.rules,
            (self.now, &known.zone),
        )
    }

    /// What it says to them.
    pub(super) fn rendered(&self, known: &Known, template: &Compiled) -> Rendered {
        let language = known.attributes.get(LANGUAGE).and_then(Value::as_str);
        let Some((language, says)) = template.words(language) else {
            return Rendered::default();
        };
        let personal = self.personal(known);
        let html = says
            .html
            .as_ref()
            .filter(|_| self.channel == Channel::Email);
        Rendered {
            to: known.address.clone().unwrap_or_default(),
            language: language.to_owned(),
            subject: says.subject.line(&personal, language),
            text: says.text.text(&personal, language),
            html: html.map(|html| html.html(&personal, language)),
            unsubscribe: (self.channel.comes()).then_some(personal.unsubscribe_link),
        }
    }

    fn personal(&self, known: &Known) -> Personal {
        let text = |name: &str| known.attributes.get(name).and_then(Value::as_str);
        let token = unsubscribe::token(&self.secret, self.tenant, known.member, self.channel);
        let attributes = self.program.attributes.iter();
        let attributes =
            attributes.filter_map(|own| Some((own.id.clone(), text(&own.id)?.to_owned())));
        let mut personal = Personal {
            name: text(NAME).map(str::to_owned),
            tier: (!self.program.tiers.is_empty())
                .then(|| words::tier_id(&self.program, known.wallet.tier.name).to_owned()),
            recommended: known.recommended.clone(),
            shop: self.shop.clone(),
            portal_link: self.portal_link.clone(),
            unsubscribe_link: format!("{}{}{token}", self.settings.address, unsubscribe::PATH),
            attributes: attributes.collect(),
            ..Personal::default()
        };
        self.points(&known.wallet, &mut personal);
        personal
    }

    /// What they have of the first kind of points, and what it reaches.
    fn points(&self, wallet: &Wallet, personal: &mut Personal) {
        let Some(points) = self.program.points.first() else {
            return;
        };
        let number = |units: i64| words::number(points.decimals, units);
        let available = wallet.available(points.name, self.now);
        personal.balance = number(available);
        let lots = wallet.book(points.name).map_or(&[][..], |book| &book.lots);
        let lapses = lots.iter().map(|lot| lot.dates.expires_at);
        let next = lapses
            .filter(|at| *at < Timestamp::LAST && *at > self.now)
            .min();
        personal.lapse = next.map(|at| {
            let day = self.program.zone.day(at);
            (number(lapsing(lots, &self.program.zone, day)), day)
        });
        let listed = self
            .program
            .rewards
            .iter()
            .filter_map(|reward| self.price(reward));
        let missing = |own: &&(i64, &Reward)| own.0 > available;
        let mut listed: Vec<(i64, &Reward)> = listed.collect();
        listed.sort_by_key(|own| own.0);
        let next = listed.iter().find(missing);
        personal.next_reward =
            next.map(|(price, reward)| (title(reward), number(price - available)));
        let reached = listed.iter().rev().find(|own| own.0 <= available);
        personal.reward_in_reach = reached.map(|(_, reward)| title(reward));
    }

    /// What a reward costs that anybody may have now for points of the first kind alone.
    fn price<'a>(&self, reward: &'a Reward) -> Option<(i64, &'a Reward)> {
        let is_on = reward.from.is_none_or(|from| from <= self.now)
            && reward.until.is_none_or(|until| until > self.now);
        let for_anybody = reward.tier.is_none() && reward.plans.is_empty() && reward.when.is_none();
        match reward.price[..] {
            [(0, price)] if is_on && for_anybody => {
                Some((price.saturating_mul(reward.least.max(1)), reward))
            }
            _ => None,
        }
    }
}

/// How many points lapse on a day.
fn lapsing(lots: &[regulars_ledger::Lot], zone: &Zone, day: CivilDay) -> i64 {
    let on_it = lots.iter().filter(|lot| {
        lot.dates.expires_at < Timestamp::LAST && zone.day(lot.dates.expires_at) == day
    });
    on_it.map(|lot| lot.points).sum()
}

fn title(reward: &Reward) -> String {
    match reward.title.is_empty() {
        true => reward.id.clone(),
        false => reward.title.clone(),
    }
}
