//! What shops and payment providers tell: a delivery is checked to be theirs, and becomes events.
//!
//! Each platform has one file with the same three functions: how its deliveries are signed, what a delivery
//! says, and (where it can be asked) how what a delivery lost is found. All of it is pure; what is told
//! twice, late or out of turn becomes the same events under the same keys, so that the log sorts it out.

mod generic;
mod medusa;
mod order;
mod scalar;
mod seal;
mod shopify;
mod square;
mod stripe;
mod vendure;
mod woocommerce;

pub use seal::{Seal, Unsigned, sign_base64, sign_timed_hex};

use regulars_base::{Currency, Text, Timestamp};
use regulars_engine::event::Kind;

/// A platform that tells us things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Whatever speaks Standard Webhooks and sends our own events, in a `CloudEvents` envelope or without.
    Generic,
    /// Shopify.
    Shopify,
    /// WooCommerce.
    WooCommerce,
    /// Stripe.
    Stripe,
    /// Square.
    Square,
    /// Medusa, by a subscriber of ours.
    Medusa,
    /// Vendure, by a plugin of ours.
    Vendure,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Generic,
        Self::Shopify,
        Self::WooCommerce,
        Self::Stripe,
        Self::Square,
        Self::Medusa,
        Self::Vendure,
    ];

    /// Its name in the API and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generic => "generic",
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Stripe => "stripe",
            Self::Square => "square",
            Self::Medusa => "medusa",
            Self::Vendure => "vendure",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// Whether its deliveries are signed by a secret of ours, which we make. The others give us theirs.
    pub const fn takes_our_secret(self) -> bool {
        matches!(
            self,
            Self::Generic | Self::Medusa | Self::Vendure | Self::WooCommerce
        )
    }

    /// Whether it can be asked for what a delivery lost.
    pub const fn can_be_asked(self) -> bool {
        matches!(self, Self::Shopify | Self::WooCommerce | Self::Stripe)
    }

    /// The states in which an order can count as paid.
    pub const fn states(self) -> &'static [&'static str] {
        match self {
            Self::Generic => &[],
            Self::Shopify => &[
                "authorized",
                "partially_paid",
                "paid",
                "partially_refunded",
                "refunded",
            ],
            Self::WooCommerce => &["on-hold", "processing", "completed", "refunded"],
            Self::Stripe => &["charge", "payment_intent", "checkout"],
            Self::Square => &["APPROVED", "COMPLETED"],
            Self::Medusa => &[
                "authorized",
                "partially_captured",
                "captured",
                "partially_refunded",
                "refunded",
            ],
            Self::Vendure => &[
                "PaymentAuthorized",
                "PaymentSettled",
                "PartiallyShipped",
                "Shipped",
                "PartiallyDelivered",
                "Delivered",
            ],
        }
    }

    /// Those of them that do if nobody says otherwise.
    pub const fn paid_by_default(self) -> &'static [&'static str] {
        match self {
            Self::Generic => &[],
            Self::Shopify => &["paid", "partially_refunded", "refunded"],
            Self::WooCommerce => &["processing", "completed", "refunded"],
            Self::Stripe => &["charge"],
            Self::Square => &["COMPLETED"],
            Self::Medusa => &["captured", "partially_refunded", "refunded"],
            Self::Vendure => &[
                "PaymentSettled",
                "PartiallyShipped",
                "Shipped",
                "PartiallyDelivered",
                "Delivered",
            ],
        }
    }

    /// Checks that a delivery is theirs; `secrets` are those that are good now.
    pub fn check(self, seal: &Seal<'_>, secrets: &[String]) -> Result<(), Unsigned> {
        match self {
            Self::Generic | Self::Medusa | Self::Vendure => seal::standard(seal, secrets),
            Self::Shopify => seal::base64(seal, "x-shopify-hmac-sha256", &[seal.body], secrets),
            Self::WooCommerce => {
                seal::base64(seal, "x-wc-webhook-signature", &[seal.body], secrets)
            }
            Self::Stripe => seal::timed_hex(seal, "stripe-signature", secrets),
            Self::Square => {
                let signed = [seal.url.as_bytes(), seal.body];
                seal::base64(seal, "x-square-hmacsha256-signature", &signed, secrets)
            }
        }
    }

    /// Whether it is a greeting that is not signed and says nothing.
    pub fn is_greeting(self, body: &str) -> bool {
        self == Self::WooCommerce && woocommerce::is_greeting(body)
    }

    /// What a delivery says.
    pub fn read(self, setup: &Setup, headers: &Headers, body: &str) -> Result<Parcel, Fault> {
        match self {
            Self::Generic => generic::read(headers, body),
            Self::Shopify => shopify::read(setup, headers, body),
            Self::WooCommerce => woocommerce::read(setup, headers, body),
            Self::Stripe => stripe::read(setup, body),
            Self::Square => square::read(setup, body),
            Self::Medusa => medusa::read(setup, headers, body),
            Self::Vendure => vendure::read(setup, headers, body),
        }
    }

    /// Where to begin to ask for all that changed since a moment; nothing where it cannot be asked.
    pub fn begin(self, access: &Access, since: Timestamp) -> Option<Request> {
        match self {
            Self::Shopify => Some(shopify::begin(access, since)),
            Self::WooCommerce => Some(woocommerce::begin(access, since)),
            Self::Stripe => Some(stripe::begin(access, since)),
            _ => None,
        }
    }

    /// What a page of an answer says, and where the next one is.
    pub fn page(self, setup: &Setup, access: &Access, answer: &Answer) -> Result<Page, Fault> {
        match self {
            Self::Shopify => shopify::page(setup, access, answer),
            Self::WooCommerce => woocommerce::page(setup, access, answer),
            Self::Stripe => stripe::page(setup, access, answer),
            _ => Ok(Page::default()),
        }
    }
}

