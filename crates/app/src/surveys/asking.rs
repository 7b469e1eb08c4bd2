//! Who is asked, when, and how they are reached.

use super::record::{self, Survey, SurveyTrigger, SurveyWay};
use crate::app::Core;
use crate::background::for_each_tenant;
use crate::messages::{TemplateDraft, TemplateWords};
use crate::page::{Page, PageAsk};
use crate::programs::hex;
use crate::{App, Audience, Error, MemberRef, input, portal};
use regulars_base::{MemberId, TenantId, Timestamp};
use regulars_engage::survey::{Question, said};
use regulars_engage::{Channel, NotSent, Sending};
use regulars_engine::event::Kind;
use regulars_engine::outcome::Verdict;
use regulars_store::{AskingMove, AskingRow, AskingStage, Logged, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

const DAY_MICROS: i64 = 86_400_000_000;
/// So long what was taken is the taker's own.
const HELD_MICROS: i64 = 60_000_000;
/// So many askings are looked at together.
const TOGETHER: usize = 256;
/// So many members of a segment are asked together.
const MEMBERS: usize = 1000;
/// So many askings of a member are looked at to see whether they were asked lately.
const LATELY_MOST: usize = 100;
/// Who follows the log.
pub(super) const RUN: &str = "survey-run";
/// How the id of an asking begins.
const ASKING: &str = "ask_";
/// What is signed begins so: a signature for something else is none for this.
const CLAIM: &str = "survey";
/// Where links lead, before their token.
pub(super) const PATH: &str = "/survey/";

/// Why somebody was not asked, beside what keeps letters from them.
const ASKED_LATELY: &str = "asked_lately";
const SURVEY_OVER: &str = "survey_over";
const NO_ADDRESS_OF_SERVER: &str = "no_server_address";

/// What an asking is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct About {
    /// The event that started it: its source and id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<(String, String)>,
    /// The store that it happened in.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) store: String,
}

/// Somebody is asked by a survey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Its id.
    pub id: String,
    /// Who.
    pub member: MemberId,
    /// By which survey.
    pub survey: String,
    /// How far it came.
    pub stage: AskingStage,
    /// Why not; or why by no letter; or what became of what they answered.
    pub reason: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When they were asked.
    pub asked_at: Option<Timestamp>,
    /// When the questions were first shown.
    pub opened_at: Option<Timestamp>,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
    /// Where they answer without signing in; a path alone where the server does not know its address.
    pub link: String,
}

/// Which askings are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskingAsk {
    /// At this stage only.
    pub stage: Option<AskingStage>,
}

/// Whose link it is, and what it asks.
#[derive(Clone, Debug)]
pub struct SurveyLink {
    /// Of which merchant.
    pub tenant: TenantId,
    /// Who.
    pub member: MemberId,
    /// The id of the asking.
    pub asking: String,
    /// Its survey.
    pub survey: Survey,
    /// How far it came.
    pub stage: AskingStage,
    /// What the shop is called.
    pub shop: String,
    /// The language that they read, if it is known.
    pub language: Option<String>,
}

impl SurveyLink {
    /// Whether it was answered.
    pub const fn is_answered(&self) -> bool {
        matches!(self.stage, AskingStage::Given | AskingStage::Answered)
    }
}

/// Asks until the app is closed.
pub(crate) fn run(app: &App, every: Duration) {
    let words = "members could not be asked, and are again";
    for_each_tenant(app, every, words, |tenant| app.ask_due(tenant).map(drop));
}

