//! The last season of the demo shop, lived day by day: journeys run, letters go out, members are asked and
//! answer, agents help them, offers are shown and taken.
//!
//! Nothing of it is written down as if it had happened: the calendar is turned back, and each day does what a
//! server does on a day. Whatever stops in between goes on with the day after the last one that was lived, and
//! what a day does twice, it does once.

use super::calendar::Calendar;
use super::people::who;
use super::year::key;
use crate::page::all_of;
use crate::people::caller;
use crate::{
    App, AskingAsk, Audience, Caller, ChannelSettings, ContactKind, Error, JourneySample,
    JourneyState, MakeMemberCards, MasterForm, MasterSort, MemberRef, MessageSettings, NewAct,
    NewCase, NewContact, NewPerson, NewSend, PageAsk, SegmentDraft, ServiceCase, ServiceCause,
    ServiceChange, ServiceOutcome, ServiceSettings, ServiceState, SurveyDraft, TemplateDraft,
    TemplateWords, Told, Whence, input,
};
use regulars_base::{CivilDay, MemberId, TenantId, Timestamp, Zone};
use regulars_engage::offer::OfferSetDraft;
use regulars_engage::survey::{Answer, Answers};
use regulars_engine::event::{Incoming, Who};
use regulars_sim::shopper::{CATALOGUE, Dice};
use regulars_store::AskingStage;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

/// What is said in it, and by whom.
const SCRIPT: &str = include_str!("season.json");
/// Where links in letters lead: to a domain that nobody can own.
const ADDRESS: &str = "https://beans.example";
const SURVEY: &str = "visit";
const OFFERS: &str = "weekly";
/// Every so many days somebody complains, and somebody calls.
const COMPLAINS_EVERY: i32 = 4;
const CALLS_EVERY: i32 = 13;
/// Of a hundred members who allow letters, who are asked answer, and who looks at an offer takes it.
const ALLOW: u64 = 78;
const ANSWER: u64 = 46;
const TAKE: u64 = 35;
/// So many members open their pages in a day.
const OPEN_PAGES: u64 = 7;
/// Cards of plastic: of a batch, and handed out.
const CARDS: u32 = 60;
const CARDS_HANDED_OUT: usize = 24;
/// So many rows of a list are read at a time.
const AT_ONCE: usize = 1000;
/// How long what one day brings may take.
const PATIENCE: Duration = Duration::from_secs(60);
const MINUTE_MICROS: i64 = 60_000_000;
/// When letters go out and agents work: five past ten, and half past seven.
const MORNING: i64 = (10 * 60 + 5) * MINUTE_MICROS;
const EVENING: i64 = (19 * 60 + 30) * MINUTE_MICROS;

#[derive(Deserialize)]
struct Script {
    staff: Vec<Employee>,
    journeys: Vec<String>,
    segments: Vec<(String, String, String)>,
    sends: Vec<Letter>,
    survey: SurveyDraft,
    said: Said,
    complaints: Vec<(String, String)>,
    replies: Vec<String>,
    thanks: Vec<String>,
    notes: Vec<String>,
    contacts: Vec<(String, String)>,
    offers: OfferSetDraft,
    stores: Vec<(String, String)>,
}

#[derive(Deserialize)]
struct Employee {
    name: String,
    email: String,
    role: String,
}

/// A letter to a segment, on a day of the season.
#[derive(Deserialize)]
struct Letter {
    day: i32,
    id: String,
    name: String,
    segment: String,
    hold_out: u8,
    words: BTreeMap<String, TemplateWords>,
}

/// What members say to whom they would recommend the shop to, or not.
#[derive(Deserialize)]
struct Said {
    wrong: Vec<String>,
    good: Vec<String>,
}

/// The season, and the shop that lives it.
pub(super) struct Season<'a> {
    app: &'a App,
    calendar: &'a Calendar,
    tenant: TenantId,
    seed: u64,
    zone: Zone,
    /// Its first day.
    opens: CivilDay,
    script: Script,
    staff: Vec<Caller>,
    /// Members by the number that they have in the seed's history.
    members: BTreeMap<MemberId, u32>,
}

