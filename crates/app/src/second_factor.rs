//! What people show beside their password: a code of their telephone, a passkey, or a recovery code.
//!
//! Who has one of them on is not let in by the password alone: signing in then comes to a *step*, which is
//! no session and opens nothing but the way to show the rest. Where a shop asks all its people for a second
//! factor, whoever has none gets a step, too, in which they set one up.
//!
//! All of it stands in the person's own record, which is written only as it was seen: so a code is used
//! once, also where two servers are shown it at the same moment, and wrong ones are counted without gaps.

mod totp;

use crate::passkeys::{Passkey, PasskeyInfo};
use crate::people::Person;
use crate::sessions::{STEP, Whence};
use crate::{App, Caller, Error, SignedIn, input, people};
use regulars_base::{TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How many recovery codes there are.
const RECOVERY: usize = 10;
/// After so many wrong codes in a row one has to wait.
const WRONG_MOST: u32 = 5;
/// How long after the first of those, in seconds; twice as long after each more.
const WAIT_FIRST_SECONDS: i64 = 30;
/// How long at most: an hour, since the one whose account it is waits, too.
const WAIT_MOST_SECONDS: i64 = 3600;
/// How long somebody may take to show the rest, or to set it up.
const STEP_MICROS: i64 = 10 * 60 * 1_000_000;
/// How long a secret waits to be confirmed by a code.
const PENDING_MICROS: i64 = 15 * 60 * 1_000_000;

/// What a person shows beside the password, as it is kept. No secret of it is ever told but once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Factors {
    totp: Option<Totp>,
    /// A secret that waits for its first right code.
    pending: Option<Pending>,
    /// SHA-256 of the recovery codes that are left. They are random throughout, so a fast hash is right.
    recovery: Vec<[u8; 32]>,
    /// Wrong codes since the last right one, and when the last of them came.
    wrong: u32,
    wrong_at: Option<Timestamp>,
    pub(crate) passkeys: Vec<Passkey>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Totp {
    secret: Vec<u8>,
    since: Timestamp,
    /// The newest step whose code was used.
    used: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Pending {
    secret: Vec<u8>,
    until: Timestamp,
}

/// What a person has on, as they are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFactors {
    /// Since when codes of their telephone are on.
    pub totp_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_left: usize,
    /// Their passkeys, oldest first.
    pub passkeys: Vec<PasskeyInfo>,
    /// Whether the shop asks for a second factor.
    pub required: bool,
}

/// A secret for a telephone: the only moment at which it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpBegun {
    /// The secret, to be typed.
    pub secret: String,
    /// The same with who and where, as apps read it from a picture: `otpauth://…`.
    pub address: String,
    /// That picture, as SVG.
    pub picture: String,
}

/// What signing in came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// They are in.
    In(SignedIn),
    /// Something is to be shown or set up before.
    Step(Step),
}

/// Somebody whose password was right, and who is not in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the browser keeps meanwhile.
    pub secret: String,
    /// The merchant.
    pub tenant: TenantId,
    /// Who.
    pub person: String,
    /// What they are called.
    pub name: String,
    /// What is asked of them.
    pub asks: StepAsks,
    /// Until when.
    pub expires_at: Timestamp,
}

/// What is asked of somebody before they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepAsks {
    /// To show their second factor: these ways.
    Show {
        /// A code of their telephone.
        totp: bool,
        /// A passkey.
        passkey: bool,
    },
    /// To set one up, since the shop asks for it and they have none.
    SetUp,
}

/// Whether a code was right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Right,
    Wrong,
}

impl Factors {
    /// Whether the password alone lets them in.
    pub(crate) fn none(&self) -> bool {
        self.totp.is_none() && self.passkeys.is_empty()
    }

    /// In a few words, for the audit trail: behind what else is told of the person, if there is anything.
    pub(crate) fn told(&self) -> String {
        let mut on = Vec::new();
        if self.totp.is_some() {
            on.push("codes".to_owned());
        }
        match self.passkeys.len() {
            0 => {}
            1 => on.push("1 passkey".into()),
            more => on.push(format!("{more} passkeys")),
        }
        match on.is_empty() {
            true => String::new(),
            false => format!(", second factor: {}", on.join(", ")),
        }
    }

