//! How identities are written, so that one person has one however it is typed: e-mail addresses, telephone
//! numbers, numbers of cards. All others are what their source writes.

use phonenumber::Mode;
use phonenumber::country::Id;

/// Kinds of identities that have a form.
pub(crate) const EMAIL: &str = "email";
/// See [`EMAIL`].
pub(crate) const PHONE: &str = "phone";
/// See [`EMAIL`].
pub(crate) const CARD: &str = regulars_store::CARD;

/// How long an e-mail address may be, and what stands before its `@` (RFC 5321).
const EMAIL_MOST: usize = 254;
/// See [`EMAIL_MOST`].
const LOCAL_MOST: usize = 64;
/// How many digits a telephone number has, with its country (E.164); fewer are no number of anybody.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What is wrong with how somebody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is no e-mail address.
    Email,
    /// It is no telephone number.
    Phone,
    /// It may be one, of a country that nobody has named.
    Nowhere,
    /// It is no number of a card.
    Card,
}

impl Wrong {
    /// What to do about it.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Email => "is no e-mail address: write it as in ana@example.com",
            Self::Phone => "is no telephone number: write it with its country, as in +49 30 123456",
            Self::Nowhere => {
                "is a telephone number without its country: write it as in +49 30 123456, or say in the \
                 shop's settings of which country such numbers are"
            }
            Self::Card => "is no number of a card: it has neither a letter nor a digit",
        }
    }
}

/// Whether identities of this kind have a form.
pub(crate) fn has_one(kind: &str) -> bool {
    matches!(kind, EMAIL | PHONE | CARD)
}

/// Whether its form depends on where the shop is.
pub(crate) fn is_local(kind: &str, value: &str) -> bool {
    kind == PHONE && !value.trim_start().starts_with('+')
}

/// The form of an identity. Telephone numbers without a country are numbers of `home`.
pub(crate) fn of(kind: &str, value: &str, home: Option<Id>) -> Result<String, Wrong> {
    match kind {
        EMAIL => email(value),
        PHONE => phone(value, home),
        CARD => card(value),
        _ => Ok(value.to_owned()),
    }
}

/// Without spaces around it, in small letters, with the domain as the network knows it (IDNA). Mail servers
/// may tell capitals apart before the `@`; none that people have addresses at does.
pub(crate) fn email(value: &str) -> Result<String, Wrong> {
    let (local, domain) = value.trim().rsplit_once('@').ok_or(Wrong::Email)?;
    // Some letters are longer when they are small: what is kept is measured.
    let local = local.to_lowercase();
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || letter == '@';
    let is_local = (1..=LOCAL_MOST).contains(&local.len()) && !local.contains(odd);
    let host = url::Host::parse(domain.trim_end_matches('.')).map_err(|_| Wrong::Email)?;
    let url::Host::Domain(domain) = host else {
        return Err(Wrong::Email);
    };
    let form = format!("{local}@{domain}");
    let is_domain = domain.contains('.') || domain == "localhost";
    match is_local && is_domain && form.len() <= EMAIL_MOST {
        true => Ok(form),
        false => Err(Wrong::Email),
    }
}

/// In the form of E.164: `+4930123456`.
pub(crate) fn phone(value: &str, home: Option<Id>) -> Result<String, Wrong> {
    let number = begun(value, home)?;
    match DIGITS.contains(&(number.len() - 1)) {
        true => Ok(number),
        false => Err(Wrong::Phone),
    }
}

/// The same of a number that may not be typed to its end yet.
pub(crate) fn begun(value: &str, home: Option<Id>) -> Result<String, Wrong> {
    let value = value.trim();
    let from_abroad = value.strip_prefix("00").filter(|_| home.is_none());
    let written = match from_abroad {
        Some(rest) => format!("+{rest}"),
        None => value.to_owned(),
    };
    // Letters stand for digits in America only; elsewhere a text with letters is no number.
    if written.contains(|letter: char| letter.is_alphabetic()) {
        return Err(Wrong::Phone);
    }
    if home.is_none() && !written.starts_with('+') {
        let has_digits = written.bytes().filter(u8::is_ascii_digit).count() >= 3;
        return Err(if has_digits {
            Wrong::Nowhere
        } else {
            Wrong::Phone
        });
    }
    let number = phonenumber::parse(home, written).map_err(|_| Wrong::Phone)?;
    Ok(number.format().mode(Mode::E164).to_string())
}

