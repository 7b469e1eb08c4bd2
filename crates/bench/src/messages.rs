//! How long a send to everybody takes until each has their message, or the reason why not, in the outbox:
//! audience, consent, addresses, the cap, and what the message says to each.

use crate::folder::Folder;
use crate::merchant::{Merchant, PROGRAM};
use crate::options::Options;
use crate::report::Report;
use anyhow::{anyhow, ensure};
use regulars_app::{
    Audience, ChannelSettings, Database, MessageSettings, MessageStage, NOW, NewSend, SegmentDraft,
    TemplateDraft, TemplateWords,
};
use regulars_base::{EventKey, Text};
use regulars_engine::event::{Activity, Event, Incoming, Kind, Value, Who};
use regulars_engine::outcome::Verdict;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So many members come in with one batch.
const TOGETHER: u64 = 20_000;
/// One in so many did not allow letters.
const ONE_IN: u64 = 10;

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "messages")?;
    let program = format!("{PROGRAM}\n[activity.letters]\nconsent = \"keep\"\n");
    let merchant = Merchant::with(Database::Sqlite(folder.file("shop.db")), &program)?;
    enrol(&merchant, options.members)?;
    let (app, tenant) = (&merchant.app, merchant.tenant);
    let everybody = SegmentDraft {
        name: "Everybody who bought little".to_owned(),
        condition: "orders_ever < 1000".to_owned(),
    };
    app.make_segment(tenant, "all", &everybody)?;
    let whole = app.follow_segments(tenant, Duration::from_secs(86_400))?;
    ensure!(whole, "the log was not followed to its end");
    write(&merchant)?;
    // The second counts what the first brought, against a cap of one.
    let (first, _) = send(&merchant, MessageStage::Waiting, options.members)?;
    let (second, _) = send(&merchant, MessageStage::NotSent, options.members)?;
    Ok(Report::of("messages")
        .with("members", options.members as f64)
        .with("seconds", first)
        .with("members_per_second", options.members as f64 / first)
        .with("seconds_where_all_are_capped", second))
}

/// What is said, and to whom.
fn write(merchant: &Merchant) -> anyhow::Result<()> {
    let settings = MessageSettings {
        address: "https://club.example".to_owned(),
        cap_most: 1,
        quiet_from: String::new(),
        quiet_until: String::new(),
        channels: BTreeMap::from([(
            "email".to_owned(),
            ChannelSettings {
                consent: "letters".to_owned(),
                ..ChannelSettings::default()
            },
        )]),
        ..MessageSettings::default()
    };
    merchant
        .app
        .set_message_settings(merchant.tenant, settings)?;
    let words = TemplateWords {
        subject: "{first_name|Hello}, your points wait".to_owned(),
        text: "Hello {first_name|there},\n\nyou have {balance} points and are {tier|a member}. \
               {points_to_lapse|None} lapse on {lapse_on|no day}. Next: {next_reward|nothing}.\n\n\
               {unsubscribe_link}\n"
            .to_owned(),
        html: Some("<p>Hello {first_name|there}, you have <b>{balance}</b> points.</p>".to_owned()),
    };
    let draft = TemplateDraft {
        name: "Hello".to_owned(),
        language: "en".to_owned(),
        words: BTreeMap::from([("en".to_owned(), words)]),
    };
    merchant
        .app
        .put_template(merchant.tenant, ("hello", None), &draft)?;
    Ok(())
}

/// Plans a send; how long that took, and how many messages are at this stage, which must be nearly all.
fn send(merchant: &Merchant, stage: MessageStage, members: u64) -> anyhow::Result<(f64, i64)> {
    let new = NewSend {
        name: String::new(),
        template: "hello".to_owned(),
        channel: "email".to_owned(),
        audience: Audience::Segment("all".to_owned()),
    };
    let (app, tenant) = (&merchant.app, merchant.tenant);
    let begin = Instant::now();
    let send = app.send_message(tenant, &new)?;
    let planned = app.plan_sends(tenant)?;
    let took = begin.elapsed().as_secs_f64();
    ensure!(
        planned as u64 == members,
        "{planned} of {members} got a row"
    );
    let send = app.send(tenant, &send.id)?;
    let at = send.counts.iter().filter(|own| own.0 == stage);
    let at: i64 = at.map(|own| own.2).sum();
    ensure!(
        at >= i64::try_from(members - members / ONE_IN - 1)?,
        "{:?}",
        send.counts
    );
    Ok((took, at))
}

/// Members who joined, and of whom most allow letters.
fn enrol(merchant: &Merchant, members: u64) -> anyhow::Result<()> {
    for first in (0..members).step_by(usize::try_from(TOGETHER)?) {
        let last = members.min(first + TOGETHER);
        for consents in [false, true] {
            let wanted = |no: &u64| !consents || !no.is_multiple_of(ONE_IN);
            let events = (first..last).filter(wanted).map(|no| event(no, consents));
            let events = events.collect::<anyhow::Result<Vec<_>>>()?;
            for answer in merchant.app.ingest(merchant.tenant, events) {
                let receipt = answer.map_err(|error| anyhow!("{error}"))?;
                ensure!(receipt.verdict == Verdict::Accepted, "{:?}", receipt.verdict);
            }
        }
    }
    Ok(())
}

/// Somebody joins, or allows letters.
fn event(no: u64, consents: bool) -> anyhow::Result<Incoming> {
    let kind = match consents {
        false => Kind::Enrolment,
        true => Kind::Activity(Activity {
            name: Text::new("letters")?,
            store: Text::default(),
            fields: vec![
                (Text::new("given")?, Value::Bool(true)),
                (Text::new("channel")?, Value::Text(Text::new("till")?)),
                (Text::new("origin")?, Value::Text(Text::new("a form")?)),
                (Text::new("version")?, Value::Text(Text::new("1")?)),
            ],
        }),
    };
    let what = if consents { "allows" } else { "joins" };
    Ok(Incoming {
        who: Who::Identity {
            kind: Text::new("email")?,
            value: Text::new(format!("member-{no}@example.com"))?,
        },
        event: Event {
            key: EventKey {
                source: Text::new("bench")?,
                external_id: Text::new(format!("{what}-{no}"))?,
            },
            occurred_at: NOW,
            recorded_at: NOW,
            entropy: [0; 16],
            kind,
        },
    })
}
