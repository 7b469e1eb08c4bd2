//! From text to program: everything that is wrong is said at once, and what compiles is right.

mod activity;
mod attribute;
mod badge;
mod card;
mod cause;
mod challenge;
mod changeover;
mod channel;
mod claim;
mod coupon;
mod draw;
mod earning;
mod engagement;
mod game;
mod gives;
mod group;
mod insight;
mod leaderboard;
mod limit;
mod money;
mod names;
mod partner;
mod plan;
mod points;
mod portal;
mod reach;
mod referral;
mod refund;
mod reward;
mod shop;
mod tally;
mod tier;
mod transfer;

use super::diagnostic::{Diagnostic, Findings, Wrong, did_you_mean};
use super::file::{Body, Form, SECTIONS, Section};
use super::reader::{At, Node, Place, Source};
use super::{ActivityRule, AttributeRule, ByItself, Listeners, Memory, Program};
use sha2::{Digest, Sha256};
use toml_edit::{Document, Item, TableLike};

/// The longest program file, in bytes.
const TEXT_MAX: usize = 1 << 20;
/// The most parts of a section: places are counted in 16 bits, and people stop far earlier.
const PARTS_MAX: usize = 2000;

/// Compiles the text of a program file. There is a program unless something is an error; there may
/// be warnings beside it. Diagnostics are sorted by their place in the text.
pub fn compile(text: &str) -> (Option<Program>, Vec<Diagnostic>) {
    let findings = Findings::default();
    let program = read(text, &findings);
    let program = program.filter(|_| !findings.any_error());
    (program, findings.into_diagnostics(text))
}

fn read(text: &str, findings: &Findings) -> Option<Program> {
    if text.len() > TEXT_MAX {
        let wrong = Wrong::new("the file is larger than 1 MiB", "split the program");
        findings.error(0..0, wrong);
        return None;
    }
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            let wrong = Wrong::new(
                error.message(),
                "correct the line: the file is written in TOML",
            );
            findings.error(at, wrong);
            return None;
        }
    };
    let source = Source { text, findings };
    let root = Root::open(document.as_table(), source);
    let shop = shop::shop(&root);
    let names = names::Names::collect(&root);
    let activities = activity::activities(&root, &shop);
    let attributes = attribute::attributes(&root);
    let ctx = Ctx {
        root: &root,
        shop,
        names,
        activities,
        attributes,
    };
    build(&ctx, Sha256::digest(text.as_bytes()).into())
}

/// What the compilers of the parts look at.
struct Ctx<'a> {
    root: &'a Root<'a>,
    shop: shop::Shop,
    names: names::Names,
    activities: Vec<ActivityRule>,
    attributes: Vec<AttributeRule>,
}

