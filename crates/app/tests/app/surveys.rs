//! Surveys and the cases they open: who is asked and who is not, what an answer comes to, and how it is made good.

use crate::support::{CAFE, Shop, agent, key, purchase, text};
use regulars_app::engage::Theme;
use regulars_app::engage::survey::{Answer, Answers, Branch, Question, QuestionKind, Test, Words};
use regulars_app::mail::{Letter, Mailer};
use regulars_app::{
    AnswerState, AskingAsk, AskingStage, Audience, Caller, ChannelSettings, Error, FollowUp,
    HeldState, Identity, InboundLetter, MadeGood, MemberRef, MessageSettings, NewCase, NewMember,
    PageAsk, ServiceAsk, ServiceCause, ServiceChange, ServiceOutcome, ServiceSettings,
    ServiceState, SurveyDraft, SurveyFiguresAsk, SurveyTrigger, SurveyWay,
};
use regulars_base::MemberId;
use regulars_testkit::TestDb;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

regulars_testkit::on_both! {
    a_survey_says_what_is_wrong_at_its_place,
    an_answer_is_booked_once_and_gives_what_the_rules_say,
    a_purchase_starts_a_survey_and_nobody_is_asked_twice_in_a_month,
    a_letter_asks_whoever_allowed_letters_and_its_link_answers,
    figures_and_themes_say_what_was_answered,
    what_somebody_said_goes_with_them,
    a_low_score_opens_a_case_that_is_answered_made_good_and_solved,
    a_budget_is_not_overdrawn_and_more_waits_for_a_second_person,
    a_member_writes_and_the_clock_of_the_shop_runs,
}

/// The café asks whether it would be recommended, and gives five beans for the answer.
fn program() -> String {
    format!(
        "{CAFE}{}",
        r#"
[activity.letters]
consent = "keep"

[activity.survey]
fields = { recommend = { type = "int", least = 0, most = 10, needed = true }, survey = "text" }

[[earn]]
id   = "answer"
on   = "survey"
give = { beans = 5 }

[insight]
recommend = "survey.recommend"
"#
    )
}

type Kept = Arc<Mutex<Vec<Letter>>>;

fn shop(db: TestDb) -> (Shop, Kept) {
    let (mailer, kept) = Mailer::kept();
    let program = program();
    let shop = Shop::with(db, &program, |config| regulars_app::Config {
        mail: Some(mailer),
        ..config
    });
    shop.set("2025-03-03T12:00:00Z");
    let settings = MessageSettings {
        address: "https://club.example".into(),
        channels: BTreeMap::from([(
            "email".to_owned(),
            ChannelSettings {
                consent: "letters".into(),
                ..ChannelSettings::default()
            },
        )]),
        ..MessageSettings::default()
    };
    let set = shop.app.set_message_settings(shop.tenant, settings);
    set.expect("is right");
    (shop, kept)
}

fn join(shop: &Shop, name: &str) -> MemberId {
    let identity = |kind: &str, value: String| Identity {
        kind: text(kind),
        value: text(&value),
    };
    let new = NewMember {
        key: key(&format!("join-{name}")),
        identities: vec![
            identity("customer", name.to_owned()),
            identity("email", format!("{name}@example.com")),
        ],
        attributes: BTreeMap::new(),
        occurred_at: None,
        referral_code: None,
    };
    shop.app.enrol(shop.tenant, new).expect("joins").0.id
}

fn words(text: &str) -> Words {
    Words::from([("en".to_owned(), text.to_owned())])
}

fn draft(ways: &[SurveyWay]) -> SurveyDraft {
    let question = |id: &str, kind, next| Question {
        id: id.into(),
        kind,
        says: words(&format!("{id}?")),
        needed: kind == QuestionKind::Nps,
        options: Vec::new(),
        field: if kind == QuestionKind::Nps {
            id.into()
        } else {
            String::new()
        },
        next,
    };
    let happy = Branch {
        when: Some(Test {
            question: "recommend".into(),
            least: Some(9),
            ..Test::default()
        }),
        to: "end".into(),
    };
    SurveyDraft {
        name: "Would you".into(),
        language: "en".into(),
        title: words("How are {we} doing?"),
        lead: words("One minute."),
        thanks: words("Thank you!"),
        activity: "survey".into(),
        questions: vec![
            question("recommend", QuestionKind::Nps, vec![happy]),
            question("why", QuestionKind::Text, Vec::new()),
        ],
        trigger: None,
        ways: ways.to_vec(),
        opens_case: vec![Test {
            question: "recommend".into(),
            most: Some(6),
            ..Test::default()
        }],
        live: true,
    }
}