impl<'a> Season<'a> {
    /// Opens it, at the calendar's moment: all that a shop sets up before it writes to its members.
    pub(super) fn open(
        app: &'a App,
        calendar: &'a Calendar,
        (tenant, seed): (TenantId, u64),
        opens: CivilDay,
    ) -> Result<Self, Error> {
        let (_, program) = app.program_in_force(tenant, app.now())?;
        let mut season = Self {
            app,
            calendar,
            tenant,
            seed,
            zone: program.zone.clone(),
            opens,
            script: serde_json::from_str(SCRIPT).expect("a test reads the file"),
            staff: Vec::new(),
            members: BTreeMap::new(),
        };
        season.employ()?;
        season.say_what_is_sold()?;
        season.set_up_letters()?;
        if once(app.put_survey(tenant, (SURVEY, None), &season.script.survey))?.is_some() {
            season.note(season.manager(), "put_survey", SURVEY)?;
        }
        if once(app.put_offer_set(tenant, (OFFERS, None), &season.script.offers))?.is_some() {
            season.note(season.manager(), "put_offer_set", OFFERS)?;
        }
        app.make_member_cards(
            tenant,
            &MakeMemberCards {
                batch: "counter".into(),
                prefix: "27".into(),
                digits: 12,
                count: CARDS,
            },
        )?;
        Ok(season)
    }

    /// Some who may do something here. Nobody knows their passwords.
    fn employ(&mut self) -> Result<(), Error> {
        for own in &self.script.staff {
            let new = NewPerson {
                email: own.email.clone(),
                name: own.name.clone(),
                roles: vec![own.role.clone()],
                partner: None,
            };
            let Some(invited) = once(self.app.invite(self.tenant, new))? else {
                continue;
            };
            let password: String = input::random().iter().fold(String::new(), |mut all, byte| {
                let _ = write!(all, "{byte:02x}");
                all
            });
            let _ = self
                .app
                .take_up(&invited.token, &password, &Whence::default())?;
        }
        for person in self.app.people(self.tenant)? {
            let own = self
                .app
                .core()
                .pool
                .with(|store| caller(store, self.tenant, &person.id))?;
            self.staff.extend(own);
        }
        let settings = ServiceSettings {
            hours: std::array::from_fn(|day| {
                if day < 6 {
                    "08:00-19:00".into()
                } else {
                    String::new()
                }
            }),
            answer_minutes: 8 * 60,
            solve_minutes: 3 * 11 * 60,
            budget: 400,
            ..ServiceSettings::default()
        };
        self.app
            .set_service_settings(self.tenant, settings)
            .map(drop)
    }

    fn say_what_is_sold(&self) -> Result<(), Error> {
        let mut products = String::from("id,name,category,price,brand\n");
        for own in CATALOGUE {
            let (euros, cents) = (own.price / 100, own.price % 100);
            let _ = writeln!(
                products,
                "{},\"{}\",{},{euros}.{cents:02},{}",
                own.sku, own.name, own.category, own.brand
            );
        }
        let mut stores = String::from("id,name\n");
        for (id, name) in &self.script.stores {
            let _ = writeln!(stores, "{id},\"{name}\"");
        }
        for (sort, text) in [(MasterSort::Product, products), (MasterSort::Store, stores)] {
            self.app
                .put_master_data(self.tenant, sort, (MasterForm::Csv, &text))?;
        }
        Ok(())
    }

    fn set_up_letters(&self) -> Result<(), Error> {
        let (app, tenant) = (self.app, self.tenant);
        let email = ChannelSettings {
            consent: "letters".into(),
            ..ChannelSettings::default()
        };
        let settings = MessageSettings {
            address: ADDRESS.into(),
            channels: BTreeMap::from([("email".to_owned(), email)]),
            ..MessageSettings::default()
        };
        app.set_message_settings(tenant, settings)?;
        app.follow_segments(tenant, PATIENCE)?;
        for (id, name, condition) in &self.script.segments {
            let draft = SegmentDraft {
                name: name.clone(),
                condition: condition.clone(),
            };
            if once(app.make_segment(tenant, id, &draft))?.is_some() {
                self.note(self.manager(), "make_segment", id)?;
            }
        }
        for own in &self.script.sends {
            let draft = TemplateDraft {
                name: own.name.clone(),
                language: "en".into(),
                words: own.words.clone(),
            };
            if once(app.put_template(tenant, (&own.id, None), &draft))?.is_some() {
                self.note(self.manager(), "put_template", &own.id)?;
            }
        }
        for name in &self.script.journeys {
            let sample = JourneySample::named(name).expect("the library has it");
            app.take_journey_templates(tenant, sample)?;
            if let Some(new) = once(app.put_journey(tenant, (name, None), sample.text))? {
                app.set_journey_state(tenant, (name, new.version), JourneyState::Running)?;
                self.note(self.manager(), "set_journey_state", name)?;
            }
        }
        Ok(())
    }

