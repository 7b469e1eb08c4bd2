//! Messages on the wire: templates, sends, what became of each message, and what is set for all.

use crate::json::{At, Fields, FromJson};
use regulars_engine::event::Fault;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a template says in one language. Places in braces name what is known of the member, with what stands
/// there if it is not: `{first_name|there}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateWordsBody {
    /// What it is about, in one line.
    #[schema(example = "{first_name|Hello}, your beans wait")]
    pub subject: String,
    /// What it says.
    #[schema(example = "Hello {first_name|there},\n\nyou have {balance} beans.")]
    pub text: String,
    /// The same as HTML, for letters; what is known of the member is text in it, never a tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateOut {
    /// Its id.
    #[schema(example = "welcome")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The language of those in whose own it says nothing.
    #[schema(example = "en")]
    pub language: String,
    /// What it says, by language.
    pub words: BTreeMap<String, TemplateWordsBody>,
    /// How often it was written: whoever changes it says which version they saw.
    pub version: i64,
    /// When it was changed last.
    pub changed_at: String,
}

/// All templates, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplatesOut {
    /// One by one.
    pub items: Vec<TemplateOut>,
    /// What a place in braces may name.
    pub fields: Vec<TemplateFieldOut>,
    /// The channels.
    pub channels: Vec<String>,
}

/// Something that a place may name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateFieldOut {
    /// How it is written.
    #[schema(example = "first_name")]
    pub name: String,
    /// What it says.
    pub meaning: String,
    /// Whether it may be unknown of a member, so that the place must say what stands there instead.
    pub needs_fallback: bool,
}

/// What a template is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct TemplateIn {
    /// The version that you saw; left out for a new one.
    #[schema(required = false)]
    pub version: Option<i64>,
    /// What people call it.
    pub name: String,
    /// The language of those in whose own it says nothing.
    pub language: String,
    /// What it says, by language.
    pub words: BTreeMap<String, TemplateWordsBody>,
}

/// A template to be looked at for a member: one that is kept, or words that are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MessagePreviewIn {
    /// Whom it is shown for: an id (`mem_…`), or an identity (`email:ana@example.com`).
    pub member: String,
    /// On which channel.
    #[schema(example = "email")]
    pub channel: String,
    /// The language of those in whose own it says nothing.
    pub language: String,
    /// What it says, by language.
    pub words: BTreeMap<String, TemplateWordsBody>,
}

/// What a message would say to a member, and whether it would go to them now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagePreviewOut {
    /// What it says.
    pub says: MessageWordsOut,
    /// Whether it would go now.
    pub goes: bool,
    /// Why it would not: `forgotten`, `left`, `on_hold`, `no_address`, `no_consent`, `not_confirmed`, `unsubscribed`, `bounced`,
    /// `control_group`, `held_out`, `capped`, or `quiet_hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it would wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What a message says to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageWordsOut {
    /// Where it goes to; empty for the inbox.
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
}

/// A message to be sent to a segment or to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SendIn {
    /// What people call it; the template's name if left out.
    #[schema(required = false)]
    pub name: String,
    /// The template's id.
    #[schema(example = "welcome")]
    pub template: String,
    /// On which channel.
    #[schema(example = "email")]
    pub channel: String,
    /// To everybody who is in this segment.
    #[schema(required = false, example = "away")]
    pub segment: Option<String>,
    /// Or to this member: an id (`mem_…`), or an identity (`email:ana@example.com`).
    #[schema(required = false)]
    pub member: Option<String>,
    /// How many in a hundred get nothing (`held_out`), so that the others can be compared with them: 0 to 50; 0
    /// if left out.
    #[schema(required = false)]
    pub hold_out_percent: u8,
}

/// A message to a segment or a member, and how far it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SendOut {
    /// Its id.
    #[schema(example = "snd_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The template's id.
    pub template: String,
    /// On which channel.
    pub channel: String,
    /// The segment that it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The member that it goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The journey that sends it, to whoever comes to its step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journey: Option<String>,
    /// How many in a hundred get nothing, so that the others can be compared with them.
    pub hold_out_percent: u8,
    /// When it was made.
    pub made_at: String,
    /// `planning` (who gets it is being looked up), `planned` (everybody has a message), `stopped`.
    #[schema(example = "planned")]
    pub stage: String,
    /// How many messages there are.
    pub messages: i64,
    /// How many are at which stage, and why some were not sent.
    pub counts: Vec<SendCountOut>,
}

