//! Books to the moment and the point: what is free when, what leaves first, what is taken back from where.
//! Each line is a case that a change of one sign would break (`make mutants`).

use regulars_base::{Name, Timestamp};
use regulars_ledger::{
    Account, AlreadySpent, Book, Cohorts, Dates, Lot, Months, Origin, Posting, Postings,
    SpendOrder, Statement,
};

fn at(moment: i64) -> Timestamp {
    Timestamp::from_micros(moment)
}

fn beans() -> Name {
    Name::of("beans")
}

fn bakery() -> Option<Name> {
    Some(Name::of("bakery"))
}

/// Free from a moment on (0 for always), until another.
fn dates(available: i64, expires: i64) -> Dates {
    Dates {
        available_at: if available == 0 {
            Timestamp::FIRST
        } else {
            at(available)
        },
        expires_at: at(expires),
        funder: None,
    }
}

fn of(funder: Option<Name>, dates: Dates) -> Dates {
    Dates { funder, ..dates }
}

/// A book with these lots.
fn book(lots: &[(Dates, i64)]) -> Book {
    let mut book = Book::new(beans());
    for &(dates, points) in lots {
        book.post(&posting(Account::Issued, Account::Wallet, points, dates));
    }
    book
}

fn posting(from: Account, to: Account, amount: i64, dates: Dates) -> Posting {
    Posting {
        points: beans(),
        from,
        to,
        amount,
        dates,
        effective_at: at(1),
    }
}

/// From where to where, how many, of which terms.
fn moved(postings: &Postings) -> Vec<(Account, Account, i64, Dates)> {
    let one = |own: &Posting| (own.from, own.to, own.amount, own.dates);
    postings.iter().map(one).collect()
}

fn lots(book: &Book) -> Vec<(Dates, i64)> {
    book.lots
        .iter()
        .map(|lot| (lot.dates, lot.points))
        .collect()
}

#[test]
fn an_account_is_found_by_its_name() {
    for account in Account::ALL {
        assert_eq!(Account::by_name(account.name()), Some(account));
    }
    assert_eq!(Account::Wallet.name(), "wallet");
    assert_eq!(Account::by_name("wallets"), None);
}

#[test]
fn points_are_free_from_one_moment_to_another() {
    let mut book = book(&[(dates(10, 20), 5), (dates(0, 50), 3), (dates(40, 30), 7)]);
    for (now, free, pending) in [
        (9, 3, 12),
        (10, 8, 7),
        (19, 8, 7),
        (20, 3, 7),
        // What lapses before it is free is pending until then.
        (29, 3, 7),
        (30, 3, 0),
        (49, 3, 0),
        (50, 0, 0),
    ] {
        assert_eq!(
            (book.available(at(now)), book.pending(at(now))),
            (free, pending),
            "{now}"
        );
    }
    assert_eq!(book.total(), 15);
    book.debt = 4;
    assert_eq!((book.available(at(9)), book.total()), (-1, 15));
}

#[test]
fn what_comes_in_repays_what_is_owed_first() {
    let mut owing = book(&[]);
    for (debt, coming, expected) in [
        (0, 10, vec![(Account::Wallet, 10)]),
        (4, 10, vec![(Account::Debt, 4), (Account::Wallet, 6)]),
        (10, 10, vec![(Account::Debt, 10)]),
        (11, 10, vec![(Account::Debt, 10)]),
    ] {
        owing.debt = debt;
        let mut out = Postings::new();
        owing.issue(Account::Issued, coming, dates(0, 9), at(1), &mut out);
        let to: Vec<_> = out.iter().map(|own| (own.to, own.amount)).collect();
        assert_eq!(to, expected, "{debt}");
    }
}

#[test]
fn all_can_be_spent_and_not_a_point_more() {
    let book = book(&[(dates(0, 20), 5), (dates(0, 30), 3), (dates(15, 40), 9)]);
    let spend = |amount, now| {
        let (mut out, order) = (Postings::new(), (SpendOrder::SoonestExpiry, Origin::Any));
        let done = book.spend((Account::Redeemed, amount), order, at(now), &mut out);
        (done, out.iter().map(|own| own.amount).collect::<Vec<_>>())
    };
    assert_eq!(spend(8, 10), (true, vec![5, 3]));
    assert_eq!(spend(9, 10), (false, vec![]));
    assert_eq!(spend(6, 15), (true, vec![5, 1]));
    assert_eq!(spend(12, 20), (true, vec![3, 9]));
}