/// An id: in the order of time, and the same for the same cause.
fn id_of(at: Timestamp, cause: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in cause {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    format!("{ASKING}{:016x}{}", at.micros().max(0), hex(&digest[..8]))
}

fn fresh(
    survey: &str,
    member: MemberId,
    (id, made_at, due): (String, Timestamp, Timestamp),
    about: &About,
) -> Result<AskingRow, Error> {
    Ok(AskingRow {
        id,
        member,
        survey: survey.to_owned(),
        stage: AskingStage::Waiting,
        reason: String::new(),
        made_at,
        due: Some(due),
        asked_at: None,
        opened_at: None,
        answered_at: None,
        about: serde_json::to_string(about).map_err(|error| Error::Bug(error.to_string()))?,
        numbers: "{}".into(),
        words: None,
    })
}

fn token(secret: &[u8; 32], tenant: TenantId, (member, id): (MemberId, &str)) -> String {
    let of = format!("{tenant}.{member}.{id}");
    let signature = portal::signed(secret, &format!("{CLAIM}.{of}"));
    format!("{of}.{signature}")
}

impl App {
    /// Asks a member, or everybody who is in a segment, by a survey; how many askings were made. Whoever was
    /// asked lately is told so in the list of askings, and not asked.
    pub fn ask_by_survey(
        &self,
        tenant: TenantId,
        survey: &str,
        audience: &Audience,
    ) -> Result<usize, Error> {
        let survey = self.survey(tenant, survey)?;
        if !survey.draft.live {
            return Err(Error::invalid(
                "/survey",
                "is not live: nobody is asked by it",
            ));
        }
        let now = self.now();
        let round = input::time_ordered(now);
        let add = |members: &[MemberId]| {
            let rows: Vec<AskingRow> = members
                .iter()
                .map(|member| {
                    let id = id_of(now, &[survey.id.as_bytes(), &round, member.bytes()]);
                    fresh(&survey.id, *member, (id, now, now), &About::default())
                })
                .collect::<Result<_, _>>()?;
            self.core()
                .write(move |store| Ok(store.add_askings(tenant, &rows)?))
        };
        match audience {
            Audience::Journey(_) => {
                let what = "is a journey: surveys are asked of a segment or of a member";
                Err(Error::invalid("/audience", what))
            }
            Audience::Member(id) => add(&[self.member(tenant, &MemberRef::Id(*id))?.id]),
            Audience::Segment(segment) => {
                self.segment(tenant, segment)?;
                let (mut after, mut asked) = (None, 0);
                loop {
                    let page = self.core().pool.with(|store| {
                        Ok(store.segment_members(tenant, segment, after, MEMBERS)?)
                    })?;
                    let members: Vec<MemberId> = page.iter().map(|own| own.0).collect();
                    asked += add(&members)?;
                    after = members.last().copied();
                    if members.len() < MEMBERS {
                        return Ok(asked);
                    }
                }
            }
        }
    }

    /// Askings of a survey, by age.
    pub fn askings(
        &self,
        tenant: TenantId,
        (survey, ask): (&str, &AskingAsk),
        page: &PageAsk,
    ) -> Result<Page<Asking>, Error> {
        self.survey(tenant, survey)?;
        let limit = page.limit();
        let shown = self.shows_askings(tenant)?;
        let rows = self.core().pool.with(|store| {
            let of = (survey, ask.stage);
            Ok(store.askings(tenant, of, page.after.as_deref(), limit + 1)?)
        })?;
        Ok(Page::cut(rows, limit, |row| row.id.clone()).map(shown))
    }

    /// Askings of a member, the newest first.
    pub fn askings_of(&self, tenant: TenantId, who: &MemberRef) -> Result<Vec<Asking>, Error> {
        let member = self.member(tenant, who)?.id;
        let shown = self.shows_askings(tenant)?;
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.askings_of(tenant, member, LATELY_MOST)?))?;
        Ok(rows.into_iter().map(shown).collect())
    }

    fn shows_askings(
        &self,
        tenant: TenantId,
    ) -> Result<impl Fn(AskingRow) -> Asking + use<>, Error> {
        let secret = self.portal_secret(tenant)?;
        let address = self.message_settings(tenant)?.address;
        Ok(move |row: AskingRow| Asking {
            link: format!(
                "{address}{PATH}{}",
                token(&secret, tenant, (row.member, &row.id))
            ),
            id: row.id,
            member: row.member,
            survey: row.survey,
            stage: row.stage,
            reason: row.reason,
            made_at: row.made_at,
            asked_at: row.asked_at,
            opened_at: row.opened_at,
            answered_at: row.answered_at,
        })
    }

    /// Where a member answers an asking without signing in, on this server.
    pub fn survey_path(
        &self,
        tenant: TenantId,
        member: MemberId,
        asking: &str,
    ) -> Result<String, Error> {
        let token = token(&self.portal_secret(tenant)?, tenant, (member, asking));
        Ok(format!("{PATH}{token}"))
    }

    /// Whose link it is. `Error::Unauthorized` if it was not made here.
    pub fn survey_link(&self, token: &str) -> Result<SurveyLink, Error> {
        let read = || {
            let (of, signature) = token.trim().rsplit_once('.')?;
            let mut parts = of.split('.');
            let tenant = parts.next()?.parse::<TenantId>().ok()?;
            let member = parts.next()?.parse::<MemberId>().ok()?;
            let asking = parts.next()?;
            parts
                .next()
                .is_none()
                .then_some((tenant, member, asking, of, signature))
        };
        let (tenant, member, asking, of, signature) = read().ok_or(Error::Unauthorized)?;
        self.tenant(tenant).map_err(|_| Error::Unauthorized)?;
        let own = portal::signed(&self.portal_secret(tenant)?, &format!("{CLAIM}.{of}"));
        if !bool::from(own.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(Error::Unauthorized);
        }
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let row = self.asking_row(tenant, member, asking)?;
        let title = self.shop_settings(tenant)?.title;
        let known = self.member(tenant, &MemberRef::Id(member)).ok();
        let language = known.and_then(|own| {
            let own = own.attributes.get("language")?.as_str()?;
            Some(own.to_owned())
        });
        Ok(SurveyLink {
            tenant,
            member,
            asking: row.id,
            survey: self.survey(tenant, &row.survey)?,
            stage: row.stage,
            shop: if title.is_empty() {
                program.name.clone()
            } else {
                title
            },
            language,
        })
    }

    pub(super) fn asking_row(
        &self,
        tenant: TenantId,
        member: MemberId,
        id: &str,
    ) -> Result<AskingRow, Error> {
        let found = self
            .core()
            .pool
            .with(|store| Ok(store.asking(tenant, member, id)?))?;
        found.ok_or_else(|| Error::not_found("asking", id))
    }

    /// Asks whoever is due, and books what was answered and is not booked yet; how many were looked at. The
    /// server does so by itself.
    pub fn ask_due(&self, tenant: TenantId) -> Result<usize, Error> {
        let surveys = self.surveys(tenant)?;
        if surveys.is_empty() {
            return Ok(0);
        }
        self.core().follow_triggers(tenant, &surveys)?;
        let mut looked_at = 0;
        while !self.core().stop.wait(Duration::ZERO) {
            let now = self.now();
            let times = (now, now.plus_micros(HELD_MICROS));
            let taken = self
                .core()
                .write(move |store| Ok(store.claim_askings(tenant, times, TOGETHER)?))?;
            let mut moved: Vec<AskingMove> = Vec::new();
            for row in &taken {
                let survey = surveys.iter().find(|own| own.id == row.survey);
                // Who is asked now must not be asked by another survey in the same breath.
                if moved.iter().any(|own| own.row.member == row.member) {
                    self.keep_moved(tenant, std::mem::take(&mut moved))?;
                }
                let done = match row.stage {
                    AskingStage::Given => self.book_answer(tenant, row.clone(), survey),
                    _ => self
                        .ask_one(tenant, row.clone(), survey)
                        .map(|own| moved.push(own)),
                };
                // One that fails holds up nobody else; it is due again in a minute.
                if let Err(error) = done {
                    tracing::warn!(%error, asking = row.id, "somebody could not be asked, and is again");
                }
            }
            self.keep_moved(tenant, moved)?;
            looked_at += taken.len();
            if taken.len() < TOGETHER {
                break;
            }
        }
        Ok(looked_at)
    }

    /// Asks somebody whose time has come, unless something keeps them from it. What became of the asking is to be
    /// kept; a letter that is written goes under the asking's id, so that it goes once if that is not reached.
    fn ask_one(
        &self,
        tenant: TenantId,
        mut row: AskingRow,
        survey: Option<&Survey>,
    ) -> Result<AskingMove, Error> {
        let was = (row.stage, row.due);
        row.due = None;
        let reached = match survey.filter(|own| own.draft.live) {
            None => Err(SURVEY_OVER.to_owned()),
            Some(_) if self.was_asked_lately(tenant, &row)? => Err(ASKED_LATELY.to_owned()),
            Some(survey) => self.reach(tenant, &row, survey)?,
        };
        match reached {
            Ok(note) => {
                row.stage = AskingStage::Asked;
                row.asked_at = Some(self.now());
                row.reason = note;
            }
            Err(reason) => {
                row.stage = AskingStage::NotAsked;
                row.reason = reason;
            }
        }
        Ok(AskingMove { was, row })
    }

    /// Keeps what became of askings, all at once.
    pub(super) fn keep_moved(&self, tenant: TenantId, moved: Vec<AskingMove>) -> Result<(), Error> {
        if moved.is_empty() {
            return Ok(());
        }
        let write = move |store: &mut dyn Store| Ok(store.move_askings(tenant, &moved)?);
        self.core().write(write).map(drop)
    }

    fn was_asked_lately(&self, tenant: TenantId, row: &AskingRow) -> Result<bool, Error> {
        let now = self.now();
        self.core().pool.with(|store| {
            let apart = record::settings(store, tenant)?.apart_days;
            let since = now.plus_micros(-i64::from(apart) * DAY_MICROS);
            let others = store.askings_of(tenant, row.member, LATELY_MOST)?;
            let others = others.iter().filter(|own| own.id != row.id);
            Ok(others.filter_map(|own| own.asked_at).any(|at| at > since))
        })
    }

    /// Reaches somebody: what keeps a letter from them where their pages ask them all the same, or why nothing
    /// does.
    fn reach(
        &self,
        tenant: TenantId,
        row: &AskingRow,
        survey: &Survey,
    ) -> Result<Result<String, String>, Error> {
        let on_pages = survey.reaches(SurveyWay::Portal) || survey.reaches(SurveyWay::Widget);
        let letter = survey.reaches(SurveyWay::Email);
        let channel = if letter {
            Channel::Email
        } else {
            Channel::Inbox
        };
        let sending = self.core().sending_now(tenant, channel, &[row.member])?;
        let hindered = match sending.first() {
            Some(Sending::Send | Sending::Wait(_)) => None,
            Some(Sending::Not(reason)) => Some(*reason),
            None => Some(NotSent::Left),
        };
        let gone = |reason: &NotSent| matches!(reason, NotSent::Forgotten | NotSent::Left);
        if let Some(reason) = hindered.filter(gone) {
            return Ok(Err(reason.code().to_owned()));
        }
        let address = self.message_settings(tenant)?.address;
        let hindered = match (letter, hindered) {
            (false, _) => None,
            (true, None) if address.is_empty() => Some(NO_ADDRESS_OF_SERVER),
            (true, own) => own.map(NotSent::code),
        };
        match hindered {
            None if letter => {
                let link = format!(
                    "{address}{PATH}{}",
                    token(&self.portal_secret(tenant)?, tenant, (row.member, &row.id))
                );
                let own = row.id.strip_prefix(ASKING).unwrap_or(&row.id);
                let to = (row.member, Channel::Email);
                self.core()
                    .send_by_itself(tenant, own, to, &letter_of(survey, &link))?;
                Ok(Ok(String::new()))
            }
            None => Ok(Ok(String::new())),
            Some(reason) if on_pages => Ok(Ok(reason.to_owned())),
            Some(reason) => Ok(Err(reason.to_owned())),
        }
    }

    /// Asks somebody in so many days, once for each cause.
    pub(crate) fn ask_later(
        &self,
        tenant: TenantId,
        (survey, member): (&str, MemberId),
        (cause, days): (&str, u16),
    ) -> Result<(), Error> {
        let now = self.now();
        let id = id_of(
            Timestamp::from_micros(0),
            &[survey.as_bytes(), cause.as_bytes()],
        );
        let due = now.plus_micros(i64::from(days) * DAY_MICROS);
        let row = fresh(survey, member, (id, now, due), &About::default())?;
        self.core()
            .write(move |store| Ok(store.add_askings(tenant, &[row])?))?;
        Ok(())
    }
}