fn put(shop: &Shop, draft: &SurveyDraft) {
    let seen = shop
        .app
        .survey(shop.tenant, "nps")
        .ok()
        .map(|own| own.version);
    shop.app
        .put_survey(shop.tenant, ("nps", seen), draft)
        .expect("is right");
}

fn answers(number: i64, why: Option<&str>) -> Answers {
    let mut all = Answers::from([("recommend".to_owned(), Answer::Number(number))]);
    if let Some(why) = why {
        all.insert("why".to_owned(), Answer::Text(why.to_owned()));
    }
    all
}

fn ask(shop: &Shop, member: MemberId) -> String {
    let made = shop
        .app
        .ask_by_survey(shop.tenant, "nps", &Audience::Member(member));
    assert_eq!(made.expect("is asked"), 1);
    shop.app.ask_due(shop.tenant).expect("asks");
    let own = shop
        .app
        .askings_of(shop.tenant, &MemberRef::Id(member))
        .expect("is there");
    own[0].id.clone()
}

fn answer(shop: &Shop, (member, asking): (MemberId, &str), all: &Answers) -> AnswerState {
    let done = shop
        .app
        .answer_asking(shop.tenant, (member, asking), (all, true), "portal");
    done.expect("is taken").state
}

fn beans(shop: &Shop, member: MemberId) -> i64 {
    let own = shop
        .app
        .balances(shop.tenant, &MemberRef::Id(member), None)
        .expect("is there");
    own.points[0].available
}

fn stages(shop: &Shop, member: MemberId) -> Vec<(AskingStage, String)> {
    let own = shop
        .app
        .askings_of(shop.tenant, &MemberRef::Id(member))
        .expect("is there");
    own.into_iter().map(|own| (own.stage, own.reason)).collect()
}

fn a_survey_says_what_is_wrong_at_its_place(db: TestDb) {
    let (shop, _) = shop(db);
    type Spoil = fn(&mut SurveyDraft);
    let cases: [(Spoil, &str); 10] = [
        (|own| own.title = words("One\nand two"), "/title/en"),
        (|own| own.name.clear(), "/name"),
        (|own| own.ways.clear(), "/ways"),
        (|own| own.title.clear(), "/title"),
        (|own| own.activity = "nothing".into(), "/activity"),
        (|own| own.activity = "letters".into(), "/activity"),
        (|own| own.questions[0].needed = false, "/activity"),
        (
            |own| own.questions[0].field = "gone".into(),
            "/questions/0/field",
        ),
        (
            |own| own.opens_case[0].question = "gone".into(),
            "/opens_case/0/question",
        ),
        (
            |own| {
                own.trigger = Some(SurveyTrigger {
                    on: "moon".into(),
                    days: 1,
                });
            },
            "/trigger/on",
        ),
    ];
    for (spoil, at) in cases {
        let mut own = draft(&[SurveyWay::Portal]);
        spoil(&mut own);
        let told = shop.app.put_survey(shop.tenant, ("nps", None), &own);
        match told {
            Err(Error::Invalid(faults)) => {
                assert!(faults.iter().any(|own| own.at == at), "{at}: {faults:?}");
            }
            other => panic!("{at}: {other:?}"),
        }
    }
    let mut circle = draft(&[SurveyWay::Portal]);
    circle.questions[1].next = vec![Branch {
        when: None,
        to: "recommend".into(),
    }];
    let told = shop
        .app
        .put_survey(shop.tenant, ("nps", None), &circle)
        .expect_err("leads back");
    assert!(
        told.to_string().contains("recommend → why → recommend"),
        "{told}"
    );
    put(&shop, &draft(&[SurveyWay::Portal]));
    let stale = shop
        .app
        .put_survey(shop.tenant, ("nps", Some(7)), &draft(&[SurveyWay::Portal]));
    assert!(matches!(stale, Err(Error::Invalid(_))), "{stale:?}");
}