#[test]
fn whose_turn_it_is_says_the_order() {
    let (late, soon, soon_too) = (dates(1, 40), dates(3, 20), dates(3, 30));
    let (theirs, ours) = (of(bakery(), dates(2, 25)), dates(2, 26));
    let book = book(&[(late, 4), (soon, 4), (soon_too, 4), (theirs, 4), (ours, 4)]);
    let spend = |amount, order| {
        let mut out = Postings::new();
        assert!(book.spend((Account::Held, amount), order, at(10), &mut out));
        out.iter()
            .map(|own| (own.dates, own.amount))
            .collect::<Vec<_>>()
    };
    let (soonest, oldest) = (SpendOrder::SoonestExpiry, SpendOrder::OldestFirst);
    assert_eq!(
        spend(10, (soonest, Origin::Any)),
        [(soon, 4), (theirs, 4), (ours, 2)]
    );
    // Free first; among equals what lapses first.
    let first = [(late, 4), (theirs, 4), (ours, 4), (soon, 4), (soon_too, 1)];
    assert_eq!(spend(17, (oldest, Origin::Any)), first);
    assert_eq!(
        spend(5, (soonest, Origin::First(bakery()))),
        [(theirs, 4), (soon, 1)]
    );
    let own = [(soon, 4), (ours, 4), (soon_too, 4), (late, 4), (theirs, 1)];
    assert_eq!(spend(17, (soonest, Origin::First(None))), own);
    // A fifth of what is free is theirs, and so a fifth of what leaves.
    let shared = [(soon, 4), (theirs, 2), (ours, 4)];
    assert_eq!(spend(10, (soonest, Origin::Proportional)), shared);
}

#[test]
fn what_lapsed_leaves_at_its_own_moment() {
    let book = book(&[(dates(0, 20), 5), (dates(0, 30), 3)]);
    let expired = |now| {
        let mut out = Postings::new();
        book.expire(at(now), &mut out);
        out.iter()
            .map(|own| (own.amount, own.effective_at))
            .collect::<Vec<_>>()
    };
    assert_eq!(expired(19), []);
    assert_eq!(expired(20), [(5, at(20))]);
    assert_eq!(expired(35), [(5, at(20)), (3, at(30))]);
    let mut out = Postings::new();
    book.expire_all(at(7), &mut out);
    let (wallet, gone) = (Account::Wallet, Account::Expired);
    let all = [
        (wallet, gone, 5, dates(0, 20)),
        (wallet, gone, 3, dates(0, 30)),
    ];
    assert_eq!(moved(&out), all);
    assert_eq!(out[0].effective_at, at(7));
}

#[test]
fn what_is_taken_back_is_looked_for_where_it_went() {
    let (own, pending) = (dates(0, 40), dates(15, 40));
    let (other, lapsed) = (dates(0, 30), dates(0, 10));
    let theirs = of(bakery(), own);
    let book = book(&[(own, 5), (pending, 4), (other, 3), (lapsed, 9), (theirs, 2)]);
    let back = |amount, terms, policy| {
        let mut out = Postings::new();
        book.take_back(Account::Issued, amount, terms, policy, at(10), &mut out);
        let one = |own: &Posting| (own.from, own.amount, own.dates);
        out.iter().map(one).collect::<Vec<_>>()
    };
    use Account::{Debt, Shortfall, Wallet};
    use AlreadySpent::{GoNegative, PendingOnly, StopAtZero};
    // The lot that they made, then by expiry; what has lapsed is gone.
    let all = [
        (Wallet, 5, own),
        (Wallet, 3, other),
        (Wallet, 2, theirs),
        (Wallet, 4, pending),
    ];
    let owed = [&all[..], &[(Debt, 6, own)]].concat();
    assert_eq!(back(20, own, GoNegative), owed);
    assert_eq!(back(5, own, GoNegative), all[..1]);
    assert_eq!(
        back(6, own, GoNegative),
        [(Wallet, 5, own), (Wallet, 1, other)]
    );
    // It was pending when it was made: that first, then what of it is free by now.
    let released = [(Wallet, 4, pending), (Wallet, 5, own), (Wallet, 3, other)];
    assert_eq!(back(12, pending, StopAtZero), released);
    assert_eq!(back(1, theirs, StopAtZero), [(Wallet, 1, theirs)]);
    let borne = [&all[..], &[(Shortfall, 6, own)]].concat();
    assert_eq!(back(20, own, StopAtZero), borne);
    assert_eq!(
        back(6, own, PendingOnly),
        [(Wallet, 4, pending), (Shortfall, 2, own)]
    );
    // Terms of a lot that is not there any more.
    let gone = dates(12, 45);
    assert_eq!(
        back(4, gone, GoNegative),
        [(Wallet, 3, other), (Wallet, 1, own)]
    );
}