/// Without the spaces and dashes that people read it by.
pub(crate) fn card(value: &str) -> Result<String, Wrong> {
    let is_gap = |letter: &char| {
        letter.is_whitespace() || matches!(letter, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
    };
    let form: String = value.chars().filter(|letter| !is_gap(letter)).collect();
    match form.contains(char::is_alphanumeric) {
        true => Ok(form),
        false => Err(Wrong::Card),
    }
}

/// A country by its two letters.
pub(crate) fn country(code: &str) -> Option<Id> {
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    is_code.then(|| code.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(kind: &str, home: Option<&str>, table: &[(&str, Result<&str, Wrong>)]) {
        for (typed, form) in table {
            let found = of(kind, typed, home.and_then(country));
            assert_eq!(found, form.map(str::to_owned), "{typed}");
        }
    }

    #[test]
    fn an_address_is_one_however_it_is_typed() {
        let table = [
            (" Ana@Example.COM ", Ok("ana@example.com")),
            ("ana@example.com", Ok("ana@example.com")),
            // Nothing clever: these may be two people.
            ("A.na+shop@example.com", Ok("a.na+shop@example.com")),
            ("ana@müller.de", Ok("ana@xn--mller-kva.de")),
            ("ana@MÜLLER.de.", Ok("ana@xn--mller-kva.de")),
            ("JÜRGEN@example.de", Ok("jürgen@example.de")),
            ("ana@example", Err(Wrong::Email)),
            ("ana", Err(Wrong::Email)),
            ("@example.com", Err(Wrong::Email)),
            ("a b@example.com", Err(Wrong::Email)),
            ("a@b@example.com", Err(Wrong::Email)),
            ("ana@127.0.0.1", Err(Wrong::Email)),
            ("ana@exa mple.com", Err(Wrong::Email)),
        ];
        all(EMAIL, None, &table);
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(email(&long), Err(Wrong::Email));
        // Longer than it may be once its letters are small: taken, it would be none when it is looked at again.
        let longer = format!("{}@example.com", "\u{23a}".repeat(32));
        assert_eq!(email(&longer), Err(Wrong::Email));
    }

    #[test]
    fn a_number_has_its_country() {
        let german = [
            ("030 / 123456", Ok("+4930123456")),
            ("+49 (0)30 123456", Ok("+4930123456")),
            ("0049 30 12 34 56", Ok("+4930123456")),
            ("+49-30-123456", Ok("+4930123456")),
            ("+1 (415) 555-1234", Ok("+14155551234")),
            ("0151 23456789", Ok("+4915123456789")),
            ("12", Err(Wrong::Phone)),
            ("call me", Err(Wrong::Phone)),
            ("", Err(Wrong::Phone)),
        ];
        all(PHONE, Some("DE"), &german);
        all(
            PHONE,
            Some("CN"),
            &[("138 0013 8000", Ok("+8613800138000"))],
        );
        all(
            PHONE,
            Some("RU"),
            &[("8 912 345-67-89", Ok("+79123456789"))],
        );
        let nowhere = [
            ("+49 30 123456", Ok("+4930123456")),
            ("0049 30 123456", Ok("+4930123456")),
            ("030 123456", Err(Wrong::Nowhere)),
            ("+49151", Err(Wrong::Phone)),
            ("+999 123456789", Err(Wrong::Phone)),
        ];
        all(PHONE, None, &nowhere);
        assert_eq!(begun("0151 2", country("DE")), Ok("+491512".to_owned()));
    }

    #[test]
    fn a_card_is_read_without_its_gaps() {
        let table = [
            ("2600 1234-5678 9017", Ok("2600123456789017")),
            ("K\u{2013}47 11", Ok("K4711")),
            ("- -", Err(Wrong::Card)),
        ];
        all(CARD, None, &table);
        all("customer", None, &[(" A-1 ", Ok(" A-1 "))]);
    }

    #[test]
    fn a_country_is_two_capitals() {
        assert!(country("DE").is_some() && country("GB").is_some());
        assert!(country("de").is_none() && country("XX").is_none() && country("").is_none());
    }
}