fn an_answer_is_booked_once_and_gives_what_the_rules_say(db: TestDb) {
    let (shop, _) = shop(db);
    put(&shop, &draft(&[SurveyWay::Portal]));
    let ana = join(&shop, "ana");
    let asking = ask(&shop, ana);
    let shown = shop
        .app
        .surveys_to_answer(shop.tenant, ana, SurveyWay::Portal)
        .expect("is asked");
    assert_eq!(shown.len(), 1);
    // On the way nothing is kept, and the next question is told.
    let of = (ana, asking.as_str());
    let on_the_way = shop
        .app
        .answer_asking(shop.tenant, of, (&answers(4, None), false), "portal");
    let on_the_way = on_the_way.expect("is right so far");
    assert_eq!(on_the_way.state, AnswerState::Open);
    assert_eq!(on_the_way.next.expect("is asked why").id, "why");
    let wrong = shop
        .app
        .answer_asking(shop.tenant, of, (&answers(4, None), true), "portal");
    assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
    assert_eq!(beans(&shop, ana), 0);
    // A promoter is asked no more.
    assert_eq!(answer(&shop, of, &answers(10, None)), AnswerState::Done);
    assert_eq!(
        answer(&shop, of, &answers(0, Some("no"))),
        AnswerState::DoneBefore
    );
    assert_eq!(beans(&shop, ana), 5);
    let proof = shop
        .app
        .verify(shop.tenant, None, &mut |_| {})
        .expect("is read");
    assert_eq!(proof.wrong, None);
    let left = shop
        .app
        .surveys_to_answer(shop.tenant, ana, SurveyWay::Portal)
        .expect("is read");
    assert!(left.is_empty());
}

fn a_purchase_starts_a_survey_and_nobody_is_asked_twice_in_a_month(db: TestDb) {
    let (shop, _) = shop(db);
    let (ana, bo) = (join(&shop, "ana"), join(&shop, "bo"));
    let buys = |name: &str, order: &str, at: &str| {
        let bought = shop
            .app
            .ingest_one(shop.tenant, purchase(name, order, at, 1000));
        bought.expect("is taken");
        shop.app.seal(shop.tenant).expect("is sealed");
    };
    // Before there is a survey: it starts nothing.
    buys("bo", "o-0", "2025-03-03T12:00:00Z");
    let trigger = SurveyTrigger {
        on: "purchase".into(),
        days: 3,
    };
    shop.set("2025-03-03T12:05:00Z");
    put(
        &shop,
        &SurveyDraft {
            trigger: Some(trigger),
            ..draft(&[SurveyWay::Portal])
        },
    );
    shop.set("2025-03-03T12:10:00Z");
    buys("ana", "o-1", "2025-03-03T12:10:00Z");
    shop.app.ask_due(shop.tenant).expect("follows");
    assert_eq!(stages(&shop, ana), [(AskingStage::Waiting, String::new())]);
    assert!(stages(&shop, bo).is_empty());
    shop.set("2025-03-06T12:09:00Z");
    shop.app.ask_due(shop.tenant).expect("waits");
    assert_eq!(stages(&shop, ana)[0].0, AskingStage::Waiting);
    buys("ana", "o-2", "2025-03-06T12:09:00Z");
    shop.set("2025-03-06T12:10:00Z");
    shop.app.ask_due(shop.tenant).expect("asks");
    shop.set("2025-03-09T12:30:00Z");
    shop.app.ask_due(shop.tenant).expect("asks nobody twice");
    shop.app.ask_due(shop.tenant).expect("is done already");
    let lately = (AskingStage::NotAsked, "asked_lately".to_owned());
    assert_eq!(
        stages(&shop, ana),
        [lately, (AskingStage::Asked, String::new())]
    );
    // A month later they may be asked again.
    shop.set("2025-04-20T12:00:00Z");
    assert_eq!(
        shop.app
            .ask_by_survey(shop.tenant, "nps", &Audience::Member(ana))
            .expect("is made"),
        1
    );
    shop.app.ask_due(shop.tenant).expect("asks");
    assert_eq!(stages(&shop, ana)[0], (AskingStage::Asked, String::new()));
}