/// How many messages of a send are at a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SendCountOut {
    /// `waiting`, `handed_over`, `sent`, `not_sent`, `uncertain`, `given_up` or `bounced`.
    #[schema(example = "sent")]
    pub stage: String,
    /// Why, of those that were not sent.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How many.
    pub count: i64,
}

/// A message to a member, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageOut {
    /// Its id: the same, however often it is handed over.
    #[schema(example = "msg_0193e0c7a1b27c3e8f4d5a6b7c8d9e0f-0193e0c7a1b27c3e8f4d5a6b7c8d9e0f")]
    pub id: String,
    /// Of which send.
    pub send: String,
    /// To whom.
    pub member: String,
    /// On which channel.
    pub channel: String,
    /// `waiting`, `handed_over`, `sent`, `not_sent`, `uncertain`, `given_up` or `bounced`.
    #[schema(example = "not_sent")]
    pub stage: String,
    /// Why: a code where it was not sent or waits, or what the other side said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "no_consent")]
    pub reason: String,
    /// Since when it is at this stage.
    pub at: String,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// What it says, as long as that is kept: until it was taken; what lies in the inbox stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<MessageWordsOut>,
}

/// Messages, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessagesOut {
    /// One by one.
    pub items: Vec<MessageOut>,
}

/// What lies in a member's inbox, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboxOut {
    /// One by one.
    pub items: Vec<InboxMessageOut>,
}

/// A message in a member's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboxMessageOut {
    /// Its id.
    pub id: String,
    /// When it came.
    pub at: String,
    /// In which language it is.
    pub language: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// A message came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BouncedIn {
    /// Whether it is for good: then its address is not written to again.
    pub hard: bool,
    /// What the other side said.
    #[schema(required = false, example = "550 no such mailbox")]
    pub reason: String,
}

/// What becomes of a message that is uncertain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResolveIn {
    /// Whether it is sent again; otherwise it counts as sent.
    pub again: bool,
}

/// What is set for all messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageSettingsBody {
    /// Where members reach this server; links in messages lead there.
    #[schema(example = "https://club.example")]
    pub address: String,
    /// How many messages a member gets at most; 0 for as many as there are.
    pub cap_most: u32,
    /// In how many days.
    pub cap_days: u16,
    /// From when on nobody is disturbed, by the clock where they live; empty for never.
    #[schema(example = "21:00")]
    pub quiet_from: String,
    /// Until when.
    #[schema(example = "08:00")]
    pub quiet_until: String,
    /// What becomes of a letter that may have been taken or not: `again` or `leave`.
    #[schema(example = "leave")]
    pub when_uncertain: String,
    /// By the names of channels.
    pub channels: BTreeMap<String, ChannelBody>,
}

/// What is set for a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelBody {
    /// The consent that allows it: the id of an activity of the program.
    #[schema(example = "newsletter")]
    pub consent: String,
    /// Whether a consent counts only once the member has confirmed it by a link that is sent to them: for
    /// `email` and `sms`. Holds for what is allowed from now on.
    #[serde(default)]
    #[schema(required = false)]
    pub confirm: bool,
    /// Where the provider takes messages; empty for letters and the inbox.
    #[schema(required = false)]
    pub url: String,
    /// What signs what it is sent, `whsec_…`: only in the answer that made it. It is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

fn by_language(
    fields: &mut Fields<'_>,
    faults: &mut Vec<Fault>,
) -> Option<BTreeMap<String, TemplateWordsBody>> {
    let at = fields.at();
    if fields.lacks("words") {
        faults.push(at.field("words").fault("is missing"));
    }
    let (list, mut all) = (at.field("words"), BTreeMap::new());
    for (language, raw) in fields.pairs("words", faults)? {
        let own = TemplateWordsBody::from_json(raw, list.field(&language), faults);
        all.extend(own.map(|own| (language.into_owned(), own)));
    }
    Some(all)
}

impl FromJson for TemplateWordsBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let subject = fields.required_string("subject", faults);
        let text = fields.required_string("text", faults);
        let html = fields.string("html", faults).map(Into::into);
        fields.finish(faults);
        Some(Self {
            subject: subject?,
            text: text?,
            html: html.filter(|html: &String| !html.is_empty()),
        })
    }
}

