//! Master data: what a shop says of its products and stores, so that pages and messages can call them by
//! their names, and prices and categories are known to what recommends them.
//!
//! *`sku-17,Green tea,Tea,8.90,Hill & Leaf,250 g`.* A product is known by the article number of order lines, a
//! store by the id that orders name. What is not said of either is no fault of an order.

use crate::awards::cells;
use crate::{App, Error, Page, PageAsk};
use regulars_base::{Currency, TenantId, Text, Timestamp};
pub use regulars_store::MasterSort;
use regulars_store::{MasterAsk, MasterRow, Store};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// So many lines a file may have.
const LINES_MOST: u64 = 100_000;
/// So many are written at a time.
const AT_ONCE: usize = 500;
/// So many attributes one may have.
const ATTRIBUTES_MOST: usize = 30;
/// So many that were left out are told by line.
const REJECTS_MOST: usize = 1000;
/// The highest price, in minor units.
const PRICE_MOST: i64 = 1_000_000_000_000;
/// What a product has beside its id, its name and attributes.
const OF_PRODUCTS: [&str; 4] = ["category", "price", "brand", "size"];

/// What a shop says of a product or a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterEntry {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// To which category it belongs; empty if to none.
    pub category: String,
    /// What a piece costs, in minor units of the program's currency.
    pub price: Option<i64>,
    /// Its brand; empty if it has none.
    pub brand: String,
    /// Its size; empty if it has none.
    pub size: String,
    /// What else is said of it.
    pub attributes: BTreeMap<String, String>,
    /// When that was said.
    pub changed_at: Timestamp,
}

/// How a file of them is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterForm {
    /// A first line with the names of the columns, then one on each line.
    Csv,
    /// An object on each line.
    Ndjson,
}

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MasterTaken {
    /// How many were taken.
    pub taken: u64,
    /// How many were left out.
    pub rejected: u64,
    /// The first thousand of those: the line, from 1, and why.
    pub rejects: Vec<(u64, String)>,
}

/// Which of them are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MasterFind {
    /// Those of this category.
    pub category: Option<String>,
    /// Those with this in their id, name, category or brand; small and capital letters are the same.
    pub words: Option<String>,
}

impl MasterEntry {
    /// One of which the shop says nothing: it is called by its id.
    pub(crate) fn unknown(id: String) -> Self {
        Self {
            name: id.clone(),
            id,
            category: String::new(),
            price: None,
            brand: String::new(),
            size: String::new(),
            attributes: BTreeMap::new(),
            changed_at: Timestamp::from_micros(0),
        }
    }
}

/// What is kept beside id, name, category and price.
#[derive(Default, Serialize, Deserialize)]
struct Details {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    brand: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    size: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

/// One of them as a line says it, before it is looked at.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Said {
    id: String,
    name: String,
    category: String,
    price: Option<Box<RawValue>>,
    brand: String,
    size: String,
    attributes: BTreeMap<String, String>,
}

impl App {
    /// Takes what a file says of products or stores. What was said of the same ids before is gone; a line that
    /// is wrong does the others no harm.
    ///
    /// # Errors
    /// The file as a whole is none: it lacks its first line, or is too long.
    pub fn put_master_data(
        &self,
        tenant: TenantId,
        sort: MasterSort,
        (form, text): (MasterForm, &str),
    ) -> Result<MasterTaken, Error> {
        let now = self.now();
        let currency = self.currency(tenant)?;
        let mut taken = MasterTaken::default();
        let mut seen: BTreeMap<String, u64> = BTreeMap::new();
        let mut rows: Vec<MasterRow> = Vec::new();
        for (line, said) in said(form, text)? {
            let row = said.and_then(|said| row(sort, said, (currency, now)));
            let row = row.and_then(|row| match seen.insert(row.id.clone(), line) {
                None => Ok(row),
                Some(before) => Err(format!("`{}` stands on line {before} already", row.id)),
            });
            match row {
                Ok(row) => rows.push(row),
                Err(why) => {
                    taken.rejected += 1;
                    if taken.rejects.len() < REJECTS_MOST {
                        taken.rejects.push((line, why));
                    }
                }
            }
        }
        taken.taken = rows.len() as u64;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(AT_ONCE));
            let part = std::mem::replace(&mut rows, rest);
            self.core()
                .write(move |store| Ok(store.put_master_data(tenant, sort, &part)?))?;
        }
        Ok(taken)
    }

    /// In which currency prices are: that of the program in force.
    pub fn currency(&self, tenant: TenantId) -> Result<Currency, Error> {
        Ok(self.program_in_force(tenant, self.now())?.1.currency)
    }

    /// Products or stores, by their ids.
    pub fn master_data(
        &self,
        tenant: TenantId,
        (sort, find): (MasterSort, &MasterFind),
        page: &PageAsk,
    ) -> Result<Page<MasterEntry>, Error> {
        let limit = page.limit();
        let words = find.words.as_ref().map(|own| own.trim().to_lowercase());
        let ask = MasterAsk {
            category: find.category.clone(),
            words: words.filter(|own| !own.is_empty()),
            after: page.after.clone(),
        };
        let rows = self
            .core()
            .pool
            .with(|store| Ok(store.master_data(tenant, sort, &ask, limit + 1)?))?;
        Page::cut(rows, limit, |row| row.id.clone()).try_map(entry)
    }

    /// What is said of a product or a store.
    pub fn master_entry(
        &self,
        tenant: TenantId,
        sort: MasterSort,
        id: &str,
    ) -> Result<MasterEntry, Error> {
        let found = self
            .core()
            .pool
            .with(|store| listed(store, tenant, (sort, &[id])))?;
        let found = found.into_iter().next();
        found.ok_or_else(|| Error::not_found(word(sort), id))
    }

    /// Takes away what is said of a product or a store; what it was.
    pub fn delete_master_entry(
        &self,
        tenant: TenantId,
        sort: MasterSort,
        id: &str,
    ) -> Result<MasterEntry, Error> {
        let before = self.master_entry(tenant, sort, id)?;
        let gone = before.id.clone();
        self.core()
            .write(move |store| Ok(store.delete_master_data(tenant, sort, &gone)?))?;
        Ok(before)
    }
}