fn a_letter_asks_whoever_allowed_letters_and_its_link_answers(db: TestDb) {
    let (shop, kept) = shop(db);
    put(&shop, &draft(&[SurveyWay::Email]));
    let (ana, bo) = (join(&shop, "ana"), join(&shop, "bo"));
    shop.app
        .consent(shop.tenant, ana, "letters", true)
        .expect("allows");
    let asking = ask(&shop, ana);
    ask(&shop, bo);
    assert_eq!(
        stages(&shop, bo),
        [(AskingStage::NotAsked, "no_consent".to_owned())]
    );
    shop.app.plan_sends(shop.tenant).expect("plans");
    shop.app.post_messages(shop.tenant).expect("posts");
    let letters = kept.lock().expect("is whole").clone();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("ana@example.com", "How are {we} doing?")
    );
    let html = letter.html.as_deref().expect("has buttons");
    assert!(html.contains("?score=10\""), "{html}");
    assert!(letter.unsubscribe.is_some());
    // What is sent by itself stands in no list of sends, and in the member's own.
    let page = PageAsk::default();
    assert!(
        shop.app
            .sends(shop.tenant, &page)
            .expect("is read")
            .items
            .is_empty()
    );
    let own = shop
        .app
        .messages_to(shop.tenant, &MemberRef::Id(ana), None, 9);
    assert_eq!(own.expect("is read").len(), 1);
    let link = letter
        .text
        .split_whitespace()
        .find(|own| own.contains("/survey/"));
    let token = link
        .expect("has a link")
        .rsplit('/')
        .next()
        .expect("has a token");
    let page = shop.app.survey_link(token).expect("is ours");
    assert_eq!((page.member, page.asking.as_str()), (ana, asking.as_str()));
    // Looking is no answer, and somebody else's token opens nothing.
    shop.app
        .open_asking(shop.tenant, ana, &asking)
        .expect("is noted");
    assert_eq!(stages(&shop, ana)[0].0, AskingStage::Asked);
    let forged = token.replace(&ana.to_string(), &bo.to_string());
    assert!(matches!(
        shop.app.survey_link(&forged),
        Err(Error::Unauthorized)
    ));
    assert_eq!(
        answer(&shop, (ana, &asking), &answers(9, None)),
        AnswerState::Done
    );
}

fn figures_and_themes_say_what_was_answered(db: TestDb) {
    let (shop, _) = shop(db);
    put(&shop, &draft(&[SurveyWay::Portal]));
    let said = [
        (10, None),
        (9, None),
        (7, Some("Too expensive")),
        (2, Some("Так дорого и долго ждали")),
    ];
    for (place, (number, why)) in said.into_iter().enumerate() {
        let member = join(&shop, &format!("m{place}"));
        let asking = ask(&shop, member);
        answer(&shop, (member, &asking), &answers(number, why));
    }
    let silent = join(&shop, "silent");
    ask(&shop, silent);
    let by = SurveyFiguresAsk {
        by: Some("tier".into()),
        ..SurveyFiguresAsk::default()
    };
    let figures = shop
        .app
        .survey_figures(shop.tenant, "nps", &by)
        .expect("is read");
    assert_eq!(
        (figures.asked, figures.answered, figures.counted),
        (5, 4, 4)
    );
    assert_eq!(figures.response.value, Some(0.8));
    let nps = figures.questions[0].figure.as_ref().expect("is an NPS");
    assert_eq!(nps.value, Some(25.0));
    assert!(nps.interval.is_some());
    assert_eq!(figures.questions[1].texts, 2);
    let themes: Vec<(&str, u64)> = figures
        .themes
        .iter()
        .map(|own| (own.id.as_str(), own.texts))
        .collect();
    assert_eq!(themes, [("price", 2), ("waiting", 1)]);
    let groups: Vec<(&str, u64)> = figures
        .groups
        .iter()
        .map(|own| (own.name.as_str(), own.answers))
        .collect();
    assert_eq!(groups, [("friend", 4)]);
    let none = SurveyFiguresAsk {
        from: Some("2025-03-04".parse().expect("is a day")),
        ..SurveyFiguresAsk::default()
    };
    let later = shop
        .app
        .survey_figures(shop.tenant, "nps", &none)
        .expect("is read");
    assert_eq!(
        (
            later.counted,
            later.questions[0].figure.as_ref().and_then(|own| own.value)
        ),
        (0, None)
    );
    let wrong = SurveyFiguresAsk {
        by: Some("moon".into()),
        ..SurveyFiguresAsk::default()
    };
    assert!(shop.app.survey_figures(shop.tenant, "nps", &wrong).is_err());
    let (questions, rows) = shop
        .app
        .survey_answers(shop.tenant, "nps", &by)
        .expect("is read");
    assert_eq!(questions, ["recommend", "why"]);
    let said = rows
        .iter()
        .find(|own| own.answers[0] == "7")
        .expect("is there");
    assert_eq!(said.answers, ["7", "Too expensive"]);
}