#[test]
fn a_posting_moves_both_sides() {
    let mut book = book(&[(dates(0, 20), 9)]);
    use Account::{Debt, Held, Issued, Redeemed, Wallet};
    for (from, to, amount, expected) in [
        (Wallet, Held, 4, (5, 4, 0)),
        (Held, Redeemed, 3, (5, 1, 0)),
        (Debt, Issued, 6, (5, 1, 6)),
        (Wallet, Debt, 2, (3, 1, 4)),
        (Held, Wallet, 1, (4, 0, 4)),
        (Issued, Debt, 4, (4, 0, 0)),
    ] {
        book.post(&posting(from, to, amount, dates(0, 20)));
        assert_eq!(
            (book.total(), book.held, book.debt),
            expected,
            "{from:?} {to:?}"
        );
    }
    book.post(&posting(Wallet, Redeemed, 4, dates(0, 20)));
    assert!(book.lots.is_empty(), "a lot of nothing is none");
}

#[test]
#[should_panic(expected = "a posting of these points")]
fn a_posting_of_nothing_is_none() {
    book(&[]).post(&posting(Account::Issued, Account::Wallet, 0, dates(0, 9)));
}

#[test]
#[should_panic(expected = "a posting of these points")]
fn a_posting_of_other_points_is_none_of_this_book() {
    let mut other = posting(Account::Issued, Account::Wallet, 1, dates(0, 9));
    other.points = Name::of("stars");
    book(&[]).post(&other);
}

#[test]
#[should_panic(expected = "never below zero")]
fn no_more_is_held_than_there_is() {
    book(&[]).post(&posting(Account::Held, Account::Wallet, 1, dates(0, 9)));
}

#[test]
#[should_panic(expected = "never below zero")]
fn no_more_is_repaid_than_is_owed() {
    book(&[]).post(&posting(Account::Issued, Account::Debt, 1, dates(0, 9)));
}

#[test]
#[should_panic(expected = "never goes below zero")]
fn no_lot_gives_more_than_it_has() {
    book(&[(dates(0, 9), 1)]).post(&posting(Account::Wallet, Account::Held, 2, dates(0, 9)));
}

#[test]
fn what_is_free_joins_what_always_was() {
    let mut book = book(&[
        (dates(0, 20), 5),
        (dates(10, 20), 3),
        (dates(11, 20), 2),
        (dates(10, 9), 1),
    ]);
    assert!(!book.has_released(at(9)));
    book.release(at(9));
    assert_eq!(book.lots.len(), 4);
    assert!(book.has_released(at(10)));
    book.release(at(10));
    let joined = [(dates(0, 9), 1), (dates(0, 20), 8), (dates(11, 20), 2)];
    assert_eq!(lots(&book), joined);
    assert!(
        !book.has_released(at(10)),
        "what always was free is not released again"
    );
    book.redate(dates(0, 9), dates(0, 20));
    assert_eq!(lots(&book), [(dates(0, 20), 9), (dates(11, 20), 2)]);
    book.redate(dates(0, 21), dates(0, 22));
    assert_eq!(lots(&book), [(dates(0, 20), 9), (dates(11, 20), 2)]);
}

#[test]
fn lots_stand_in_the_order_in_which_they_lapse() {
    let book = book(&[
        (dates(0, 20), 1),
        (dates(0, 40), 2),
        (dates(0, 30), 4),
        (dates(0, 30), 8),
        (dates(0, 40), 16),
    ]);
    assert_eq!(
        lots(&book),
        [(dates(0, 20), 1), (dates(0, 30), 12), (dates(0, 40), 18)]
    );
}

