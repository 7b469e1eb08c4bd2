//! What is kept: the first byte says of which sort, the rest is as it stands in a database. What can be read can
//! be written, and reads alike.

use regulars_engine::Outcome;
use regulars_engine::event::{Event, Incoming, Kind};
use regulars_engine::outcome::{Change, FollowUp, Note, Refusal};
use regulars_engine::state::{CodeRecord, Order, State, Wallet};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

pub(crate) fn open(data: &[u8]) {
    let Some((sort, bytes)) = data.split_first() else {
        return;
    };
    match sort {
        b'e' => one::<Event>(bytes),
        b'i' => one::<Incoming>(bytes),
        b'o' => one::<Outcome>(bytes),
        b'w' => one::<Wallet>(bytes),
        b'r' => one::<Order>(bytes),
        b's' => one::<State>(bytes),
        b'c' => one::<CodeRecord>(bytes),
        b'h' => one::<Change>(bytes),
        b'n' => one::<Note>(bytes),
        b'f' => one::<Refusal>(bytes),
        b'u' => one::<FollowUp>(bytes),
        b'k' => one::<Kind>(bytes),
        _ => {}
    }
}

fn one<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let Ok((value, [])) = postcard::take_from_bytes::<T>(bytes) else {
        return;
    };
    let written = postcard::to_stdvec(&value).expect("what was read can be written");
    let (again, rest) = postcard::take_from_bytes::<T>(&written).expect("what was written reads");
    assert!(rest.is_empty());
    assert_eq!(value, again);
}