/// What is said of these, in the order in which they are named; those of which nothing is said are left out.
pub(crate) fn listed(
    store: &mut dyn Store,
    tenant: TenantId,
    (sort, ids): (MasterSort, &[&str]),
) -> Result<Vec<MasterEntry>, Error> {
    let rows = store.master_data_listed(tenant, sort, ids)?;
    rows.into_iter().map(entry).collect()
}

const fn word(sort: MasterSort) -> &'static str {
    match sort {
        MasterSort::Product => "product",
        MasterSort::Store => "store",
    }
}

fn entry(row: MasterRow) -> Result<MasterEntry, Error> {
    let details: Details = serde_json::from_str(&row.details)
        .map_err(|error| Error::Corrupt(format!("what is said of `{}`: {error}", row.id)))?;
    Ok(MasterEntry {
        id: row.id,
        name: row.name,
        category: row.category,
        price: row.price,
        brand: details.brand,
        size: details.size,
        attributes: details.attributes,
        changed_at: row.changed_at,
    })
}

/// How many lines of a file say something, and how many nothing.
pub(crate) fn lines(
    sort: MasterSort,
    form: MasterForm,
    (text, currency): (&str, Currency),
) -> Result<(usize, usize), Error> {
    let read = said(form, text)?.into_iter();
    let now = Timestamp::from_micros(0);
    let row = |(_, said): Line| said.and_then(|said| row(sort, said, (currency, now)));
    let (good, wrong): (Vec<_>, Vec<_>) = read.map(row).partition(Result::is_ok);
    Ok((good.len(), wrong.len()))
}

/// A line's number, and what it says or why it says nothing.
type Line = (u64, Result<Said, String>);

/// What each line of a file says.
fn said(form: MasterForm, text: &str) -> Result<Vec<Line>, Error> {
    let lines = text.trim_start_matches('\u{feff}').lines().zip(1_u64..);
    let mut lines = lines.filter(|(line, _)| !line.trim().is_empty()).peekable();
    let read: Vec<Line> = match form {
        MasterForm::Ndjson => lines
            .map(|(line, number)| (number, serde_json::from_str(line).map_err(as_words)))
            .collect(),
        MasterForm::Csv => {
            let head = lines.next().and_then(|(line, _)| cells(line));
            let names: Vec<String> = head.unwrap_or_default().into_iter().map(column).collect();
            if !names.iter().any(|name| name == "id") || !names.iter().any(|name| name == "name") {
                let what =
                    "must begin with a line that names the columns, `id` and `name` among them";
                return Err(Error::invalid("", what));
            }
            lines
                .map(|(line, number)| (number, of_cells(&names, line)))
                .collect()
        }
    };
    if read.len() as u64 > LINES_MOST {
        let what = format!("has more than {LINES_MOST} lines; send it in parts");
        return Err(Error::invalid("", what));
    }
    if read.is_empty() {
        return Err(Error::invalid("", "says nothing of any"));
    }
    Ok(read)
}

fn column(name: String) -> String {
    name.trim().to_lowercase()
}

/// A fault of JSON without the place, which is always line 1 here.
fn as_words(error: serde_json::Error) -> String {
    let said = error.to_string();
    said.split(" at line ").next().unwrap_or(&said).to_owned()
}

/// A line of CSV: columns that are not known are attributes.
fn of_cells(names: &[String], line: &str) -> Result<Said, String> {
    let cells = cells(line).ok_or("a quotation mark is not closed")?;
    if cells.len() > names.len() {
        return Err(format!(
            "has {} cells; there are {} columns",
            cells.len(),
            names.len()
        ));
    }
    let mut said = Said::default();
    for (name, cell) in names.iter().zip(cells) {
        let cell = cell.trim().to_owned();
        match name.as_str() {
            "id" => said.id = cell,
            "name" => said.name = cell,
            "category" => said.category = cell,
            "brand" => said.brand = cell,
            "size" => said.size = cell,
            "price" if cell.is_empty() => {}
            "price" => said.price = serde_json::value::to_raw_value(&cell).ok(),
            "" => {}
            _ if cell.is_empty() => {}
            name => drop(said.attributes.insert(name.to_owned(), cell)),
        }
    }
    Ok(said)
}