    /// Knows members by the numbers that they have in the history, gives them their names, and has them say
    /// whether they may be written to.
    pub(super) fn meet(&mut self, numbers: impl IntoIterator<Item = u32>) -> Result<(), Error> {
        for number in numbers {
            if self.members.values().any(|known| *known == number) {
                continue;
            }
            let Some(member) = self.app.name_person(self.tenant, number)? else {
                continue;
            };
            self.members.insert(member, number);
            if self.dice(30, &[number.into()]).below(100) < ALLOW {
                self.app.consent_under(
                    (self.tenant, member),
                    ("letters", true),
                    ("portal", "portal"),
                    (key(&format!("letters-{number}")), "program 1".into()),
                )?;
            }
        }
        Ok(())
    }

    /// Turns the calendar to a time of a day of the season.
    fn turn_to(&self, day: i32, time: i64) -> Timestamp {
        let start = self.zone.start_of(self.opens.plus_days(day));
        let at = start.plus_micros(time);
        self.calendar.turn_to(at);
        at
    }

    /// Lives a day: what members did on it, and what came of it.
    pub(super) fn live(&mut self, day: i32, events: &[Incoming]) -> Result<(), Error> {
        let morning = self.turn_to(day, MORNING);
        let early = events.partition_point(|own| own.event.occurred_at < morning);
        self.app.send_history(self.tenant, &events[..early])?;
        for own in self.script.sends.iter().filter(|own| own.day == day) {
            self.write_to_all(own)?;
        }
        self.write_letters()?;
        self.help(day)?;
        self.turn_to(day, EVENING);
        self.app.send_history(self.tenant, &events[early..])?;
        let came: BTreeSet<u32> = events.iter().filter_map(number).collect();
        self.meet(came.iter().copied())?;
        self.hear_answers()?;
        self.show_offers(day)?;
        self.hand_out_card(day, &came)?;
        self.do_what_is_due()
    }

    /// What a server does by itself.
    fn do_what_is_due(&self) -> Result<(), Error> {
        let (app, tenant) = (self.app, self.tenant);
        app.tick_due(app.now())?;
        app.settle_offers(tenant)?;
        app.ask_due(tenant)?;
        self.write_letters()
    }

    /// Sees who came to a step of a journey, and sends what is to be sent.
    fn write_letters(&self) -> Result<(), Error> {
        let (app, tenant) = (self.app, self.tenant);
        app.follow_segments(tenant, PATIENCE)?;
        app.plan_sends(tenant)?;
        while app.post_messages(tenant)? > 0 {}
        Ok(())
    }

    fn write_to_all(&self, own: &Letter) -> Result<(), Error> {
        let there = self.app.sends(self.tenant, &PageAsk::default())?.items;
        if there.iter().any(|send| send.template == own.id) {
            return Ok(());
        }
        let new = NewSend {
            name: own.name.clone(),
            template: own.id.clone(),
            channel: "email".into(),
            audience: Audience::Segment(own.segment.clone()),
            hold_out: own.hold_out,
        };
        self.app.send_message(self.tenant, &new)?;
        self.note(self.manager(), "create_send", &own.name)
    }

