//! Readers of what comes in that nobody else asks for by themselves: what `regulars-doors` lets anything in by.
//! Each is the reader that the use cases call, and says so much of what was read that it can be held to it.

use crate::crm;
use crate::identities::form;
use crate::master_data;
use crate::passkeys::authenticator::AuthenticatorData;
use crate::{MasterForm, MasterSort};
use regulars_base::Currency;

/// The form in which an identity is kept, if it can be one; telephone numbers without a country are numbers of
/// `country`.
pub fn identity(kind: &str, value: &str, country: &str) -> Option<String> {
    form::of(kind, value, form::country(country)).ok()
}

/// A file of contacts: how many lines say something, and how many nothing; why the whole says nothing.
pub fn contacts(text: &str) -> Result<(usize, usize), String> {
    crm::lines(text).map_err(|error| error.to_string())
}

/// A file of products or of stores, likewise.
pub fn master_data(
    sort: MasterSort,
    form: MasterForm,
    (text, currency): (&str, Currency),
) -> Result<(usize, usize), String> {
    master_data::lines(sort, form, (text, currency)).map_err(|error| error.to_string())
}

/// What an authenticator says of a new passkey: whether there is a credential in it.
pub fn attestation(bytes: &[u8]) -> bool {
    let read = AuthenticatorData::of_attestation(bytes);
    read.is_some_and(|data| data.made.is_some())
}
