//! Messages.

use regulars_api::message::{
    ChannelBody, MessageOut, MessagePreviewOut, MessageSettingsBody, MessageWordsOut, SendCountOut,
    SendOut, TemplateFieldOut, TemplateOut, TemplateWordsBody, TemplatesOut,
};
use regulars_app::engage::{Channel, FIELDS, Sending};
use regulars_app::{
    Audience, MessagePreview, MessageSettings, MessageStage, OutboxMessage, Rendered, Send,
    SendStage, Template, WhenUncertain,
};

/// A template.
pub fn template(own: &Template) -> TemplateOut {
    let words = own.words.iter().map(|(language, own)| {
        let words = TemplateWordsBody {
            subject: own.subject.clone(),
            text: own.text.clone(),
            html: own.html.clone(),
        };
        (language.clone(), words)
    });
    TemplateOut {
        id: own.id.clone(),
        name: own.name.clone(),
        language: own.language.clone(),
        words: words.collect(),
        version: own.version,
        changed_at: own.changed_at.to_string(),
    }
}

/// All templates, with what a place may name; `attributes` are those that the program declares.
pub fn templates(all: &[Template], attributes: &[String]) -> TemplatesOut {
    let fields = FIELDS
        .iter()
        .map(|(name, _, may_be_unknown, meaning)| TemplateFieldOut {
            name: (*name).to_owned(),
            meaning: (*meaning).to_owned(),
            needs_fallback: *may_be_unknown,
        });
    let own = attributes.iter().map(|id| TemplateFieldOut {
        name: format!("attribute.{id}"),
        meaning: format!("the member's attribute `{id}`"),
        needs_fallback: true,
    });
    TemplatesOut {
        items: all.iter().map(template).collect(),
        fields: fields.chain(own).collect(),
        channels: Channel::ALL.map(|own| own.name().to_owned()).into(),
    }
}

fn says(own: &Rendered) -> MessageWordsOut {
    MessageWordsOut {
        to: own.to.clone(),
        language: own.language.clone(),
        subject: own.subject.clone(),
        text: own.text.clone(),
        html: own.html.clone(),
    }
}

/// What a message would say, and whether it would go.
pub fn message_preview(own: &MessagePreview) -> MessagePreviewOut {
    let (goes, reason, until) = match own.sending {
        Sending::Send => (true, None, None),
        Sending::Wait(until) => (
            false,
            Some("quiet_hours".to_owned()),
            Some(until.to_string()),
        ),
        Sending::Not(reason) => (false, Some(reason.code().to_owned()), None),
    };
    MessagePreviewOut {
        says: says(&own.says),
        goes,
        reason,
        until,
    }
}

/// The name of a stage.
pub const fn message_stage(stage: MessageStage) -> &'static str {
    match stage {
        MessageStage::Waiting => "waiting",
        MessageStage::HandedOver => "handed_over",
        MessageStage::Sent => "sent",
        MessageStage::NotSent => "not_sent",
        MessageStage::Uncertain => "uncertain",
        MessageStage::GivenUp => "given_up",
        MessageStage::Bounced => "bounced",
    }
}

/// A send.
pub fn send(own: &Send) -> SendOut {
    let (mut segment, mut member, mut journey) = (None, None, None);
    match &own.audience {
        Audience::Segment(id) => segment = Some(id.clone()),
        Audience::Member(id) => member = Some(id.to_string()),
        Audience::Journey(id) => journey = Some(id.clone()),
    }
    let counts = own
        .counts
        .iter()
        .map(|(stage, reason, count)| SendCountOut {
            stage: message_stage(*stage).to_owned(),
            reason: reason.clone(),
            count: *count,
        });
    SendOut {
        id: own.id.clone(),
        name: own.name.clone(),
        template: own.template.clone(),
        channel: own.channel.clone(),
        segment,
        member,
        journey,
        hold_out_percent: own.hold_out,
        made_at: own.made_at.to_string(),
        stage: match own.stage {
            SendStage::Planning => "planning",
            SendStage::Planned => "planned",
            SendStage::Stopped => "stopped",
        }
        .to_owned(),
        messages: own.counts.iter().map(|(_, _, count)| count).sum(),
        counts: counts.collect(),
    }
}

/// A message.
pub fn message(own: OutboxMessage) -> MessageOut {
    MessageOut {
        id: own.id,
        send: own.send,
        member: own.member.to_string(),
        channel: own.channel,
        stage: message_stage(own.stage).to_owned(),
        reason: own.reason,
        at: own.at.to_string(),
        due_at: own.due.map(|at| at.to_string()),
        tries: own.tries,
        says: own.says.as_ref().map(says),
    }
}

/// What is set for all messages; with the secrets that were made just now, of these channels.
pub fn message_settings(own: &MessageSettings, made: &[String]) -> MessageSettingsBody {
    let channels = own.channels.iter().map(|(name, own)| {
        let body = ChannelBody {
            consent: own.consent.clone(),
            confirm: own.confirm,
            url: own.url.clone(),
            secret: (made.contains(name) && !own.secret.is_empty()).then(|| own.secret.clone()),
        };
        (name.clone(), body)
    });
    MessageSettingsBody {
        address: own.address.clone(),
        cap_most: own.cap_most,
        cap_days: own.cap_days,
        quiet_from: own.quiet_from.clone(),
        quiet_until: own.quiet_until.clone(),
        when_uncertain: match own.when_uncertain {
            WhenUncertain::Again => "again",
            WhenUncertain::Leave => "leave",
        }
        .to_owned(),
        channels: channels.collect(),
    }
}