impl Core {
    /// Makes askings of what happened since the log was last looked at.
    fn follow_triggers(&self, tenant: TenantId, surveys: &[Survey]) -> Result<(), Error> {
        let started: Vec<(&Survey, &SurveyTrigger)> = surveys
            .iter()
            .filter(|own| own.draft.live)
            .filter_map(|own| Some((own, own.draft.trigger.as_ref()?)))
            .collect();
        if started.is_empty() {
            return Ok(());
        }
        let mut each = |logged: &Logged, rows: &mut Vec<AskingRow>| {
            for (survey, trigger) in &started {
                rows.extend(asking_of(survey, trigger, logged)?);
            }
            Ok(())
        };
        self.follow_log(tenant, RUN, &mut each, keep)
    }
}

fn keep(store: &mut dyn Store, tenant: TenantId, rows: &[AskingRow]) -> Result<(), Error> {
    store.add_askings(tenant, rows)?;
    Ok(())
}

/// The asking that a row of the log starts.
fn asking_of(
    survey: &Survey,
    trigger: &SurveyTrigger,
    logged: &Logged,
) -> Result<Option<AskingRow>, Error> {
    let event = &logged.event;
    let counts = event.recorded_at >= survey.since && logged.outcome.verdict == Verdict::Accepted;
    if !counts || !starts(&trigger.on, logged) {
        return Ok(None);
    }
    let cause: [&[u8]; 3] = [
        survey.id.as_bytes(),
        logged.wallet.bytes(),
        &logged.seq.to_be_bytes(),
    ];
    let at = event.recorded_at;
    let due = at.plus_micros(i64::from(trigger.days) * DAY_MICROS);
    let store = match &event.kind {
        Kind::Purchase(own) => own.store.as_str(),
        Kind::Activity(own) => own.store.as_str(),
        Kind::Approved(own) => own.activity.store.as_str(),
        _ => "",
    };
    let about = About {
        event: Some((
            event.key.source.to_string(),
            event.key.external_id.to_string(),
        )),
        store: store.to_owned(),
    };
    fresh(
        &survey.id,
        logged.member,
        (id_of(at, &cause), at, due),
        &about,
    )
    .map(Some)
}