fn what_somebody_said_goes_with_them(db: TestDb) {
    let (shop, _) = shop(db);
    put(&shop, &draft(&[SurveyWay::Portal]));
    let ana = join(&shop, "ana");
    let asking = ask(&shop, ana);
    answer(
        &shop,
        (ana, &asking),
        &answers(1, Some("The barista knows my name")),
    );
    let case = shop
        .app
        .service_cases_of(shop.tenant, ana)
        .expect("is read")
        .remove(0);
    shop.app
        .erase(shop.tenant, &MemberRef::Id(ana), "asked for it")
        .expect("is forgotten");
    let (_, rows) = shop
        .app
        .survey_answers(shop.tenant, "nps", &SurveyFiguresAsk::default())
        .expect("is read");
    assert_eq!(rows[0].answers, ["1", ""]);
    let lines = shop
        .app
        .service_lines(shop.tenant, &case.id)
        .expect("is read");
    assert!(
        lines.iter().all(|own| !own.text.contains("barista")),
        "{lines:?}"
    );
    assert_eq!(
        shop.app
            .service_case(shop.tenant, &case.id)
            .expect("is there")
            .subject,
        ""
    );
    let figures = shop
        .app
        .survey_figures(shop.tenant, "nps", &SurveyFiguresAsk::default());
    assert_eq!(figures.expect("is read").counted, 1);
}

fn promise(shop: &Shop, settings: ServiceSettings) {
    shop.app
        .set_service_settings(shop.tenant, settings)
        .expect("is right");
}