fn build(ctx: &Ctx<'_>, hash: [u8; 32]) -> Option<Program> {
    // Each part is read before any failure counts, so that everything is said at once.
    let rates = shop::rates(ctx);
    let points = points::points(ctx);
    let rules = earning::rules(ctx);
    let (select, multiply) = earning::combine(ctx);
    let tiers = tier::tiers(ctx);
    let matches = tier::matches(ctx);
    let cards = card::cards(ctx);
    let rewards = reward::rewards(ctx);
    let plans = plan::plans(ctx);
    let (referral, transfer) = (referral::referral(ctx), transfer::transfer(ctx));
    let coupons = coupon::coupons(ctx);
    let combine = coupon::combine(ctx);
    let games = tally::games(ctx);
    let coalition = partner::coalition(ctx);
    let partners = partner::partners(ctx);
    let (refund, return_window) = refund::refund(ctx);
    let profile = engagement::profile(ctx.root);
    let birthday = engagement::birthday(ctx.root);
    let changeover = changeover::changeover(ctx, points.as_deref());
    let claims = claim::claims(ctx);
    let sell_through = channel::sell_through(ctx);
    let money = money::money(ctx);
    let groups = group::groups(ctx);
    let portal = portal::portal(ctx);
    let insight = insight::insight(ctx);
    let (rules, tiers, cards, rewards) = (rules?, tiers?, cards?, rewards?);
    let plans = plans?;
    let groups = groups?;
    let matches = matches?;
    let games = games?;
    let partners = partners?;
    let coupons = coupons?;
    let (referral, transfer) = (referral?, transfer?);
    let limits = rules
        .iter()
        .flat_map(|rule| &rule.limits)
        .chain(cards.iter().flat_map(|card| &card.limits))
        .chain(rewards.iter().flat_map(|reward| &reward.limits))
        .chain(referral.iter().flat_map(|rule| &rule.limits))
        .chain(transfer.iter().flat_map(|rule| &rule.limits))
        .chain(coupons.iter().flat_map(|coupon| &coupon.limits))
        .chain(games.limits())
        .chain(
            partners
                .iter()
                .flat_map(|own| own.awards.iter().flat_map(|rule| &rule.limits)),
        );
    let memory = Memory::of(limits, &tiers, &matches);
    partner::leads_to_all(ctx, &partners, &rules);
    let points = points?;
    let automatic = ByItself::of(&rewards, &points);
    let program = Program {
        hash,
        name: ctx.shop.name.clone(),
        currency: ctx.shop.currency?,
        rates,
        zone: ctx.shop.zone.clone(),
        locale: ctx.shop.locale.clone(),
        unknown: ctx.shop.unknown,
        points,
        select,
        multiply,
        grain: reach::grain(&tiers, &matches),
        metrics: reach::metrics(&tiers, &matches),
        listeners: Listeners::of(&rules),
        memory,
        rules,
        tiers,
        matches,
        cards,
        rewards,
        automatic,
        plans,
        coupons,
        combine,
        games,
        activities: ctx.activities.clone(),
        attributes: ctx.attributes.clone(),
        profile,
        birthday,
        referral: referral.map(Box::new),
        transfer: transfer.map(Box::new),
        partners,
        coalition,
        refund,
        return_window,
        changeover,
        claims,
        sell_through,
        money: money?,
        groups,
        portal,
        insight,
    };
    names::no_two_meet(ctx, &program);
    Some(program)
}

/// The top of the file.
struct Root<'a> {
    table: &'a dyn TableLike,
    source: Source<'a>,
}

/// A part of a section: its id where the section names its parts, and its fields.
#[derive(Clone, Copy)]
struct Part<'a> {
    id: &'a str,
    id_at: Place,
    node: Node<'a>,
}

