//! A shop on a database of its own, with a clock that the test sets.

use regulars_app::{
    App, Apply, Caller, Clock, Config, Demo, DemoExtent, MemberRef, PageAsk, Receipt, Scope,
    load_demo,
};
use regulars_base::{EventKey, TenantId, Text, Timestamp};
use regulars_engine::event::{
    Activity, Event, Incoming, Kind, Purchase, PurchaseParts, Refund, Refunded, Who,
};
use regulars_testkit::TestDb;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A point per euro, pending for nobody, gone after twelve months.
pub(crate) const CAFE: &str = r#"
[program]
name     = "Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
name    = { one = "bean", other = "beans" }
worth   = "0.01 EUR"
expires = "12 months"

[[earn]]
id   = "spend"
on   = "purchase"
give = { beans = "1 per 1 EUR" }

[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = { spend = "200 EUR", within = "calendar year" }

[[reward]]
id    = "mug"
title = "A mug"
kind  = "other"
price = { beans = 50 }
"#;

/// A shop with a program.
pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) tenant: TenantId,
    clock: Arc<AtomicI64>,
    /// Dropped last: the database goes when nobody uses it any more.
    pub(crate) db: TestDb,
}

impl Shop {
    pub(crate) fn open(db: TestDb, program: &str) -> Self {
        Self::with(db, program, |config| config)
    }

    pub(crate) fn with(db: TestDb, program: &str, change: impl FnOnce(Config) -> Config) -> Self {
        let (app, clock) = app(&db, change);
        let tenant = app.create_tenant("shop").expect("the name is new").id;
        let shop = Self {
            app,
            tenant,
            clock,
            db,
        };
        shop.set("2025-03-01T09:00:00Z");
        shop.apply(program, None);
        shop
    }

    pub(crate) fn apply(&self, program: &str, from: Option<Timestamp>) -> i64 {
        let apply = Apply {
            text: program.to_owned(),
            from,
            by: "a test".into(),
            note: String::new(),
        };
        let applied = self.app.apply(self.tenant, &apply);
        applied.expect("the program is right").version
    }

    /// What time it is from now on.
    pub(crate) fn set(&self, at: &str) {
        self.set_to(moment(at));
    }

    pub(crate) fn set_to(&self, at: Timestamp) {
        self.clock.store(at.micros(), Ordering::SeqCst);
    }

    pub(crate) fn take(&self, incoming: Incoming) -> Receipt {
        let id = incoming.event.key.external_id.to_string();
        self.app
            .ingest_one(self.tenant, incoming)
            .unwrap_or_else(|error| panic!("{id}: {error}"))
    }

    /// What a member may spend of the first kind of points, now.
    pub(crate) fn available(&self, who: &str) -> i64 {
        let balances = self.app.balances(self.tenant, &customer(who), None);
        balances.expect("the member is known").points[0].available
    }

    /// Every sum that there is, in words: what two roads must agree on. Members by name.
    pub(crate) fn totals(&self) -> Vec<String> {
        let mut totals = Vec::new();
        for row in self.app.statement(self.tenant).expect("there is a program") {
            totals.push(format!("{} {} {:?}", row.month, row.points, row.statement));
        }
        let mut page = PageAsk {
            after: None,
            limit: 1000,
        };
        loop {
            let members = self.app.members(self.tenant, &page).expect("a page");
            for member in members.items {
                let names: Vec<String> = member
                    .identities
                    .iter()
                    .map(|identity| format!("{}:{}", identity.kind, identity.value))
                    .collect();
                let has = self
                    .app
                    .balances(self.tenant, &MemberRef::Id(member.id), None)
                    .expect("the member is there");
                let tier = has.tier_id();
                totals.push(format!("{} {tier:?} {:?}", names.join(" "), has.points));
            }
            page.after = members.next;
            if page.after.is_none() {
                break;
            }
        }
        totals.sort();
        totals
    }

    pub(crate) fn verified(&self) {
        self.app.seal(self.tenant).expect("it seals");
        let proof = self
            .app
            .verify(self.tenant, None, &mut |_| {})
            .expect("it can be read");
        assert_eq!(proof.wrong, None);
    }
}

/// An application with a clock of its own.
pub(crate) fn app(db: &TestDb, change: impl FnOnce(Config) -> Config) -> (App, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(moment("2025-03-01T09:00:00Z").micros()));
    let shown = Arc::clone(&clock);
    let now = move || Timestamp::from_micros(shown.load(Ordering::SeqCst));
    let mut config = Config::new(db.database.clone());
    config.vault = db.vault.clone();
    config.clock = Clock::from_fn(now);
    let app = App::open(change(config)).expect("the database opens");
    (app, clock)
}

/// An agent who may give so many points by themselves.
pub(crate) fn agent(shop: &Shop, id: &str, adjust_most: Option<i64>) -> Caller {
    Caller {
        rate: None,
        tenant: shop.tenant,
        key: id.into(),
        name: format!("Agent {id}"),
        scopes: vec![Scope::Read, Scope::Adjust],
        adjust_most,
        money_most: None,
        partner: None,
        store: None,
    }
}

/// The demo shop's orders, as they stand at this moment.
pub(crate) fn demo(db: &TestDb, seed: u64, at: Timestamp) -> Demo {
    let config = Config {
        clock: Clock::from_fn(move || at),
        vault: db.vault.clone(),
        ..Config::new(db.database.clone())
    };
    load_demo(config, seed, DemoExtent::Orders, &mut |_, _| {}).expect("it loads")
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).expect("a test's text is short")
}

pub(crate) fn moment(at: &str) -> Timestamp {
    at.parse().expect("a test's moment is a moment")
}

pub(crate) fn key(id: &str) -> EventKey {
    EventKey {
        source: text("till"),
        external_id: text(id),
    }
}

pub(crate) fn who(name: &str) -> Who {
    Who::Identity {
        kind: text("customer"),
        value: text(name),
    }
}

pub(crate) fn customer(name: &str) -> MemberRef {
    MemberRef::Identity(regulars_app::Identity {
        kind: text("customer"),
        value: text(name),
    })
}

pub(crate) fn event(who: Who, id: &str, at: &str, kind: Kind) -> Incoming {
    Incoming {
        who,
        event: Event {
            key: key(id),
            occurred_at: moment(at),
            recorded_at: moment(at),
            entropy: [0; 16],
            kind,
        },
    }
}

pub(crate) fn purchase(name: &str, order: &str, at: &str, minor: i64) -> Incoming {
    let purchase = Purchase::new(PurchaseParts {
        codes: Vec::new(),
        order: text(order),
        currency: "1 EUR"
            .parse::<regulars_base::Money>()
            .expect("is money")
            .currency,
        total: Some(minor),
        delivery: 0,
        discount: 0,
        lines: Vec::new(),
        payments: Vec::new(),
        channel: Text::default(),
        store: Text::default(),
        staff: Text::default(),
    });
    let purchase = purchase.expect("a test's purchase adds up");
    event(who(name), order, at, Kind::Purchase(Box::new(purchase)))
}

pub(crate) fn refund(whom: Who, id: &str, order: &str, at: &str, what: Refunded) -> Incoming {
    let refund = Refund::new(text(order), what).expect("a test's refund is one");
    event(whom, id, at, Kind::Refund(refund))
}

pub(crate) fn visit(name: &str, id: &str, at: &str) -> Incoming {
    let visit = Activity {
        name: text("visit"),
        store: Text::default(),
        fields: Vec::new(),
    };
    event(who(name), id, at, Kind::Activity(visit))
}