fn a_low_score_opens_a_case_that_is_answered_made_good_and_solved(db: TestDb) {
    let (shop, kept) = shop(db);
    put(&shop, &draft(&[SurveyWay::Portal]));
    promise(
        &shop,
        ServiceSettings {
            budget: 100,
            follow_up: Some(FollowUp {
                survey: "nps".into(),
                days: 40,
            }),
            ..ServiceSettings::default()
        },
    );
    let ana = join(&shop, "ana");
    let asking = ask(&shop, ana);
    answer(&shop, (ana, &asking), &answers(3, Some("Cold coffee")));
    let page = PageAsk::default();
    let queue = shop
        .app
        .service_cases(shop.tenant, &ServiceAsk::default(), &page)
        .expect("is read");
    assert_eq!(queue.items.len(), 1);
    let case = &queue.items[0];
    assert_eq!((case.cause, case.member), (ServiceCause::LowScore, ana));
    // Monday noon in Berlin is one o'clock: four hours of work end with the day.
    assert_eq!(
        case.answer_due,
        "2025-03-03T16:00:00Z".parse().expect("is a moment")
    );
    let mia = agent(&shop, "mia", None);
    let assign = ServiceChange::Assign(Some("mia".into()));
    shop.app
        .change_service_case(&mia, &case.id, &assign)
        .expect("is assigned");
    shop.set("2025-03-03T13:00:00Z");
    let line = shop
        .app
        .reply_in_case(&mia, &case.id, "We are sorry.")
        .expect("is said");
    assert_eq!(line.unsent, "");
    let letter = kept.lock().expect("is whole").pop().expect("went");
    assert_eq!(letter.to, "ana@example.com");
    assert!(letter.subject.contains(&case.id), "{}", letter.subject);
    assert_eq!(
        shop.app
            .service_case(shop.tenant, &case.id)
            .expect("is there")
            .state,
        ServiceState::Waiting
    );
    // The answer comes in by what it answers, once; one of somebody else by nothing.
    let named = letter.id.clone().expect("is named");
    let raw = format!(
        "From: ana@example.com\r\nTo: club@shop.example\r\nSubject: Re: coffee\r\n\
         Message-ID: <1@example.com>\r\nIn-Reply-To: <{named}@localhost>\r\n\r\n\
         Thanks!\r\n\r\nOn Monday Bean Club wrote:\r\n> We are sorry.\r\n"
    );
    let inbound = InboundLetter {
        raw,
        ..InboundLetter::default()
    };
    let came = shop
        .app
        .take_letter(shop.tenant, inbound.clone())
        .expect("finds its case");
    assert!(!came.before && came.case.state == ServiceState::Open);
    assert!(
        shop.app
            .take_letter(shop.tenant, inbound)
            .expect("is known")
            .before
    );
    let forged = InboundLetter {
        subject: format!("Re: [{}.0123456789abcdef]", case.id),
        text: "Give me points".into(),
        ..InboundLetter::default()
    };
    assert!(matches!(
        shop.app.take_letter(shop.tenant, forged),
        Err(Error::Invalid(_))
    ));
    let (_, made) = shop
        .app
        .make_good(&mia, &case.id, (50, "cold coffee"))
        .expect("is given");
    assert!(matches!(made, MadeGood::Given(_)), "{made:?}");
    assert_eq!(beans(&shop, ana), 55);
    let solve = ServiceChange::Solve(ServiceOutcome::MadeGood);
    shop.app
        .change_service_case(&mia, &case.id, &solve)
        .expect("is solved");
    assert!(
        shop.app
            .change_service_case(&mia, &case.id, &solve)
            .is_err()
    );
    let said: Vec<String> = shop
        .app
        .service_lines(shop.tenant, &case.id)
        .expect("is read")
        .into_iter()
        .map(|own| own.text)
        .collect();
    assert_eq!(said.len(), 6, "{said:?}");
    assert!(
        said[0].contains("Cold coffee") && said[3] == "Thanks!",
        "{said:?}"
    );
    // Forty days later they are asked how it went.
    shop.set("2025-04-14T12:00:00Z");
    shop.app.ask_due(shop.tenant).expect("asks");
    assert_eq!(stages(&shop, ana)[0].0, AskingStage::Asked);
    let report = shop
        .app
        .service_report(shop.tenant, (None, None))
        .expect("is read");
    assert_eq!((report.opened, report.solved, report.made_good), (1, 1, 50));
    assert_eq!(
        (report.answer_minutes, report.open_still, report.lost),
        (Some(60), 1, 0)
    );
    shop.app
        .ingest_one(
            shop.tenant,
            purchase("ana", "o-9", "2025-04-14T12:00:00Z", 1000),
        )
        .expect("is taken");
    let report = shop
        .app
        .service_report(shop.tenant, (None, None))
        .expect("is read");
    assert_eq!((report.recovered.value, report.open_still), (Some(1.0), 0));
}