/// One of them as it is kept, or what is wrong with it.
fn row(
    sort: MasterSort,
    said: Said,
    (currency, now): (Currency, Timestamp),
) -> Result<MasterRow, String> {
    let short = |name: &str, text: &str| {
        let checked = Text::new(text).map_err(|error| format!("`{name}` {error}"));
        checked.map(|own| own.as_str().to_owned())
    };
    let id = short("id", &said.id)?;
    let name = short("name", &said.name)?;
    if id.is_empty() || name.is_empty() {
        return Err("`id` or `name` is missing".into());
    }
    let price = said.price.as_deref().map(|raw| price(raw, currency));
    let price = price.transpose()?.flatten();
    let (category, brand, size) = (
        short("category", &said.category)?,
        short("brand", &said.brand)?,
        short("size", &said.size)?,
    );
    let has = [
        !category.is_empty(),
        price.is_some(),
        !brand.is_empty(),
        !size.is_empty(),
    ];
    let wrong = OF_PRODUCTS.iter().zip(has).find(|(_, has)| *has);
    if let (MasterSort::Store, Some((field, _))) = (sort, wrong) {
        return Err(format!("a store has no `{field}`"));
    }
    if said.attributes.len() > ATTRIBUTES_MOST {
        return Err(format!("has more than {ATTRIBUTES_MOST} attributes"));
    }
    for (name, value) in &said.attributes {
        short("attributes", name)?;
        short(name, value)?;
    }
    let found_by = [&id, &name, &category, &brand].map(|own| own.to_lowercase());
    let details = Details {
        brand,
        size,
        attributes: said.attributes,
    };
    Ok(MasterRow {
        found_by: found_by.join(" "),
        details: serde_json::to_string(&details).map_err(|error| error.to_string())?,
        id,
        name,
        category,
        price,
        changed_at: now,
    })
}

/// A price: a number or a text of one; nothing for `null`.
fn price(raw: &RawValue, currency: Currency) -> Result<Option<i64>, String> {
    let text = raw.get().trim().trim_matches('"');
    if text == "null" {
        return Ok(None);
    }
    let minor = currency.minor(text);
    match minor {
        Ok(minor) if (0..=PRICE_MOST).contains(&minor) => Ok(Some(minor)),
        Ok(_) => Err(format!("the price `{text}` is below zero or too high")),
        Err(error) => Err(format!("the price `{text}` is none in {currency}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sort: MasterSort, form: MasterForm, text: &str) -> Vec<Result<MasterRow, String>> {
        let currency = Currency::new("EUR").unwrap();
        let lines = said(form, text).unwrap().into_iter();
        lines
            .map(|(_, said)| said.and_then(|said| row(sort, said, (currency, Timestamp::FIRST))))
            .collect()
    }

    #[test]
    fn a_line_says_the_same_as_csv_and_as_json() {
        let csv = "ID,Name,category,price,brand,size,colour\n\
                   s-1,\"Green tea, loose\",Tea,8.90,Leaf,250 g,green\n";
        let json = r#"{"id":"s-1","name":"Green tea, loose","category":"Tea","price":8.90,"brand":"Leaf","size":"250 g","attributes":{"colour":"green"}}"#;
        let of = MasterSort::Product;
        let (one, other) = (
            read(of, MasterForm::Csv, csv),
            read(of, MasterForm::Ndjson, json),
        );
        assert_eq!(one, other);
        let row = one.into_iter().next().unwrap().unwrap();
        assert_eq!(
            (row.price, row.found_by.as_str()),
            (Some(890), "s-1 green tea, loose tea leaf")
        );
    }

    #[test]
    fn each_line_says_what_is_wrong_with_it() {
        let json = [
            r#"{"id":"a"}"#,
            r#"{"id":"a","name":"b","price":"1.234"}"#,
            r#"{"id":"a","name":"b","price":-1}"#,
            r#"{"id":"a","name":"b","colour":"red"}"#,
            r#"{"id":"a","name":"b","price":null}"#,
        ];
        let all = read(MasterSort::Product, MasterForm::Ndjson, &json.join("\n"));
        let wrong: Vec<bool> = all.iter().map(Result::is_err).collect();
        assert_eq!(wrong, [true, true, true, true, false], "{all:?}");
        let store = read(
            MasterSort::Store,
            MasterForm::Csv,
            "id,name,price\n1,Main street,3\n",
        );
        assert_eq!(store, [Err("a store has no `price`".to_owned())]);
        assert!(said(MasterForm::Csv, "sku,title\n1,b\n").is_err());
    }
}
