//! A program that is being written: cards, trials, proposals, the library, the sandbox.

use regulars_api::Amount;
use regulars_api::draft::{
    CardFieldOut, CardsOut, ProgramCardOut, ProposalEffectOut, ProposalOut, SampleOut, SandboxOut,
    SpanOut, TrialDifferenceOut, TrialMonthOut, TrialMoveOut, TrialOut, TrialSideOut,
    TrialSidesOut, TrialTierOut,
};
use regulars_app::{BacktestReport, Proposal, Sample, Sandbox, Tried};
use regulars_engine::Program;
use regulars_engine::program::cards::{Card, CardField, CardValue, cards as read};
use std::ops::Range;

/// The cards of a text; places in UTF-16.
pub(crate) fn cards(text: &str) -> CardsOut {
    let all = read(text).unwrap_or_default();
    let places = Places::new(text);
    CardsOut {
        cards: all.iter().map(|it| card(it, &places)).collect(),
    }
}

/// From bytes to UTF-16 code units: how many there are before every so manieth byte.
struct Places {
    before: Vec<usize>,
}

impl Places {
    fn new(text: &str) -> Self {
        let mut before = vec![0; text.len() + 1];
        let mut units = 0;
        for (at, letter) in text.char_indices() {
            before[at] = units;
            units += letter.len_utf16();
        }
        before[text.len()] = units;
        Self { before }
    }

    fn at(&self, byte: usize) -> usize {
        self.before.get(byte).copied().unwrap_or_default()
    }

    fn span(&self, span: &Range<usize>) -> SpanOut {
        SpanOut {
            start: self.at(span.start),
            end: self.at(span.end),
        }
    }
}

fn card(card: &Card, places: &Places) -> ProgramCardOut {
    let field = |it: &CardField| {
        let (kind, value) = match &it.value {
            CardValue::Text(text) => ("text", text.clone()),
            CardValue::Number(number) => ("number", number.clone()),
            CardValue::Flag(flag) => ("flag", flag.to_string()),
            CardValue::Other(source) => ("other", source.clone()),
        };
        CardFieldOut {
            key: it.key.clone(),
            kind: kind.to_owned(),
            value,
            span: places.span(&it.span),
            row: it.row.as_ref().map(|row| places.span(row)),
        }
    };
    ProgramCardOut {
        section: card.section.clone(),
        id: card.id.clone(),
        span: card.span.as_ref().map(|span| places.span(span)),
        add_at: card.add_at.map(|at| places.at(at)),
        fields: card.fields.iter().map(field).collect(),
    }
}

/// What a trial came to.
pub(crate) fn trial(tried: &Tried, program: &Program) -> TrialOut {
    let report = &tried.report;
    let amount = |points: &str, units| {
        let kind = program.points.iter().find(|kind| kind.id == points);
        Amount::number(units, kind.map_or(0, |kind| kind.decimals))
    };
    let sides = report.sides;
    TrialOut {
        currency: program.currency.code().to_owned(),
        rows: report.rows,
        events: report.events,
        rejected: report.rejected,
        rejects: tried.rejects.clone(),
        members: report.members,
        candidate: side(report, program),
        against: report.against.as_ref().map(|it| side(it, program)),
        sides: report.against.as_ref().map(|_| TrialSidesOut {
            more: sides.more,
            less: sides.less,
            mixed: sides.mixed,
            same: sides.same,
        }),
        tier_moves: report
            .tier_moves
            .iter()
            .filter(|((from, to), _)| from != to)
            .map(|((from, to), members)| TrialMoveOut {
                from: from.clone(),
                to: to.clone(),
                members: *members,
            })
            .collect(),
        differences: report
            .differences
            .iter()
            .map(|it| TrialDifferenceOut {
                customer: it.customer.clone(),
                points: it.points.clone(),
                against: amount(&it.points, it.against),
                candidate: amount(&it.points, it.candidate),
            })
            .collect(),
    }
}

fn side(report: &BacktestReport, program: &Program) -> TrialSideOut {
    let money = |minor| Amount::money(minor, program.currency);
    let months = report.months.iter().map(|it| {
        let amount = |units| Amount::number(units, it.decimals);
        TrialMonthOut {
            month: it.month.to_string(),
            points: it.points.clone(),
            issued: amount(it.issued),
            redeemed: amount(it.redeemed),
            expired: amount(it.expired),
            closing: amount(it.closing),
            liability: it.liability.map(money),
            cost: it.cost.map(money),
        }
    });
    // In the order of the file: from the lowest up.
    let tiers = program.tiers.iter().map(|tier| &tier.id);
    let known = tiers.clone().collect::<Vec<_>>();
    let others = report.tiers.keys().filter(|id| !known.contains(id));
    let tiers = tiers.chain(others).filter_map(|tier| {
        let members = *report.tiers.get(tier)?;
        Some(TrialTierOut {
            tier: tier.clone(),
            members,
        })
    });
    TrialSideOut {
        months: months.collect(),
        tiers: tiers.collect(),
    }
}

/// A program of the library.
pub(crate) fn sample(sample: &Sample) -> SampleOut {
    let cards = read(sample.text()).unwrap_or_default();
    let mut sections: Vec<String> = cards.iter().map(|card| card.section.clone()).collect();
    sections.dedup();
    let currency = cards
        .iter()
        .filter(|card| card.section == "program")
        .flat_map(|card| &card.fields)
        .find(|field| field.key == "currency");
    SampleOut {
        name: sample.name.to_owned(),
        about: sample.about(),
        currency: match currency.map(|field| &field.value) {
            Some(CardValue::Text(code)) => code.clone(),
            _ => String::new(),
        },
        sections,
    }
}

/// A proposal, for whoever is called `asks`.
pub(crate) fn proposal(it: &Proposal, asks: &str) -> ProposalOut {
    let effect = &it.effect;
    ProposalOut {
        id: it.id.clone(),
        state: it.state.name().to_owned(),
        by: it.by.clone(),
        own: it.by == asks,
        at: it.at.to_string(),
        note: it.note.clone(),
        from: it.from.map(|from| from.to_string()),
        text: it.text.clone(),
        effect: ProposalEffectOut {
            against: effect.against,
            differences: effect.differences.clone(),
            purchases: effect.purchases,
            changed: effect.changed,
            members_better: effect.members_better,
            members_worse: effect.members_worse,
        },
        decided_by: it.decided_by.clone(),
        decided_at: it.decided_at.map(|at| at.to_string()),
        reason: it.reason.clone(),
        version: it.version,
    }
}

/// A sandbox.
pub(crate) fn sandbox(it: &Sandbox) -> SandboxOut {
    SandboxOut {
        tenant: it.tenant.to_string(),
        made_at: it.made_at.to_string(),
        by: it.by.clone(),
        from_version: it.from_version,
        members: it.members,
        events: it.events,
    }
}
