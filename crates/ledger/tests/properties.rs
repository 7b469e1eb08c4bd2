//! Whatever is done to a book: lots stay above zero, books balance, and folding the postings
//! again gives the same book.

use proptest::prelude::*;
use regulars_base::{Name, Timestamp};
use regulars_ledger::{
    Account, AlreadySpent, Book, Dates, Origin, Posting, Postings, SpendOrder, Statement,
};

#[derive(Clone, Debug)]
enum Act {
    Issue {
        amount: i64,
        pending: i64,
        life: i64,
    },
    Spend {
        amount: i64,
    },
    Hold {
        amount: i64,
    },
    TakeBack {
        amount: i64,
        life: i64,
        stop_at_zero: bool,
    },
    Expire,
    Release,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..500_i64, 0..5_i64, 1..20_i64).prop_map(|(amount, pending, life)| Act::Issue {
            amount,
            pending,
            life
        }),
        (1..400_i64).prop_map(|amount| Act::Spend { amount }),
        (1..400_i64).prop_map(|amount| Act::Hold { amount }),
        (1..400_i64, 1..20_i64, any::<bool>()).prop_map(|(amount, life, stop_at_zero)| {
            Act::TakeBack {
                amount,
                life,
                stop_at_zero,
            }
        }),
        Just(Act::Expire),
        Just(Act::Release),
    ]
}

fn at(step: i64) -> Timestamp {
    Timestamp::from_micros(step * 1_000_000)
}

proptest! {
    #[test]
    fn a_book_foots_after_anything(acts in proptest::collection::vec(act(), 1..60)) {
        let points = Name::of("beans");
        let (mut book, mut folded) = (Book::new(points), Book::new(points));
        let mut statement = Statement::default();
        for (step, act) in acts.iter().enumerate() {
            let step = i64::try_from(step).expect("few steps");
            let (now, mut postings) = (at(step), Postings::new());
            let before = book.available(now);
            let funder = [None, Some(Name::of("bakery")), Some(Name::of("fuel"))][usize::try_from(step % 3).expect("is small")];
            let origin = [Origin::Any, Origin::First(None), Origin::Proportional][usize::try_from(step / 3 % 3).expect("is small")];
            match *act {
                Act::Issue { amount, pending, life } => {
                    let dates = Dates {
                        available_at: if pending == 0 { Timestamp::FIRST } else { at(step + pending) },
                        expires_at: at(step + life),
                        funder,
                    };
                    book.issue(Account::Issued, amount, dates, now, &mut postings);
                    prop_assert_eq!(postings.iter().map(|p| p.amount).sum::<i64>(), amount);
                }
                Act::Spend { amount } | Act::Hold { amount } => {
                    let to = if matches!(act, Act::Spend { .. }) { Account::Redeemed } else { Account::Held };
                    let spent = book.spend((to, amount), (SpendOrder::SoonestExpiry, origin), now, &mut postings);
                    prop_assert_eq!(spent, before >= amount);
                    let place = |p: &Posting| (origin == Origin::First(None) && p.dates.funder.is_some(), p.dates);
                    let sorted = postings.windows(2).all(|p| place(&p[0]) < place(&p[1]));
                    prop_assert!(sorted, "whose turn it is first, and of those the earliest");
                    prop_assert_eq!(postings.iter().map(|p| p.amount).sum::<i64>(), if spent { amount } else { 0 });
                }
                Act::TakeBack { amount, life, stop_at_zero } => {
                    let policy = if stop_at_zero { AlreadySpent::StopAtZero } else { AlreadySpent::GoNegative };
                    let dates = Dates { available_at: Timestamp::FIRST, expires_at: at(step + life), funder };
                    book.take_back(Account::Issued, amount, dates, policy, now, &mut postings);
                    prop_assert_eq!(postings.iter().map(|p| p.amount).sum::<i64>(), amount);
                }
                Act::Expire => book.expire(now, &mut postings),
                Act::Release => {
                    book.release(now);
                    folded.release(now);
                    prop_assert_eq!(book.available(now), before, "release changes no figure");
                }
            }
            for posting in &postings {
                book.post(posting);
                folded.post(posting);
                statement.add(posting);
            }
            prop_assert!(book.lots.iter().all(|lot| lot.points > 0));
            prop_assert!(book.lots.windows(2).all(|lots| lots[0].dates < lots[1].dates));
            prop_assert_eq!(statement.closing(), book.total() + book.held - book.debt);
            prop_assert_eq!(&book, &folded);
        }
    }
}