/// Whether an event is what a trigger waits for.
fn starts(on: &str, logged: &Logged) -> bool {
    match &logged.event.kind {
        Kind::Enrolment => on == "enrolment",
        Kind::Purchase(_) => on == "purchase",
        Kind::Refund(_) => on == "refund",
        Kind::RewardCommit(_) => on == "redemption",
        Kind::RewardRequest(own) => on == "redemption" && own.commit,
        Kind::Activity(_) | Kind::Approved(_) => {
            let done = logged.outcome.activity(&logged.event);
            done.is_some_and(|own| own.name.as_str() == on)
        }
        _ => false,
    }
}

/// What a letter says around its links, by language.
const AROUND: [(&str, &str, &str); 5] = [
    (
        "en",
        "Answer here",
        "You want no more such letters? Unsubscribe",
    ),
    (
        "de",
        "Hier antworten",
        "Keine solchen Briefe mehr? Abbestellen",
    ),
    (
        "ru",
        "Ответить здесь",
        "Больше не нужны такие письма? Отписаться",
    ),
    ("zh-Hans", "在此回答", "不想再收到此类邮件？退订"),
    ("zh-Hant", "在此回答", "不想再收到此類郵件？退訂"),
];

/// The letter of a survey: what it says, the first question, and a link for each answer that a click may choose.
fn letter_of(survey: &Survey, link: &str) -> TemplateDraft {
    let draft = &survey.draft;
    let own = draft.language.as_str();
    let words = draft.title.keys().map(|language| {
        let say = |words| said(words, Some(language), own);
        let around = AROUND.iter().find(|around| around.0 == language.as_str());
        let root = language.split('-').next();
        let kin = || {
            AROUND
                .iter()
                .find(|around| around.0.split('-').next() == root)
        };
        let (_, answer, unsubscribe) = around.or_else(kin).unwrap_or(&AROUND[0]);
        let first = &draft.questions[0];
        let asked = say(&first.says);
        let (title, lead) = (say(&draft.title), say(&draft.lead));
        let text = format!(
            "{}\n\n{}\n\n{answer}: {link}\n\n-- \n{unsubscribe}: ",
            unplaced(lead),
            unplaced(asked)
        );
        let html = format!(
            "<h1 style=\"font-size:1.3em\">{}</h1><p>{}</p><p><strong>{}</strong></p>{}\
             <p><a href=\"{link}\">{answer}</a></p>\
             <p style=\"font-size:.85em\"><a href=\"{{unsubscribe_link}}\">{unsubscribe}</a></p>",
            unplaced(&escaped(title)),
            unplaced(&escaped(lead)),
            unplaced(&escaped(asked)),
            scores(first, link),
        );
        let own = TemplateWords {
            subject: unplaced(title),
            text: format!("{}{{unsubscribe_link}}", text.trim_start()),
            html: Some(html),
        };
        (language.clone(), own)
    });
    TemplateDraft {
        name: draft.name.clone(),
        language: own.to_owned(),
        words: words.collect(),
    }
}

/// A link for each number of the first question; it chooses, and books nothing.
fn scores(first: &Question, link: &str) -> String {
    let Some((low, high)) = first.kind.scale() else {
        return String::new();
    };
    let mut row = String::from("<p>");
    for number in low..=high {
        let _ = write!(
            row,
            "<a href=\"{link}?score={number}\" style=\"display:inline-block;padding:.5em .8em;margin:.15em;\
             border:1px solid #888;border-radius:.4em;text-decoration:none\">{number}</a>"
        );
    }
    row.push_str("</p>");
    row
}

/// Words as they are, where a template is meant: a brace begins no place.
fn unplaced(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