    /// Looks at a code of the telephone, or a recovery code; counts it, and uses it up. `Error::Wait` if
    /// too many were wrong a moment ago: then it is not looked at.
    fn check(&mut self, typed: &str, now: Timestamp) -> Result<Verdict, Error> {
        if let Some(seconds) = self.waits(now) {
            return Err(Error::Wait(seconds));
        }
        let typed: String = typed.chars().filter(|it| !" -".contains(*it)).collect();
        let seconds = now.micros().div_euclid(1_000_000);
        let step = self
            .totp
            .as_ref()
            .and_then(|own| totp::matching(&own.secret, &typed, seconds, own.used));
        let hash = recovery_hash(&typed);
        let place = self.recovery.iter().position(|own| *own == hash);
        let right = match (&mut self.totp, step, place) {
            (Some(own), Some(step), _) => {
                own.used = step;
                true
            }
            (_, _, Some(place)) => {
                self.recovery.remove(place);
                true
            }
            _ => false,
        };
        if right {
            (self.wrong, self.wrong_at) = (0, None);
            return Ok(Verdict::Right);
        }
        self.wrong = self.wrong.saturating_add(1);
        self.wrong_at = Some(now);
        Ok(Verdict::Wrong)
    }

    /// How many seconds no code is looked at.
    fn waits(&self, now: Timestamp) -> Option<u32> {
        let over = self.wrong.checked_sub(WRONG_MOST)?;
        let wait = WAIT_FIRST_SECONDS << over.min(10);
        let until = self.wrong_at?.micros() + wait.min(WAIT_MOST_SECONDS) * 1_000_000;
        let left = (until - now.micros()) / 1_000_000 + 1;
        (until > now.micros()).then(|| u32::try_from(left).unwrap_or(1))
    }

    /// Recovery codes for whoever has none: with their first factor.
    pub(crate) fn first_recovery(&mut self) -> Vec<String> {
        match self.recovery.is_empty() {
            true => self.renew_recovery(),
            false => Vec::new(),
        }
    }

    fn renew_recovery(&mut self) -> Vec<String> {
        let codes: Vec<String> = (0..RECOVERY).map(|_| drawn()).collect();
        let plain = |code: &String| recovery_hash(&code.replace('-', ""));
        self.recovery = codes.iter().map(plain).collect();
        codes
    }

    /// Without a factor nothing is left to be recovered.
    pub(crate) fn tidy(&mut self) {
        if self.none() {
            *self = Self::default();
        }
    }

    pub(crate) fn shown(&self, required: bool) -> OwnFactors {
        OwnFactors {
            totp_since: self.totp.as_ref().map(|own| own.since),
            recovery_left: self.recovery.len(),
            passkeys: self.passkeys.iter().map(Passkey::shown).collect(),
            required,
        }
    }
}

/// Eighty random bits, in groups that can be read out.
fn drawn() -> String {
    let text = totp::base32(&input::random()[..10]).to_lowercase();
    let groups: Vec<&str> = (0..4).map(|at| &text[at * 4..at * 4 + 4]).collect();
    groups.join("-")
}

fn recovery_hash(typed: &str) -> [u8; 32] {
    Sha256::digest(format!("recovery:{}", typed.to_lowercase()).as_bytes()).into()
}

impl App {
    /// What a person has on.
    pub fn own_factors(&self, tenant: TenantId, person: &str) -> Result<OwnFactors, Error> {
        let required = self.shop_settings(tenant)?.second_factor;
        Ok(self.person(tenant, person)?.factors.shown(required))
    }