fn a_budget_is_not_overdrawn_and_more_waits_for_a_second_person(db: TestDb) {
    let (shop, _) = shop(db);
    promise(
        &shop,
        ServiceSettings {
            budget: 60,
            ..ServiceSettings::default()
        },
    );
    let ana = join(&shop, "ana");
    let new = NewCase {
        member: ana,
        cause: ServiceCause::ByHand,
        subject: "On the phone".into(),
        text: "The mug broke".into(),
        survey: None,
        by: None,
    };
    let case = shop
        .app
        .open_service_case(shop.tenant, &new)
        .expect("is opened")
        .expect("is new");
    let (mia, tom) = (agent(&shop, "mia", None), agent(&shop, "tom", Some(30)));
    let give = |by: &Caller, amount: i64| {
        shop.app
            .make_good(by, &case.id, (amount, "a broken mug"))
            .expect("is looked at")
            .1
    };
    assert!(matches!(give(&mia, 50), MadeGood::Given(_)));
    assert_eq!(shop.app.budget_left(&mia).expect("is read"), 10);
    assert!(matches!(give(&mia, 11), MadeGood::Waits(_)));
    assert!(matches!(give(&mia, 10), MadeGood::Given(_)));
    assert_eq!(shop.app.budget_left(&mia).expect("is read"), 0);
    // Another agent has a budget of their own; but may not adjust so much alone.
    assert!(matches!(give(&tom, 31), MadeGood::Waits(_)));
    assert!(matches!(give(&tom, 30), MadeGood::Given(_)));
    assert_eq!(beans(&shop, ana), 90);
    let held =
        shop.app
            .held_adjustments(shop.tenant, Some(HeldState::Waiting), &PageAsk::default());
    assert_eq!(held.expect("is read").items.len(), 2);
    // The next month is a budget of its own.
    shop.set("2025-04-01T12:00:00Z");
    assert_eq!(shop.app.budget_left(&mia).expect("is read"), 60);
}

fn a_member_writes_and_the_clock_of_the_shop_runs(db: TestDb) {
    let (shop, _) = shop(db);
    let (ana, bo) = (join(&shop, "ana"), join(&shop, "bo"));
    shop.set("2025-03-07T15:55:00Z");
    let new = NewCase {
        member: ana,
        cause: ServiceCause::Complaint,
        subject: "Cold".into(),
        text: "It was cold".into(),
        survey: None,
        by: None,
    };
    let case = shop
        .app
        .open_service_case(shop.tenant, &new)
        .expect("is opened")
        .expect("is new");
    assert_eq!(
        case.answer_due,
        "2025-03-10T11:55:00Z".parse().expect("is a moment")
    );
    let list = |ask: &ServiceAsk| {
        shop.app
            .service_cases(shop.tenant, ask, &PageAsk::default())
            .expect("is read")
            .items
            .len()
    };
    let late = ServiceAsk {
        late: true,
        ..ServiceAsk::default()
    };
    let nobodys = ServiceAsk {
        agent: Some(None),
        ..ServiceAsk::default()
    };
    shop.set("2025-03-10T11:55:00Z");
    assert_eq!((list(&late), list(&nobodys)), (0, 1));
    shop.set("2025-03-10T11:56:00Z");
    assert_eq!(list(&late), 1);
    let other = shop
        .app
        .answer_own_case(shop.tenant, (bo, &case.id), "It is mine");
    assert!(matches!(other, Err(Error::NotFound { .. })), "{other:?}");
    shop.app
        .answer_own_case(shop.tenant, (ana, &case.id), "And late")
        .expect("is theirs");
    let mia = agent(&shop, "mia", None);
    shop.app
        .note_on_case(&mia, &case.id, "A regular")
        .expect("is kept");
    let lines = shop
        .app
        .service_lines(shop.tenant, &case.id)
        .expect("is read");
    assert_eq!(lines.len(), 3);
    // A theme that asks for it opens a case as well.
    let mut settings = shop.app.survey_settings(shop.tenant).expect("is read");
    settings.themes.push(Theme {
        id: "allergy".into(),
        says: words("Allergies"),
        words: vec!["allerg".into()],
        opens_case: true,
    });
    shop.app
        .set_survey_settings(shop.tenant, settings)
        .expect("is right");
    put(&shop, &draft(&[SurveyWay::Portal]));
    let asking = ask(&shop, bo);
    answer(
        &shop,
        (bo, &asking),
        &answers(8, Some("I am allergic to nuts")),
    );
    let own = shop.app.service_cases_of(shop.tenant, bo).expect("is read");
    assert_eq!(own[0].cause, ServiceCause::Keyword);
    let asked = shop.app.askings(
        shop.tenant,
        ("nps", &AskingAsk::default()),
        &PageAsk::default(),
    );
    assert_eq!(
        asked.expect("is read").items[0].stage,
        AskingStage::Answered
    );
}
