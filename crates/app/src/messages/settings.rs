//! What a merchant sets for all messages: how many, when, by whom, and by which consent.

use crate::{App, Error, only_setting};
use regulars_base::TenantId;
use regulars_connect::{Secret, target};
use regulars_engage::{Cap, Channel, QuietHours, SendingRules, minute_of_day};
use regulars_engine::Program;
use regulars_store::Store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const KIND: &str = "messages";

/// What a merchant sets for all messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageSettings {
    /// Where members reach this server: `https://club.example`. Links in messages lead there.
    pub address: String,
    /// How many messages a member gets at most; 0 for as many as there are.
    pub cap_most: u32,
    /// In how many days.
    pub cap_days: u16,
    /// From when on nobody is disturbed, by the clock where they live: `21:00`. Empty for never.
    pub quiet_from: String,
    /// Until when: `08:00`.
    pub quiet_until: String,
    /// What becomes of a letter of which it is not known whether it was taken.
    pub when_uncertain: WhenUncertain,
    /// By the names of channels.
    pub channels: BTreeMap<String, ChannelSettings>,
}

/// What becomes of a letter that may have been taken or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUncertain {
    /// It is sent again: nobody misses it, and somebody may get it twice.
    Again,
    /// It is left: nobody gets it twice, and somebody may miss it.
    #[default]
    Leave,
}

/// What is set for a channel.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelSettings {
    /// The consent that allows it: the id of an activity of the program.
    pub consent: String,
    /// Where the provider takes messages; empty where there is none, or none is needed.
    pub url: String,
    /// What signs what it is sent: `whsec_…`.
    pub secret: String,
    /// Whether a consent counts only once the member has confirmed it by a link that is sent to them.
    pub confirm: bool,
    /// Since when that is so, in microseconds since 1970. What was allowed before counts as it is.
    pub confirm_since: i64,
}

impl std::fmt::Debug for ChannelSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChannelSettings({:?}, {:?}, …)", self.consent, self.url)
    }
}

impl Default for MessageSettings {
    fn default() -> Self {
        Self {
            address: String::new(),
            cap_most: 3,
            cap_days: 7,
            quiet_from: "21:00".into(),
            quiet_until: "08:00".into(),
            when_uncertain: WhenUncertain::default(),
            channels: BTreeMap::new(),
        }
    }
}

impl MessageSettings {
    /// What is set for a channel.
    pub fn channel(&self, channel: Channel) -> ChannelSettings {
        self.channels
            .get(channel.name())
            .cloned()
            .unwrap_or_default()
    }

    /// As the decision takes it.
    pub(crate) fn rules(&self) -> SendingRules {
        let quiet = (
            minute_of_day(&self.quiet_from),
            minute_of_day(&self.quiet_until),
        );
        SendingRules {
            cap: (self.cap_most > 0).then_some(Cap {
                most: self.cap_most,
                days: self.cap_days,
            }),
            quiet: match quiet {
                (Some(from), Some(until)) => Some(QuietHours { from, until }),
                _ => None,
            },
        }
    }

    fn check(&self, program: &Program, private: bool) -> Result<(), Error> {
        let wrong = |at: String, what: String| Err(Error::invalid(at, what));
        if !self.address.is_empty()
            && let Some(fault) = target::fault(&self.address, true)
        {
            return wrong("/address".into(), fault);
        }
        if self.address.ends_with('/') {
            return wrong("/address".into(), "must not end with /".into());
        }
        if self.cap_most > 0 && !(1..=90).contains(&self.cap_days) {
            return wrong("/cap_days".into(), "must be 1 to 90".into());
        }
        let hours = [
            (&self.quiet_from, "/quiet_from"),
            (&self.quiet_until, "/quiet_until"),
        ];
        for (hour, at) in hours {
            if minute_of_day(hour).is_none() && (!self.quiet_from.is_empty() || !hour.is_empty()) {
                return wrong(
                    at.into(),
                    "must be a time as 21:00, or both empty for never".into(),
                );
            }
        }
        for (name, own) in &self.channels {
            let Some(channel) = Channel::by_name(name) else {
                let all = Channel::ALL.map(Channel::name).join(", ");
                return wrong(
                    format!("/channels/{name}"),
                    format!("is no channel; there are {all}"),
                );
            };
            let is_consent = |id: &str| program.activity(id).is_some_and(|it| it.consent.is_some());
            if !own.consent.is_empty() && !is_consent(&own.consent) {
                let what = format!(
                    "`{}` is no consent: the program has an activity with `consent` for each",
                    own.consent
                );
                return wrong(format!("/channels/{name}/consent"), what);
            }
            if own.confirm && (own.consent.is_empty() || self.address.is_empty()) {
                let what = "needs a consent that is confirmed, and the address that links lead to";
                return wrong(format!("/channels/{name}/confirm"), what.into());
            }
            if own.confirm && !matches!(channel, Channel::Email | Channel::Sms) {
                let what = "is for letters and SMS: only there a link proves whose address it is";
                return wrong(format!("/channels/{name}/confirm"), what.into());
            }
            if own.url.is_empty() {
                continue;
            }
            if matches!(channel, Channel::Email | Channel::Inbox) {
                let what = "must be empty: it needs no provider".into();
                return wrong(format!("/channels/{name}/url"), what);
            }
            if let Some(fault) = target::fault(&own.url, private) {
                return wrong(format!("/channels/{name}/url"), fault);
            }
        }
        Ok(())
    }
}

/// What a merchant has set.
pub(super) fn of(store: &mut dyn Store, tenant: TenantId) -> Result<MessageSettings, Error> {
    only_setting::get(store, tenant, KIND)
}

impl App {
    /// What the merchant has set for messages.
    pub fn message_settings(&self, tenant: TenantId) -> Result<MessageSettings, Error> {
        self.core().pool.with(|store| of(store, tenant))
    }

    /// Sets it. A channel whose provider is new, or moved, gets a new secret; otherwise it stays. What it was
    /// before, and is now.
    pub fn set_message_settings(
        &self,
        tenant: TenantId,
        mut new: MessageSettings,
    ) -> Result<(MessageSettings, MessageSettings), Error> {
        let now = self.now();
        let (_, program) = self.program_in_force(tenant, now)?;
        new.check(&program, self.may_be_private())?;
        let confirmed = |set: &MessageSettings| set.channels.values().any(|own| own.confirm);
        if confirmed(&new) && !confirmed(&self.message_settings(tenant)?) {
            self.core().begin_to_follow(tenant, super::confirm::RUN)?;
        }
        self.core().pool.with(|store| {
            only_setting::replace(store, tenant, KIND, |before: &MessageSettings| {
                for (name, own) in &mut new.channels {
                    let old = before.channels.get(name);
                    own.secret = match old.filter(|old| old.url == own.url) {
                        Some(old) => old.secret.clone(),
                        None if own.url.is_empty() => String::new(),
                        None => crate::webhooks::new_secret(),
                    };
                    own.confirm_since = match old.filter(|old| old.confirm) {
                        Some(old) => old.confirm_since,
                        None => now.micros(),
                    };
                }
                new
            })
        })
    }
}

impl ChannelSettings {
    /// What signs what its provider is sent.
    pub(crate) fn signs(&self) -> Vec<Secret> {
        Secret::read(&self.secret).into_iter().collect()
    }
}