/// What a merchant said of a connector, as far as it matters to what a delivery says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The source of its events; also the kind of identity that its customers' numbers are.
    pub source: Text,
    /// The currency that is taken; any if nothing.
    pub currency: Option<Currency>,
    /// The states in which an order counts as paid.
    pub paid: Vec<String>,
    /// Whether its customers become members by being told of.
    pub enrols: bool,
    /// Codes that begin so stand for redemptions, which their order uses.
    pub code_prefix: String,
}

/// How it is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Where it is: `https://shop.example`.
    pub url: String,
    /// Who asks, where that is needed beside the secret.
    pub key: String,
    /// What lets us in.
    pub secret: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Access({} …)", self.url)
    }
}

impl Access {
    /// An address there.
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

/// A question to a platform. No log shows what lets us in.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Where.
    pub url: String,
    /// Which header lets us in, and what it says.
    pub pass: (&'static str, String),
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({} …)", self.url)
    }
}

/// What it answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What was asked.
    pub url: String,
    /// Its header `Link`.
    pub link: String,
    /// Its header `X-WP-TotalPages`.
    pub pages: String,
    /// What it says.
    pub body: String,
}

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// What happened, thing by thing. Something that is wrong does its neighbours no harm.
    pub parcels: Vec<Result<Parcel, Fault>>,
    /// Where there is more.
    pub next: Option<Request>,
}

/// Headers of a delivery: names in small letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// What a header says; empty if it is not there.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

/// What a delivery says.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// The delivery's own number, as the platform gives it; empty if it gives none.
    pub id: String,
    /// What it is about, in the platform's words.
    pub topic: String,
    /// What follows from it, in order.
    pub news: Vec<News>,
    /// Why nothing does, where nothing does.
    pub unused: &'static str,
}

impl Parcel {
    fn new(id: &str, topic: &str) -> Self {
        Self {
            id: id.into(),
            topic: topic.into(),
            news: Vec::new(),
            unused: "",
        }
    }

    fn with(self, news: Vec<News>) -> Self {
        Self { news, ..self }
    }

    /// Nothing follows from it, for this reason.
    fn not_used(self, why: &'static str) -> Self {
        Self {
            unused: why,
            ..self
        }
    }
}

/// What nobody here has a use for.
const UNKNOWN_TOPIC: &str = "nothing here follows from this topic";
/// An order that was not paid for.
const NOT_PAID: &str = "the order is in no state that counts as paid";

/// Something that follows from a delivery.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something happened.
    Event(Told),
    /// An event in our own shape, as it stands in the delivery: whoever knows that shape reads it.
    Own(String),
    /// Somebody is a customer of the shop.
    Customer(Person, Option<Timestamp>),
    /// Somebody's data are asked for, or are to go: that takes a person who looks at it.
    Privacy(Privacy, Person),
}

/// What is asked for by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// A customer wants to see what is known of them.
    Show,
    /// A customer is to be erased.
    Erase,
    /// The shop has left: all of its customers are to be erased.
    EraseShop,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// What makes it one event of its source, however it was told.
    pub id: Text,
    /// When it happened.
    pub at: Timestamp,
    /// To whom.
    pub whom: Whom,
    /// What.
    pub kind: Kind,
}

/// To whom something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A customer of the shop.
    Customer(Person),
    /// Whoever placed the order.
    OfOrder,
}

/// A customer, as the shop knows them. What it does not know is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The shop's own number for them.
    pub id: String,
    /// Their e-mail address, in small letters.
    pub email: String,
}

impl Person {
    fn new(id: &str, email: &str) -> Self {
        let id = if id == "0" { "" } else { id };
        Self {
            id: id.trim().into(),
            email: email.trim().to_lowercase(),
        }
    }

    /// Whether nobody can be meant.
    pub fn is_nobody(&self) -> bool {
        self.id.is_empty() && self.email.is_empty()
    }
}

/// What is wrong with a delivery that is theirs: sent again, it is wrong again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl Fault {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string().chars().take(500).collect())
    }
}

/// Reads JSON into the shape that a platform documents.
fn json<'a, T: serde::Deserialize<'a>>(body: &'a str) -> Result<T, Fault> {
    serde_json::from_str(body)
        .map_err(|error| Fault::of(format!("it is not in the platform's shape: {error}")))
}
