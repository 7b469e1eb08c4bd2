//! What a member shows at a till: a card as a QR code, as a pass for Apple Wallet, as a link for Google
//! Wallet.
//!
//! With which certificates passes are signed stands in a file of the server, by merchant: private keys belong
//! into no database that is backed up and exported.

use crate::{App, Error, Member, MemberRef, shop_settings};
use regulars_base::{TenantId, Timestamp};
use regulars_engine::program::Colour;
use regulars_pass::{ApplePasses, Card, Fault, GooglePasses, png_of, qr_svg};
use regulars_store::CARD;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml_edit::{Document, Item, TableLike};

/// The colour of cards of programs that have no pages for members.
const COLOUR: Colour = Colour([11, 114, 133]);

/// Who signs passes, by merchant.
#[derive(Clone, Debug, Default)]
pub struct Passes(Arc<BTreeMap<String, Signers>>);

#[derive(Debug, Default)]
struct Signers {
    apple: Option<ApplePasses>,
    google: Option<GooglePasses>,
}

impl Passes {
    /// Reads the file that says it, and the files that it names, which lie beside it:
    ///
    /// ```toml
    /// [demo.apple]
    /// certificate = "pass.pem"
    /// key = "pass-key.pem"
    /// chain = "wwdr.pem"
    ///
    /// [demo.google]
    /// account = "service-account.json"
    /// class = "3388000000012345678.club"
    /// ```
    pub fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |path: &Path, why: String| Error::File {
            path: path.to_owned(),
            why,
        };
        let file = |path: PathBuf| {
            std::fs::read_to_string(&path).map_err(|error| wrong(&path, error.to_string()))
        };
        let text = file(path.to_owned())?;
        let document = Document::parse(text.as_str());
        let document = document.map_err(|error| wrong(path, error.to_string()))?;
        let beside = path.parent().unwrap_or(Path::new("."));
        let mut all = BTreeMap::new();
        for (merchant, own) in document.as_table() {
            let mut signers = Signers::default();
            let tables = own.as_table_like();
            let tables = tables.ok_or_else(|| wrong(path, format!("`{merchant}` is no table")))?;
            for (wallet, own) in tables.iter() {
                let part = Part::of(path, (merchant, wallet), own)?;
                let said = |name: &str| file(beside.join(part.says(name)?));
                let unfit = |fault: Fault| part.wrong(&fault.to_string());
                match wallet {
                    "apple" => {
                        part.only(&["certificate", "key", "chain"])?;
                        let made =
                            ApplePasses::new(&said("certificate")?, &said("key")?, &said("chain")?);
                        signers.apple = Some(made.map_err(unfit)?);
                    }
                    "google" => {
                        part.only(&["account", "class"])?;
                        let made = GooglePasses::new(&said("account")?, part.says("class")?);
                        signers.google = Some(made.map_err(unfit)?);
                    }
                    _ => return Err(part.wrong("there are passes for `apple` and `google`")),
                }
            }
            all.insert(merchant.to_owned(), signers);
        }
        Ok(Self(Arc::new(all)))
    }
}

/// A table of the file.
struct Part<'a> {
    path: &'a Path,
    name: String,
    own: &'a dyn TableLike,
}

impl<'a> Part<'a> {
    fn of(path: &'a Path, (merchant, wallet): (&str, &str), own: &'a Item) -> Result<Self, Error> {
        let name = format!("{merchant}.{wallet}");
        let table = own.as_table_like();
        let own = table.ok_or_else(|| Error::File {
            path: path.to_owned(),
            why: format!("`{name}` is no table"),
        })?;
        Ok(Self { path, name, own })
    }

    fn wrong(&self, why: &str) -> Error {
        Error::File {
            path: self.path.to_owned(),
            why: format!("[{}]: {why}", self.name),
        }
    }

    fn says(&self, name: &str) -> Result<&str, Error> {
        let own = self.own.get(name).and_then(Item::as_str);
        own.ok_or_else(|| self.wrong(&format!("`{name} = \"…\"` is missing")))
    }

    fn only(&self, names: &[&str]) -> Result<(), Error> {
        match self.own.iter().find(|(own, _)| !names.contains(own)) {
            Some((other, _)) => {
                Err(self.wrong(&format!("`{other}` is none of {}", names.join(", "))))
            }
            None => Ok(()),
        }
    }
}

impl App {
    /// What the card of a member says: the number of theirs, or their id, which a till finds them by as well.
    pub fn member_card(&self, tenant: TenantId, who: &MemberRef) -> Result<Card, Error> {
        let member = self.known_person(tenant, who)?;
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let settings = self
            .core()
            .pool
            .with(|store| shop_settings::of(store, tenant))?;
        let shown = program.portal.as_deref();
        let title = shown.map_or(&program.name, |own| &own.title);
        let logo = shown
            .and_then(|own| own.logo.as_deref())
            .unwrap_or(&settings.logo);
        let Colour(colour) = shown.map_or(COLOUR, |own| own.colour);
        Ok(Card {
            id: member.id.to_string(),
            number: number(&member),
            name: member.called(),
            program: title.clone(),
            shop: match settings.title.is_empty() {
                true => title.clone(),
                false => settings.title.clone(),
            },
            colour,
            logo: png_of(logo),
        })
    }

    /// Their card as a picture that a till reads.
    pub fn card_picture(&self, tenant: TenantId, who: &MemberRef) -> Result<String, Error> {
        let card = self.member_card(tenant, who)?;
        qr_svg(&card.number).map_err(|fault| Error::Bug(fault.to_string()))
    }

    /// Their card for Apple Wallet: the bytes of a pass.
    pub fn apple_pass(&self, tenant: TenantId, who: &MemberRef) -> Result<Vec<u8>, Error> {
        let (merchant, signers) = self.signers(tenant)?;
        let apple = signers.and_then(|own| own.apple.as_ref());
        let apple = apple.ok_or(Error::NoPasses("apple", merchant))?;
        let card = self.member_card(tenant, who)?;
        apple
            .pass(&card, seconds(self.now()))
            .map_err(|fault| Error::Bug(fault.to_string()))
    }

    /// The link that puts their card into Google Wallet.
    pub fn google_pass(&self, tenant: TenantId, who: &MemberRef) -> Result<String, Error> {
        let (merchant, signers) = self.signers(tenant)?;
        let google = signers.and_then(|own| own.google.as_ref());
        let google = google.ok_or(Error::NoPasses("google", merchant))?;
        let card = self.member_card(tenant, who)?;
        google
            .link(&card, seconds(self.now()))
            .map_err(|fault| Error::Bug(fault.to_string()))
    }

    /// What a merchant is called, and who signs its passes.
    fn signers(&self, tenant: TenantId) -> Result<(String, Option<&Signers>), Error> {
        let merchant = self.tenant(tenant)?.name.to_string();
        let signers = self.core().config.passes.0.get(&merchant);
        Ok((merchant, signers))
    }

    /// For which wallets a merchant's passes are signed: Apple's, and Google's.
    pub fn signs_passes(&self, tenant: TenantId) -> Result<(bool, bool), Error> {
        let (_, own) = self.signers(tenant)?;
        Ok(own.map_or((false, false), |own| {
            (own.apple.is_some(), own.google.is_some())
        }))
    }
}

/// The number of a card of theirs, or their id.
fn number(member: &Member) -> String {
    let mut cards = member
        .identities
        .iter()
        .filter(|own| own.kind.as_str() == CARD);
    cards
        .next()
        .map_or_else(|| member.id.to_string(), |own| own.value.to_string())
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.micros().div_euclid(1_000_000)).unwrap_or(0)
}