impl FromJson for TemplateIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let version = fields.integer("version", faults);
        let name = fields.required_string("name", faults);
        let language = fields.required_string("language", faults);
        let words = by_language(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            version,
            name: name?,
            language: language?,
            words: words?,
        })
    }
}

impl FromJson for MessagePreviewIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let member = fields.required_string("member", faults);
        let channel = fields.required_string("channel", faults);
        let language = fields.required_string("language", faults);
        let words = by_language(&mut fields, faults);
        fields.finish(faults);
        Some(Self {
            member: member?,
            channel: channel?,
            language: language?,
            words: words?,
        })
    }
}

impl FromJson for SendIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let name = fields.string("name", faults).map(Into::into);
        let template = fields.required_string("template", faults);
        let channel = fields.required_string("channel", faults);
        let segment = fields.string("segment", faults).map(Into::into);
        let member = fields.string("member", faults).map(Into::into);
        let hold_out = fields.integer("hold_out_percent", faults).unwrap_or(0);
        fields.finish(faults);
        let hold_out_percent = u8::try_from(hold_out).unwrap_or(u8::MAX);
        if hold_out_percent > 50 {
            faults.push(at.field("hold_out_percent").fault("must be 0 to 50"));
        }
        if segment.is_some() == member.is_some() {
            let what = "is missing: name a segment, or a member, and not both";
            faults.push(at.field("segment").fault(what));
        }
        Some(Self {
            name: name.unwrap_or_default(),
            template: template?,
            channel: channel?,
            segment,
            member,
            hold_out_percent,
        })
    }
}

impl FromJson for BouncedIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("hard") {
            faults.push(at.field("hard").fault("is missing"));
        }
        let hard = fields.boolean("hard", faults);
        let reason = fields.string("reason", faults).map(Into::into);
        fields.finish(faults);
        Some(Self {
            hard: hard?,
            reason: reason.unwrap_or_default(),
        })
    }
}

impl FromJson for ResolveIn {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        if fields.lacks("again") {
            faults.push(at.field("again").fault("is missing"));
        }
        let again = fields.boolean("again", faults);
        fields.finish(faults);
        Some(Self { again: again? })
    }
}

impl FromJson for ChannelBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let consent = fields.string("consent", faults).map(Into::into);
        let url = fields.string("url", faults).map(Into::into);
        let confirm = fields.boolean("confirm", faults);
        fields.finish(faults);
        Some(Self {
            consent: consent.unwrap_or_default(),
            confirm: confirm.unwrap_or_default(),
            url: url.unwrap_or_default(),
            secret: None,
        })
    }
}

impl FromJson for MessageSettingsBody {
    fn from_json(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Self> {
        let mut fields = Fields::read(raw, at, faults)?;
        let address = fields.required_string("address", faults);
        let most = fields.integer("cap_most", faults);
        let days = fields.integer("cap_days", faults);
        let from = fields.required_string("quiet_from", faults);
        let until = fields.required_string("quiet_until", faults);
        let uncertain = fields.required_string("when_uncertain", faults);
        if fields.lacks("channels") {
            faults.push(at.field("channels").fault("is missing; send {} for none"));
        }
        let list = at.field("channels");
        let mut channels = BTreeMap::new();
        for (name, raw) in fields.pairs("channels", faults).unwrap_or_default() {
            let own = ChannelBody::from_json(raw, list.field(&name), faults);
            channels.extend(own.map(|own| (name.into_owned(), own)));
        }
        fields.finish(faults);
        let cap_most = most.and_then(|most| u32::try_from(most).ok());
        let cap_days = days.and_then(|days| u16::try_from(days).ok());
        for (name, known) in [
            ("cap_most", cap_most.is_some()),
            ("cap_days", cap_days.is_some()),
        ] {
            if !known {
                faults.push(at.field(name).fault("must be a whole number from 0 on"));
            }
        }
        Some(Self {
            address: address?,
            cap_most: cap_most?,
            cap_days: cap_days?,
            quiet_from: from?,
            quiet_until: until?,
            when_uncertain: uncertain?,
            channels,
        })
    }
}
