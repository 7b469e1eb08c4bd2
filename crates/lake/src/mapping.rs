//! Which column means what.

use crate::{Error, Field, detect::Sample};

/// Which columns of a file are read, and as what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Field, number of the column counted from 0, its header (`#3` where the file has none).
    columns: Vec<(Field, usize, String)>,
}

impl Mapping {
    /// Takes the columns whose headers are well known. Case, blanks and punctuation do not matter:
    /// `Customer ID` is `customer_id`.
    pub fn guess(headers: &[String]) -> Self {
        let plain: Vec<String> = headers.iter().map(|header| bare(header)).collect();
        let mut mapping = Self::default();
        for field in Field::ALL {
            let found = field
                .known_as()
                .iter()
                .find_map(|name| plain.iter().position(|p| p == name));
            if let Some(at) = found {
                mapping.columns.push((field, at, headers[at].clone()));
            }
        }
        mapping
    }

    /// For a file without headers: what the values look like. Only the plainest shape is guessed: a
    /// customer, a day, perhaps a count, and an amount with decimals, in this order.
    pub(crate) fn guess_by_values(sample: &Sample) -> Self {
        let mut mapping = Self::default();
        let fields: &[Field] = match sample.headers.len() {
            3 => &[Field::Customer, Field::Time, Field::Amount],
            4 => &[Field::Customer, Field::Time, Field::Quantity, Field::Amount],
            _ => return mapping,
        };
        let all = |at: usize, test: fn(&str) -> bool| {
            sample.column(at).next().is_some() && sample.column(at).all(test)
        };
        let last = fields.len() - 1;
        let decimals =
            |text: &str| text.contains(['.', ',']) && text.bytes().any(|b| b.is_ascii_digit());
        let whole = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let a_day = |text: &str| crate::detect::looks_like_a_date(text);
        if all(1, a_day) && all(last, decimals) && (last == 2 || all(2, whole)) {
            let headers = sample.headers.iter().cloned().enumerate();
            mapping.columns = fields
                .iter()
                .zip(headers)
                .map(|(&field, (at, header))| (field, at, header))
                .collect();
        }
        mapping
    }

    /// Forgets what was guessed of other fields.
    pub(crate) fn keep(&mut self, wanted: impl Fn(Field) -> bool) {
        self.columns.retain(|(field, ..)| wanted(*field));
    }

    /// Sets `field` to the column named `header`, or numbered `#3` (counted from 1); `-` leaves the
    /// field out. What had been guessed for that column is forgotten.
    pub fn set(&mut self, field: Field, header: &str, headers: &[String]) -> Result<(), Error> {
        self.columns.retain(|(known, _, _)| *known != field);
        if header == "-" {
            return Ok(());
        }
        let by_name = || headers.iter().position(|known| known == header);
        let bare_name = || headers.iter().position(|known| bare(known) == bare(header));
        let by_number = || {
            let number = header.strip_prefix('#')?.parse::<usize>().ok()?;
            number.checked_sub(1).filter(|&at| at < headers.len())
        };
        let at = by_name()
            .or_else(by_number)
            .or_else(bare_name)
            .ok_or_else(|| Error::NoSuchColumn {
                field: field.name(),
                header: header.to_owned(),
                nearest: nearest(header, headers),
                headers: listed(headers),
            })?;
        self.columns.push((field, at, headers[at].clone()));
        Ok(())
    }

    /// The same for the pairs `customer=household_id` that people write; what they name is theirs
    /// alone: guesses for the same columns are dropped.
    pub(crate) fn set_all(&mut self, pairs: &[String], headers: &[String]) -> Result<(), Error> {
        let mut named = Vec::new();
        for pair in pairs {
            let (name, header) = pair
                .split_once('=')
                .ok_or_else(|| Error::NotAMapping(pair.clone()))?;
            let field: Field = name.trim().parse()?;
            self.set(field, header.trim(), headers)?;
            named.push(field);
        }
        let taken: Vec<usize> = self
            .columns
            .iter()
            .filter(|(f, ..)| named.contains(f))
            .map(|(_, at, _)| *at)
            .collect();
        self.columns
            .retain(|(field, at, _)| named.contains(field) || !taken.contains(at));
        self.columns.sort();
        Ok(())
    }