    /// Begins with codes of a telephone: a new secret, which counts once a right code of it was typed.
    pub fn begin_totp(&self, tenant: TenantId, person: &str) -> Result<TotpBegun, Error> {
        let (now, mut secret) = (self.now(), vec![0; totp::SECRET_LEN]);
        let random = [input::random(), input::random()].concat();
        secret.copy_from_slice(&random[..totp::SECRET_LEN]);
        let known = self.change_person(tenant, person, |person| {
            person.factors.pending = Some(Pending {
                secret: secret.clone(),
                until: now.plus_micros(PENDING_MICROS),
            });
            Ok(())
        })?;
        let settings = self.shop_settings(tenant)?;
        let shop = match settings.title.is_empty() {
            true => self.tenant(tenant)?.name,
            false => settings.title,
        };
        let secret = totp::base32(&secret);
        let (issuer, account) = (escaped(&shop), escaped(&known.email));
        let address = format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={}&period=30",
            totp::DIGITS
        );
        let picture =
            regulars_pass::qr_svg(&address).map_err(|error| Error::Bug(error.to_string()))?;
        Ok(TotpBegun {
            secret,
            address,
            picture,
        })
    }

    /// Turns codes of a telephone on, by a right one. The recovery codes, where there were none.
    /// `Error::WrongCode` if it is not right.
    pub fn confirm_totp(
        &self,
        tenant: TenantId,
        person: &str,
        typed: &str,
    ) -> Result<Vec<String>, Error> {
        let now = self.now();
        let seconds = now.micros().div_euclid(1_000_000);
        let typed: String = typed.chars().filter(|it| *it != ' ').collect();
        let mut codes = Vec::new();
        self.change_person(tenant, person, |person| {
            let own = &mut person.factors;
            let open = own.pending.take().filter(|own| own.until > now);
            let Some(pending) = open else {
                let what = "has no secret that waits for a code; begin anew";
                return Err(Error::invalid("/code", what));
            };
            let used = totp::matching(&pending.secret, &typed, seconds, i64::MIN);
            let used = used.ok_or(Error::WrongCode)?;
            own.totp = Some(Totp {
                secret: pending.secret,
                since: now,
                used,
            });
            codes = own.first_recovery();
            Ok(())
        })?;
        Ok(codes)
    }

    /// Turns codes of a telephone off, by whoever can show one, or a recovery code.
    pub fn end_totp(&self, tenant: TenantId, person: &str, typed: &str) -> Result<(), Error> {
        if self.person(tenant, person)?.factors.totp.is_none() {
            return Err(Error::invalid("/code", "is of nothing: codes are not on"));
        }
        self.show(tenant, person, typed)?;
        self.change_person(tenant, person, |person| {
            person.factors.totp = None;
            person.factors.tidy();
            Ok(())
        })?;
        Ok(())
    }

    /// New recovery codes; the old ones are void.
    pub fn renew_recovery(&self, tenant: TenantId, person: &str) -> Result<Vec<String>, Error> {
        let mut codes = Vec::new();
        self.change_person(tenant, person, |person| {
            if person.factors.none() {
                let what = "has no second factor yet: set one up first";
                return Err(Error::invalid("/person", what));
            }
            codes = person.factors.renew_recovery();
            Ok(())
        })?;
        Ok(codes)
    }

    /// Takes all second factors off somebody who lost them, and ends their sessions. Nobody does it for
    /// themselves: whoever got hold of a session would be rid of them. The person before and since.
    pub fn take_off_factors(
        &self,
        tenant: TenantId,
        id: &str,
        by: &Caller,
    ) -> Result<(Person, Person), Error> {
        if by.key == id {
            let what = "is you: what you lost is taken off by somebody else, or by a recovery code";
            return Err(Error::invalid("/person", what));
        }
        let before = self.person(tenant, id)?;
        let after = self.change_person(tenant, id, |person| {
            person.factors = Factors::default();
            Ok(())
        })?;
        self.end_sessions_of(tenant, id, None)?;
        Ok((before, after))
    }

    /// Shows a second factor in the step that signing in came to: then they are in. `Error::WrongCode` if
    /// it is not right.
    pub fn pass_step(&self, secret: &str, typed: &str, whence: &Whence) -> Result<SignedIn, Error> {
        let step = self.step(secret)?;
        if step.asks == StepAsks::SetUp {
            let what = "is not asked for yet: set a second factor up first";
            return Err(Error::invalid("/code", what));
        }
        self.show(step.tenant, &step.person, typed)?;
        self.finish_step(&step, whence)
    }

    /// Somebody set a second factor up in the step that asked for it: then they are in. The step is as it
    /// was before that.
    pub fn finish_set_up(&self, step: &Step, whence: &Whence) -> Result<SignedIn, Error> {
        let person = self.person(step.tenant, &step.person)?;
        if step.asks != StepAsks::SetUp || person.factors.none() {
            return Err(Error::Unauthorized);
        }
        self.finish_step(step, whence)
    }

    /// The step is used up, whatever comes of it, and the session opened.
    fn finish_step(&self, step: &Step, whence: &Whence) -> Result<SignedIn, Error> {
        if !self.end_session(step.tenant, &step.secret)? {
            return Err(Error::Unauthorized);
        }
        let person = self.person(step.tenant, &step.person)?;
        self.let_in(step.tenant, &person, whence)
    }

    fn show(&self, tenant: TenantId, person: &str, typed: &str) -> Result<(), Error> {
        let (now, mut verdict) = (self.now(), Verdict::Wrong);
        self.change_person(tenant, person, |person| {
            verdict = person.factors.check(typed, now)?;
            Ok(())
        })?;
        match verdict {
            Verdict::Right => Ok(()),
            Verdict::Wrong => Err(Error::WrongCode),
        }
    }

    /// What signing in comes to for somebody whose password was right.
    pub(crate) fn entry(
        &self,
        tenant: TenantId,
        person: &Person,
        whence: &Whence,
    ) -> Result<Entry, Error> {
        let required = self.shop_settings(tenant)?.second_factor;
        if person.factors.none() && !required {
            return self.let_in(tenant, person, whence).map(Entry::In);
        }
        let key = format!("{STEP}{}", person.id);
        let secret = self.keep_secret(tenant, &key, STEP_MICROS, whence)?.0;
        self.step(&secret).map(Entry::Step)
    }

    /// The step that a secret is of. `Error::Unauthorized` if there is none, or it is over.
    pub fn step(&self, secret: &str) -> Result<Step, Error> {
        let (kept, person) = self.core().pool.with(|store| {
            let kept = self.kept(store, secret)?;
            let id = kept.key.strip_prefix(STEP).ok_or(Error::Unauthorized)?;
            let caller = people::caller(store, kept.tenant, id)?;
            caller.ok_or(Error::Unauthorized)?;
            let row = store.setting(kept.tenant, people::PERSON, id)?;
            let person: Person = people::read(&row.ok_or(Error::Unauthorized)?)?;
            Ok::<_, Error>((kept, person))
        })?;
        let own = &person.factors;
        let asks = match own.none() {
            true => StepAsks::SetUp,
            false => StepAsks::Show {
                totp: own.totp.is_some(),
                passkey: !own.passkeys.is_empty(),
            },
        };
        Ok(Step {
            secret: secret.to_owned(),
            tenant: kept.tenant,
            person: person.id,
            name: person.name,
            asks,
            expires_at: kept.expires_at,
        })
    }

    /// Who is in a step, with what they may do once they are in: for the audit trail.
    pub fn caller_of_step(&self, step: &Step) -> Result<Caller, Error> {
        let caller = self
            .core()
            .pool
            .with(|store| people::caller(store, step.tenant, &step.person))?;
        caller.ok_or(Error::Unauthorized)
    }
}