impl<'a> Root<'a> {
    /// Checks that the file holds known sections in their forms.
    fn open(table: &'a dyn TableLike, source: Source<'a>) -> Self {
        let root = Self { table, source };
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.key).collect();
        for (key, item) in table.iter() {
            match SECTIONS.iter().find(|section| section.key == key) {
                None => {
                    let wrong = Wrong {
                        message: format!("unknown section `{key}`"),
                        hint: did_you_mean(key, &known),
                    };
                    source.error(root.key(key), wrong);
                }
                Some(section) => root.check_form(section, item),
            }
        }
        if !table.contains_key("program") {
            let wrong = Wrong::new(
                "the file lacks the section [program]",
                "begin with [program], name = \"...\" and currency = \"EUR\"",
            );
            source.error(Place::START, wrong);
        }
        root
    }

    fn check_form(&self, section: &Section, item: &Item) {
        let key = section.key;
        let (fits, write) = match section.form {
            Form::Once => (item.is_table_like(), format!("[{key}]")),
            Form::Named => {
                let all =
                    |table: &dyn TableLike| table.iter().all(|(_, item)| item.is_table_like());
                (
                    item.as_table_like().is_some_and(all),
                    format!("[{key}.NAME]"),
                )
            }
            Form::Many => {
                let of_tables =
                    |array: &toml_edit::Array| array.iter().all(toml_edit::Value::is_inline_table);
                let fits = item.is_array_of_tables() || item.as_array().is_some_and(of_tables);
                (fits, format!("[[{key}]]"))
            }
        };
        if !fits {
            let wrong = Wrong::new(
                format!("`{key}` is in the wrong form"),
                format!("write it as {write}"),
            );
            self.source.error(self.key(key), wrong);
        }
        let count = match item {
            Item::ArrayOfTables(tables) => tables.len(),
            other => other.as_table_like().map_or(0, TableLike::len),
        };
        if count > PARTS_MAX {
            let wrong = Wrong::new(
                format!("there are more than {PARTS_MAX} parts of `{key}`"),
                "split the program",
            );
            self.source.error(self.key(key), wrong);
        }
    }

    fn key(&self, key: &str) -> Place {
        let span = self
            .table
            .get_key_value(key)
            .and_then(|(key, _)| key.span());
        let item = || Place::of(self.table.get(key).and_then(Item::span));
        Place::of(span).or(item())
    }

    /// Whether the section is a list of tables, which carry their ids inside.
    fn is_list(&self, section: &str) -> bool {
        let own = SECTIONS.iter().find(|own| own.key == section);
        own.is_some_and(|own| own.form == Form::Many)
    }

    /// The section as a value.
    fn at(&self, key: &str) -> Option<At<'a>> {
        let item = self.table.get(key)?;
        Some(At::new(item, self.key(key), self.source))
    }

    /// The parts of a section, in order, each opened.
    fn parts(&self, section: &'static str) -> Vec<Part<'a>> {
        let spec = SECTIONS.iter().find(|own| own.key == section);
        let spec = spec.expect("the compiler asks only for sections that the format lists");
        let Body::Fields(fields) = spec.body else {
            return Vec::new();
        };
        let Some(item) = self.table.get(section) else {
            return Vec::new();
        };
        let open = |table, at| Node::open(table, fields, at, self.source);
        match spec.form {
            Form::Once => {
                let node = item
                    .as_table_like()
                    .map(|table| open(table, self.key(section)));
                let part = |node: Node<'a>| Part {
                    id: "",
                    id_at: node.place(),
                    node,
                };
                node.map(part).into_iter().collect()
            }
            Form::Named => {
                let Some(table) = item.as_table_like() else {
                    return Vec::new();
                };
                let part = |(id, item): (&'a str, &'a Item)| {
                    let key = table.get_key_value(id).and_then(|(key, _)| key.span());
                    let at = Place::of(item.span());
                    let id_at = Place::of(key).or(at);
                    let node = open(item.as_table_like()?, at.or(id_at));
                    Some(Part { id, id_at, node })
                };
                table.iter().filter_map(part).collect()
            }
            Form::Many => {
                let tables: Vec<(&dyn TableLike, Place)> = match item {
                    Item::ArrayOfTables(tables) => tables
                        .iter()
                        .map(|table| (table as &dyn TableLike, Place::of(table.span())))
                        .collect(),
                    other => {
                        let array = other.as_array().into_iter().flatten();
                        let table = |value: &'a toml_edit::Value| {
                            let table = value.as_inline_table()?;
                            Some((table as &dyn TableLike, Place::of(value.span())))
                        };
                        array.filter_map(table).collect()
                    }
                };
                let part = |(table, at)| {
                    let node = open(table, at);
                    let id = node.get("id");
                    Part {
                        id: id.and_then(|id| id.text()).unwrap_or_default(),
                        id_at: id.map_or(at, |id| id.place()),
                        node,
                    }
                };
                tables.into_iter().map(part).collect()
            }
        }
    }
}

/// All of them, or nothing if one is missing; each was looked at, so that all faults are said.
fn all<T>(parts: Vec<Option<T>>) -> Option<Vec<T>> {
    parts.into_iter().collect()
}