    /// Some of those who were asked answer within three days.
    fn hear_answers(&self) -> Result<(), Error> {
        let (app, tenant) = (self.app, self.tenant);
        let asked = AskingAsk {
            stage: Some(AskingStage::Asked),
        };
        let all = all_of((AT_ONCE, usize::MAX), |page| {
            app.askings(tenant, (SURVEY, &asked), page)
        })?;
        for asking in all {
            let (Some(at), Some(number)) = (asking.asked_at, self.members.get(&asking.member))
            else {
                continue;
            };
            let mut dice = self.dice(31, &[(*number).into(), at.micros().unsigned_abs()]);
            let answers = dice.below(100) < ANSWER;
            let waits = i64::try_from(1 + dice.below(60)).unwrap_or(1) * 60 * MINUTE_MICROS;
            if !answers || at.plus_micros(waits) > app.now() {
                continue;
            }
            let mood = self.dice(32, &[(*number).into()]).below(100);
            let score = match mood {
                0..10 => 1 + dice.below(6),
                10..36 => 7 + dice.below(2),
                _ => 8 + dice.below(3).max(dice.below(3)),
            };
            let (question, words) = match score {
                0..=6 => ("wrong", &self.script.said.wrong),
                _ => ("good", &self.script.said.good),
            };
            let score = i64::try_from(score).unwrap_or(0);
            let word = match dice.below(100) < 55 {
                true => Answer::Text(words[dice.place(words.len())].clone()),
                false => Answer::Nothing,
            };
            let all = Answers::from([
                ("recommend".to_owned(), Answer::Number(score)),
                (question.to_owned(), word),
            ]);
            let way = if dice.below(3) == 0 {
                "portal"
            } else {
                "email"
            };
            app.answer_asking(tenant, (asking.member, &asking.id), (&all, true), way)?;
        }
        Ok(())
    }

    /// A few look at their pages, and may take what they are offered.
    fn show_offers(&self, day: i32) -> Result<(), Error> {
        let mut dice = self.dice(33, &[day.unsigned_abs().into()]);
        for _ in 0..OPEN_PAGES {
            let member = MemberRef::Id(self.somebody(&mut dice));
            let takes = dice.below(100) < TAKE;
            for own in self.app.offers_of(self.tenant, &member)? {
                if takes {
                    self.app.take_offer(self.tenant, &member, &own.choice)?;
                }
            }
        }
        Ok(())
    }

    /// Who came today gets a card while there are some; not the first member, whom the manual calls by number.
    fn hand_out_card(&self, day: i32, came: &BTreeSet<u32>) -> Result<(), Error> {
        let Some(who) = came.iter().find(|own| **own > 0).and_then(|own| who(*own)) else {
            return Ok(());
        };
        let cards = self
            .app
            .member_cards(self.tenant, "counter", &PageAsk::default())?
            .items;
        let place = usize::try_from(day / 3).unwrap_or(0);
        match cards.get(place) {
            Some(card) if day % 3 == 0 && place < CARDS_HANDED_OUT => {
                match self.app.activate_card(self.tenant, &card.number, &who) {
                    Ok(_) | Err(Error::NoCard(_) | Error::IdentityTaken { .. }) => Ok(()),
                    Err(error) => Err(error),
                }
            }
            _ => Ok(()),
        }
    }

    /// Agents answer whoever waits, and somebody complains or calls.
    fn help(&self, day: i32) -> Result<(), Error> {
        let mut dice = self.dice(34, &[day.unsigned_abs().into()]);
        self.answer_cases(&mut dice)?;
        if day % COMPLAINS_EVERY == 2 {
            self.complain(day / COMPLAINS_EVERY, &mut dice)?;
        }
        if day % CALLS_EVERY == 6 {
            self.call(day / CALLS_EVERY, &mut dice)?;
        }
        Ok(())
    }

    fn answer_cases(&self, dice: &mut Dice) -> Result<(), Error> {
        let (app, tenant) = (self.app, self.tenant);
        for state in [ServiceState::Open, ServiceState::Waiting] {
            for case in app.all_service_cases(tenant, Some(state))? {
                // Nearly all are answered the next morning; what comes after takes some days.
                let of_ten = if case.answered_at.is_none() { 8 } else { 2 };
                if dice.below(10) < of_ten {
                    let by = &self.staff[dice.place(self.staff.len())];
                    self.go_on_with(&case, by, dice)?;
                }
            }
        }
        Ok(())
    }

    /// Somebody complains who has not yet.
    fn complain(&self, number: i32, dice: &mut Dice) -> Result<(), Error> {
        let (subject, text) = turn(&self.script.complaints, number);
        let member = self.somebody(dice);
        if !self.app.service_cases_of(self.tenant, member)?.is_empty() {
            return Ok(());
        }
        let new = NewCase {
            member,
            cause: ServiceCause::Complaint,
            subject: subject.clone(),
            text: text.clone(),
            survey: None,
            by: None,
        };
        self.app.open_service_case(self.tenant, &new).map(drop)
    }