/// As it stands in an address.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    let shown = text.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn a_recovery_code_is_good_once_however_it_is_typed() {
        let mut own = Factors::default();
        let codes = own.first_recovery();
        assert_eq!((codes.len(), own.first_recovery().len()), (RECOVERY, 0));
        let typed = codes[3].to_uppercase().replace('-', " ");
        assert!(own.check(&typed, at(0)).unwrap() == Verdict::Right);
        assert!(own.check(&codes[3], at(0)).unwrap() == Verdict::Wrong);
        assert_eq!(own.recovery.len(), RECOVERY - 1);
        let kept = serde_json::to_string(&own).unwrap();
        assert!(codes.iter().all(|code| !kept.contains(code.as_str())));
    }

    #[test]
    fn whoever_guesses_codes_waits_twice_as_long_each_time_and_never_for_ever() {
        let mut own = Factors::default();
        let codes = own.first_recovery();
        let (mut now, mut waits) = (0, Vec::new());
        for _ in 0..14 {
            let waited = own.waits(at(now)).unwrap_or(0);
            waits.push(waited);
            if waited > 0 {
                // The right one is not looked at either: it would tell a guesser that it is right.
                assert!(matches!(own.check(&codes[0], at(now)), Err(Error::Wait(_))));
            }
            now += i64::from(waited);
            assert!(own.check("000000", at(now)).unwrap() == Verdict::Wrong);
        }
        assert_eq!(waits[..5], [0; 5]);
        assert_eq!(waits[5..8], [31, 61, 121]);
        assert_eq!(waits[13], 3601, "an hour at most");
        now += 3601;
        assert!(own.check(&codes[0], at(now)).unwrap() == Verdict::Right);
        assert_eq!(own.waits(at(now)), None);
    }
}