#[test]
fn a_statement_has_each_account_on_its_side() {
    use Account::{Adjusted, Expired, Held, Issued, Redeemed, Shortfall, Transit, Wallet};
    let mut statement = Statement {
        opening: 1000,
        ..Statement::default()
    };
    for (from, to, amount) in [
        (Issued, Wallet, 100),
        (Wallet, Issued, 1),
        (Wallet, Redeemed, 20),
        (Redeemed, Wallet, 3),
        (Wallet, Expired, 7),
        (Expired, Wallet, 2),
        (Adjusted, Wallet, 50),
        (Wallet, Adjusted, 4),
        (Transit, Wallet, 9),
        (Wallet, Transit, 30),
        (Shortfall, Issued, 5),
        (Wallet, Held, 11),
    ] {
        statement.add(&posting(from, to, amount, Dates::OPEN));
    }
    let expected = Statement {
        opening: 1000,
        issued: 94,
        redeemed: 17,
        expired: 5,
        adjusted: 46,
        transferred: -21,
        shortfall: 5,
    };
    assert_eq!(statement, expected);
    assert_eq!(statement.closing(), 1000 + 94 - 17 - 5 + 46 - 21 + 5);
}

#[test]
fn terms_are_kept_in_few_bytes_and_said_in_words() {
    let second = 1_000_000;
    for (terms, bytes) in [
        (Dates::OPEN, 2),
        (of(bakery(), Dates::OPEN), 7),
        (dates(0, 1_740_000_000 * second), 7),
        (
            dates(1_740_000_000 * second + 1, 1_750_000_000 * second - 1),
            18,
        ),
    ] {
        let kept = postcard::to_stdvec(&terms).expect("can be kept");
        assert!(kept.len() <= bytes, "{terms:?}: {kept:?}");
        assert_eq!(postcard::from_bytes::<Dates>(&kept), Ok(terms));
        assert!(postcard::from_bytes::<Dates>(&kept[..kept.len() - 1]).is_err());
        let said = serde_json::to_string(&terms).expect("can be said");
        assert_eq!(said.contains("funder"), terms.funder.is_some(), "{said}");
        assert_eq!(serde_json::from_str::<Dates>(&said).expect("reads"), terms);
    }
    let lot = Lot {
        dates: Dates::OPEN,
        points: 5,
    };
    assert_eq!(postcard::to_stdvec(&lot), Ok(vec![0, 0, 10]));
}

#[test]
fn months_know_what_lapsed_came_back_and_has_other_terms() {
    use Account::{Expired, Issued, Redeemed, Transit, Wallet};
    let (mut months, mut cohorts) = (Months::default(), Cohorts::new());
    let (pending, free) = (dates(10, 40), dates(0, 40));
    let mut post = |months: &mut Months, from, to, amount, dates, month| {
        months.post(&posting(from, to, amount, dates), month, &mut cohorts);
    };
    post(&mut months, Issued, Wallet, 20, pending, 1);
    post(&mut months, Issued, Wallet, 10, free, 2);
    // Nothing is free before its moment, and of no other points.
    months.release(beans(), at(9));
    months.release(Name::of("stars"), at(10));
    post(&mut months, Wallet, Redeemed, 4, free, 3);
    months.release(beans(), at(10));
    // They lie beside what is left of February's, and leave first: they are older.
    post(&mut months, Wallet, Redeemed, 8, free, 3);
    post(&mut months, Wallet, Expired, 7, free, 4);
    post(&mut months, Expired, Wallet, 5, free, 5);
    // The lot has other terms, and is found by them.
    months.redate(beans(), free, dates(0, 50));
    post(&mut months, Wallet, Transit, 3, dates(0, 50), 6);
    // Of a lot that nobody knows the rest is taken from others.
    post(&mut months, Wallet, Redeemed, 2, dates(0, 60), 6);
    let of = |month| cohorts[&(beans(), month)].clone();
    let (first, second) = (of(1), of(2));
    assert_eq!((second.issued, second.expired, second.open), (10, 0, 6));
    assert_eq!(second.redeemed, [(3, 4)].into());
    assert_eq!((first.issued, first.expired, first.open), (17, 2, 5));
    assert_eq!(first.redeemed, [(3, 8), (6, 2)].into());
}