    /// Each field that is read, with the number of its column (from 0) and its header.
    pub fn columns(&self) -> impl Iterator<Item = (Field, usize, &str)> {
        self.columns
            .iter()
            .map(|(field, at, header)| (*field, *at, header.as_str()))
    }

    /// Whether `field` is read.
    pub fn has(&self, field: Field) -> bool {
        self.columns.iter().any(|(known, _, _)| *known == field)
    }
}

/// A header without what people write differently.
fn bare(header: &str) -> String {
    header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a header says that its amounts are in minor units.
pub(crate) fn is_minor(header: &str) -> bool {
    let plain = bare(header);
    ["cents", "minor", "minorunits", "pence"]
        .iter()
        .any(|word| plain.ends_with(word) && plain != *word)
}

fn nearest(header: &str, headers: &[String]) -> String {
    let wanted = bare(header);
    headers
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&wanted, &bare(known)), known))
        .min()
        .filter(|(distance, known)| *distance <= 3.max(known.len() / 2))
        .map_or_else(String::new, |(_, known)| {
            format!(", did you mean `{known}`?")
        })
}

/// Headers for an error: all of a few, the first of many.
pub(crate) fn listed(headers: &[String]) -> String {
    let shown: Vec<String> = headers
        .iter()
        .take(40)
        .map(|h| format!("`{}`", h.chars().take(60).collect::<String>()))
        .collect();
    let more = if headers.len() > 40 { " and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn shown(mapping: &Mapping) -> String {
        mapping
            .columns()
            .map(|(f, _, h)| format!("{f}={h}"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn well_known_headers_are_found_in_several_languages() {
        for (given, expected) in [
            (
                "household_id store_id basket_id product_id quantity sales_value retail_disc transaction_timestamp",
                "customer=household_id order=basket_id time=transaction_timestamp amount=sales_value \
                 quantity=quantity sku=product_id store=store_id",
            ),
            (
                "InvoiceNo StockCode Quantity InvoiceDate UnitPrice CustomerID",
                "customer=CustomerID order=InvoiceNo time=InvoiceDate unit_price=UnitPrice \
                 quantity=Quantity sku=StockCode",
            ),
            (
                "Kunden-Nr. Bestellnummer Datum Betrag Währung",
                "customer=Kunden-Nr. order=Bestellnummer time=Datum amount=Betrag currency=Währung",
            ),
            (
                "cliente pedido fecha importe",
                "customer=cliente order=pedido time=fecha amount=importe",
            ),
        ] {
            assert_eq!(shown(&Mapping::guess(&headers(given))), expected, "{given}");
        }
    }

    #[test]
    fn what_people_name_wins_over_guesses() {
        let headers = headers("id customer date total net");
        let mut mapping = Mapping::guess(&headers);
        let pairs = ["customer=id", "amount=#5", "order=customer"].map(str::to_owned);
        mapping
            .set_all(&pairs, &headers)
            .expect("the columns exist");
        assert_eq!(
            shown(&mapping),
            "customer=id order=customer time=date amount=net"
        );
    }

    #[test]
    fn an_unknown_header_names_the_nearest() {
        let headers = headers("household_id sales_value");
        let error = |pair: &str| {
            let mut mapping = Mapping::default();
            mapping
                .set_all(&[pair.to_owned()], &headers)
                .expect_err(pair)
                .to_string()
        };
        assert!(error("customer=houshold_id").contains("did you mean `household_id`?"));
        assert!(error("customer=#3").contains("no column `#3`"));
        assert!(error("client=household_id").contains("known are customer, order"));
        assert!(error("customer").contains("write it as customer=household_id"));
    }
}