    /// Somebody calls who has not yet.
    fn call(&self, number: i32, dice: &mut Dice) -> Result<(), Error> {
        let (kind, text) = turn(&self.script.contacts, number);
        let member = self.somebody(dice);
        if !self.app.contacts(self.tenant, member)?.is_empty() {
            return Ok(());
        }
        let new = NewContact {
            kind: ContactKind::by_name(kind).expect("the script names a kind"),
            at: None,
            text: text.clone(),
        };
        let by = turn(&self.staff, number);
        self.app
            .note_contact(self.tenant, by.agent(), &MemberRef::Id(member), &new)?;
        self.note(by, "create_contact", &member.to_string())
    }

    fn somebody(&self, dice: &mut Dice) -> MemberId {
        let place = dice.place(self.members.len());
        *self.members.keys().nth(place).expect("it is one of them")
    }

    /// The next thing that an agent does in a case, or the member.
    fn go_on_with(&self, case: &ServiceCase, by: &Caller, dice: &mut Dice) -> Result<(), Error> {
        let app = self.app;
        if case.answered_at.is_none() {
            let own = ServiceChange::Assign(Some(by.key.clone()));
            app.change_service_case(by, &case.id, &own)?;
            self.note(by, "change_case", &case.id)?;
            if dice.below(4) == 0 {
                let note = &self.script.notes[dice.place(self.script.notes.len())];
                app.note_on_case(by, &case.id, note)?;
            }
            let reply = &self.script.replies[dice.place(self.script.replies.len())];
            app.reply_in_case(by, &case.id, reply)?;
            self.note(by, "say_in_case", &case.id)?;
            if case.made_good == 0 && dice.below(2) == 0 {
                app.make_good(by, &case.id, (25, "for the trouble"))?;
                self.note(by, "make_case_good", &case.id)?;
            }
            return Ok(());
        }
        if case.state == ServiceState::Waiting && dice.below(2) == 0 {
            let thanks = &self.script.thanks[dice.place(self.script.thanks.len())];
            app.answer_own_case(self.tenant, (case.member, &case.id), thanks)?;
        }
        let outcome = match dice.below(5) {
            0 => ServiceOutcome::Nothing,
            1 | 2 => ServiceOutcome::Explained,
            _ => ServiceOutcome::MadeGood,
        };
        app.change_service_case(by, &case.id, &ServiceChange::Solve(outcome))?;
        self.note(by, "change_case", &case.id)
    }

    /// Who sets up what others work with.
    fn manager(&self) -> &Caller {
        let named = self.script.staff.iter().find(|own| own.role == "manager");
        let is = |own: &&Caller| named.is_some_and(|manager| manager.name == own.name);
        let manager = self.staff.iter().find(is).or(self.staff.first());
        manager.expect("the season begins with people who work here")
    }

    /// Puts down what somebody did by hand, as a server does with each of their requests.
    fn note(&self, by: &Caller, act: &str, target: &str) -> Result<(), Error> {
        let told = Told {
            name: by.name.clone(),
            ..Told::default()
        };
        let new = NewAct {
            actor: by.key.clone(),
            act: act.to_owned(),
            target: target.to_owned(),
            told,
        };
        self.app.note(self.tenant, new)
    }

    fn dice(&self, sort: u64, about: &[u64]) -> Dice {
        let mut all = vec![sort];
        all.extend(about);
        Dice::of(self.seed, &all)
    }
}

/// One of these, in turns.
fn turn<T>(of: &[T], number: i32) -> &T {
    &of[usize::try_from(number).unwrap_or(0) % of.len()]
}

/// Whom an event is of, by the number in the seed's history.
fn number(incoming: &Incoming) -> Option<u32> {
    let Who::Identity { value, .. } = &incoming.who else {
        return None;
    };
    value.as_str().strip_prefix("C-")?.parse().ok()
}

/// What was made; nothing if it was there before.
fn once<T>(made: Result<T, Error>) -> Result<Option<T>, Error> {
    match made {
        Ok(made) => Ok(Some(made)),
        Err(Error::Exists { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_can_be_played() {
        let script: Script = serde_json::from_str(SCRIPT).expect("it can be read");
        assert!(
            script
                .journeys
                .iter()
                .all(|own| JourneySample::named(own).is_some())
        );
        assert!(
            script
                .contacts
                .iter()
                .all(|own| ContactKind::by_name(&own.0).is_some())
        );
        assert!(!script.replies.is_empty() && !script.thanks.is_empty());
        assert!(script.sends.iter().all(|own| own.day < super::super::LIVED));
    }
}
