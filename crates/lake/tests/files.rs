//! Files as merchants have them: read to the last cent, or refused with what to do.

#![allow(clippy::unwrap_used, reason = "a test that panics says where")]

use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMillisecondArray, TimestampNanosecondArray, types::Int32Type,
};
use parquet::arrow::ArrowWriter;
use regulars_base::{Currency, Timestamp, Zone};
use regulars_lake::{
    Column, ColumnKind, Delimiter, Error, Field, Grouping, Kind, MAX_ORDER_LINES, Options, Orders,
    Reject, TableWriter, Values, open, write_table,
};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

fn usd() -> Currency {
    Currency::new("USD").unwrap()
}

fn orders() -> Options {
    Options::orders(usd(), Zone::UTC)
}

fn with(columns: &[&str]) -> Options {
    Options {
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        ..orders()
    }
}

fn file(name: &str, bytes: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Each row as `line: field=value ...`, in the order of the fields.
fn rows(path: &Path, options: &Options) -> Result<(Vec<String>, Vec<Reject>), Error> {
    let mut reader = open(path, options)?;
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    while let Some(chunk) = reader.next()? {
        for row in 0..chunk.batch.len() {
            let mut text = format!("{}:", chunk.batch.line(row));
            for field in Field::ALL {
                if let Some(number) = chunk.batch.number(field, row) {
                    match field {
                        Field::Time => {
                            write!(text, " {field}={}", Timestamp::from_micros(number)).unwrap()
                        }
                        _ => write!(text, " {field}={number}").unwrap(),
                    }
                }
                if let Some(value) = reader.text(&chunk.batch, field, row) {
                    write!(text, " {field}={value}").unwrap();
                }
            }
            rows.push(text);
        }
        rejects.extend(chunk.rejects);
    }
    Ok((rows, rejects))
}

fn read(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> (Vec<String>, Vec<Reject>) {
    let (_folder, path) = file(name, bytes);
    rows(&path, options).unwrap()
}

fn error(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> String {
    let (_folder, path) = file(name, bytes);
    rows(&path, options)
        .expect_err("the file is bad")
        .to_string()
}

#[test]
fn text_files_are_read_as_they_are() {
    let one = "1: customer=7 time=2025-03-01T09:00:00Z amount=123450";
    let two = one.replacen("1:", "2:", 1);
    for (name, text, expected) in [
        (
            "a.csv",
            "customer,date,amount\n7,2025-03-01 09:00:00,1234.50\n",
            &two,
        ),
        (
            "a.csv",
            "\u{feff}customer,date,amount\r\n7,2025-03-01T10:00:00+01:00,\"1,234.50\"\r\n",
            &two,
        ),
        (
            "a.csv",
            "Kunde;Datum;Betrag\n7;01.03.2025 09:00;1.234,50\n",
            &two,
        ),
        (
            "a.tsv",
            "Customer ID\tOrder Date\tTotal\n7\t01/03/2025 9:00 AM\t$1,234.50\n8\t13/03/2025\t\n",
            &two,
        ),
        (
            "a.txt",
            "customer|timestamp|amount\n\"7\"|1740819600|1234.5\n",
            &two,
        ),
        (
            "a.ndjson",
            "{\"customer\":7,\"time\":\"2025-03-01T09:00:00Z\",\"amount\":1234.50}\n",
            &one.to_owned(),
        ),
        (
            "a",
            "{\"Customer\":\"7\",\"time\":1740819600000,\"amount\":\"1234.5\",\"x\":{\"y\":[1]}}",
            &one.to_owned(),
        ),
    ] {
        assert_eq!(read(name, text, &orders()).0, [expected.as_str()], "{text}");
    }
}

#[test]
fn a_master_file_without_a_header_is_read_without_a_word() {
    let text = " 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n 00002 19970112  5   77.00\r\n";
    let expected = [
        "1: customer=00001 time=1997-01-01T00:00:00Z amount=1177 quantity=1000",
        "2: customer=00002 time=1997-01-12T00:00:00Z amount=1200 quantity=1000",
        "3: customer=00002 time=1997-01-12T00:00:00Z amount=7700 quantity=5000",
    ];
    let (_folder, path) = file("CDNOW_master.txt", text);
    assert_eq!(
        rows(&path, &orders()).unwrap(),
        (expected.map(str::to_owned).to_vec(), vec![])
    );
    let reader = open(&path, &orders()).unwrap();
    assert!(
        reader
            .found()
            .to_string()
            .contains("columns parted by `blanks`, without a header")
    );
    assert_eq!(reader.digest().unwrap().short().len(), 16);

    let named = format!(" customer_id  date number_of_cds  dollar_value\r\n{text}");
    let (found, rejects) = read("CDNOW_master.txt", named, &orders());
    assert_eq!(
        found[2],
        "4: customer=00002 time=1997-01-12T00:00:00Z amount=7700 quantity=5000"
    );
    assert!(rejects.is_empty());
}

#[test]
fn columns_are_named_by_header_or_number() {
    let named = read(
        "a.csv",
        "id,when,net,date\n7,20250301,5,x\n",
        &with(&["customer=id", "time=when", "amount=net"]),
    );
    let numbered = Options {
        header: Some(false),
        ..with(&["customer=#1", "time=#2", "amount=#3"])
    };
    let numbered = read("a.csv", "7,20250301,5,x\n", &numbered);
    assert_eq!(
        named.0,
        ["2: customer=7 time=2025-03-01T00:00:00Z amount=500"]
    );
    assert_eq!(
        numbered.0,
        ["1: customer=7 time=2025-03-01T00:00:00Z amount=500"]
    );
}

#[test]
fn what_was_detected_can_be_overridden() {
    let options = Options {
        delimiter: Some(Delimiter::Byte(b':')),
        dates: Some("31/12/2025".parse().unwrap()),
        numbers: Some("1.234,50".parse().unwrap()),
        zone: Zone::new("Europe/Berlin").unwrap(),
        ..orders()
    };
    let (found, _) = read(
        "a.csv",
        "customer:date:amount\n7:01/03/2025:1.234\n",
        &options,
    );
    assert_eq!(
        found,
        ["2: customer=7 time=2025-02-28T23:00:00Z amount=123400"]
    );
}

#[test]
fn every_field_finds_its_place() {
    let text = "customer,order,line,date,amount,unit_price,qty,discount,tax,sku,category,brand,store,channel,staff,payment,currency,type,email,phone,card\n\
                7,R-1,1,2025-03-01,1500,750,2,0,0,S,C,B,M,web,Ann,cash,JPY,refund,a@b.c,+49 1,99\n";
    let (found, rejects) = read("a.csv", text, &orders());
    assert_eq!(rejects, []);
    assert_eq!(
        found,
        [
            "2: customer=7 order=R-1 line=1 time=2025-03-01T00:00:00Z amount=1500 unit_price=750 quantity=2000 \
          discount=0 tax=0 sku=S category=C brand=B store=M channel=web staff=Ann payment=cash currency=JPY type=1 \
          email=a@b.c phone=+49 1 card=99"
        ]
    );
}

#[test]
fn amounts_come_from_price_and_quantity_where_there_is_none() {
    let (found, _) = read(
        "a.csv",
        "customer,date,price,qty\n7,2025-03-01,1.25,0.5\n7,2025-03-01,1.25,\n",
        &orders(),
    );
    assert!(found[0].contains("amount=63"), "{found:?}");
    assert!(found[1].contains("amount=125"), "{found:?}");
}

#[test]
fn members_need_no_more_than_a_number() {
    let members = Options::members(usd(), Zone::UTC);
    let (found, rejects) = read("m.csv", "member,email\n7,a@b.c\n,d@e.f\n", &members);
    assert_eq!(found, ["2: customer=7 email=a@b.c"]);
    assert!(rejects[0].line == 3 && rejects[0].reason.contains("has no customer"));
}

#[test]
fn a_bad_row_is_refused_with_its_reason_and_its_neighbours_are_not() {
    let long = format!("7,2025-03-01,1,{}", "x".repeat(2 << 20));
    for (bad, reason) in [
        (&b"7,2025-03-01,\xff,a"[..], "is not UTF-8 at byte 14"),
        (
            b"7,tomorrow,1.00,a",
            "`tomorrow` is no date of the form 2025-12-31",
        ),
        (b"7,2025-02-30,1.00,a", "`2025-02-30` is no date"),
        (b"7,9999-01-01,1.00,a", "between the years 1900 and 2200"),
        (b"7,,1.00,a", "has no time"),
        (b"7,2025-03-01,,a", "has no amount"),
        (b"7,2025-03-01,many,a", "amount: `many` is no amount"),
        (b"7,2025-03-01,1.005,a", "more than the 2 decimals of USD"),
        (
            b"7,2025-03-01,99999999999999.00,a",
            "beyond the range of amounts",
        ),
        (
            b"7,2025-03-01,99999999999999999999,a",
            "beyond the range of amounts",
        ),
        (b"7,2025-03-01,1.00", "has 3 columns where 4 are expected"),
        (
            b"7,2025-03-01,1.00,a\x01b",
            "sku holds a control character at byte 2",
        ),
        (b"\"7,2025-03-01,1.00,a", "opens a quote that is not closed"),
        (long.as_bytes(), "is longer than 1048576 bytes"),
    ] {
        let mut text = b"customer,date,amount,sku\n1,2025-03-01,1.00,a\n".to_vec();
        text.extend_from_slice(bad);
        text.extend_from_slice(b"\n2,2025-03-02,2.00,b\n");
        let (found, rejects) = read("a.csv", text, &orders());
        let lines: Vec<&str> = found.iter().map(|row| &row[..2]).collect();
        assert_eq!((lines, rejects.len()), (vec!["2:", "4:"], 1), "{rejects:?}");
        assert!(
            rejects[0].line == 3 && rejects[0].reason.contains(reason),
            "{reason}: {:?}",
            rejects[0].reason
        );
        assert!(rejects[0].text.len() <= 4096 && !rejects[0].text.is_empty());
    }
}

#[test]
fn a_bad_json_row_is_refused_with_its_reason() {
    let good = "{\"customer\":1,\"time\":\"2025-03-01\",\"amount\":1.5}\n";
    let nested = format!(
        "{{\"customer\":1,\"time\":\"2025-03-01\",\"amount\":1,\"x\":{}",
        "[".repeat(500_000)
    );
    let depth = format!("{nested}{}}}", "]".repeat(500_000));
    for (bad, reason) in [
        ("{\"customer\":1", "is no JSON object at column"),
        ("[1,2]", "is no JSON object"),
        (
            "{\"customer\":[1],\"time\":\"2025-03-01\",\"amount\":1}",
            "`customer` is a list or an object",
        ),
        (
            "{\"customer\":1,\"time\":\"2025-03-01\",\"amount\":1e3}",
            "`1e3` is no amount",
        ),
        (&nested, "is no JSON object"),
    ] {
        let (found, rejects) = read("a.ndjson", format!("{good}{bad}\n{good}"), &orders());
        assert_eq!(
            (found.len(), rejects.len()),
            (2, 1),
            "{bad:.40}: {rejects:?}"
        );
        assert!(
            rejects[0].line == 2 && rejects[0].reason.contains(reason),
            "{}",
            rejects[0].reason
        );
    }
    // However deep what nobody asked for may be, it costs neither the row nor the stack.
    assert_eq!(
        read("a.ndjson", format!("{good}{depth}\n"), &orders())
            .0
            .len(),
        2
    );
}

#[test]
fn a_bad_file_says_what_to_do() {
    let headers = "customer,date,amount\n";
    for (name, bytes, expected) in [
        ("a.csv", Vec::new(), "is empty"),
        ("a.csv", b" \n\n".to_vec(), "is empty"),
        ("a.parquet", b"customer,date\n".to_vec(), "is not Parquet"),
        (
            "a.parquet",
            b"PAR1 and then nothing that was to come".to_vec(),
            "cut off on its way",
        ),
        ("a.csv.gz", b"\x1f\x8b\x08".to_vec(), "unpack it first"),
        ("a.xlsx", b"PK\x03\x04".to_vec(), "save the sheet as CSV"),
        ("a.csv", b"a\0b".to_vec(), "holds zero bytes"),
        ("a.json", b"[{}]".to_vec(), "one object per line"),
        (
            "a.csv",
            b"customer,date,what\n1,2025-03-01,5\n".to_vec(),
            "no column was found for amount",
        ),
        (
            "a.csv",
            b"date,amount\n2025-03-01,5\n".to_vec(),
            "no column was found for customer",
        ),
        (
            "a.csv",
            format!("{headers}7,yesterday,5\n").into_bytes(),
            "`yesterday` cannot be read as a date; tried 2025-12-31, 20251231",
        ),
        (
            "a.csv",
            format!("{headers}7,03/01/2025,5\n").into_bytes(),
            "may be day/month or month/day",
        ),
        (
            "a.csv",
            format!("{headers}7,2025-03-01,\"1,234\"\n").into_bytes(),
            "may be a thousand or a decimal",
        ),
    ] {
        let said = error(name, &bytes, &orders());
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let said = error(
        "a.csv",
        format!("{headers}7,2025-03-01,5\n"),
        &with(&["amount=amuont"]),
    );
    assert!(
        said.contains("no column `amuont` (for amount), did you mean `amount`?"),
        "{said}"
    );

    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        open(folder.path(), &orders()),
        Err(Error::Folder(_))
    ));
    assert!(matches!(
        open(&folder.path().join("none.csv"), &orders()),
        Err(Error::Missing(_))
    ));
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> (TempDir, PathBuf) {
    let (folder, path) = file("a.parquet", "");
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    );
    let batch = batch.unwrap();
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (folder, path)
}

fn ints(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

#[test]
fn parquet_is_read_whatever_its_types() {
    let texts: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::from_iter([Some("7"), None]));
    let decimals: ArrayRef = Arc::new(
        Decimal128Array::from(vec![12_400, 12_345])
            .with_precision_and_scale(18, 3)
            .unwrap(),
    );
    let doubles: ArrayRef = Arc::new(Float64Array::from(vec![Some(12.40), Some(f64::NAN)]));
    let strings: ArrayRef = Arc::new(StringArray::from(vec!["12.4", "x"]));
    let wall: ArrayRef = Arc::new(TimestampNanosecondArray::from(
        vec![1_740_819_600_000_000_000; 2],
    ));
    let moment: ArrayRef =
        Arc::new(TimestampMillisecondArray::from(vec![1_740_819_600_000; 2]).with_timezone("UTC"));
    let days: ArrayRef = Arc::new(Date32Array::from(vec![20_148; 2]));
    let gaps: ArrayRef = Arc::new(Float64Array::from(vec![Some(7.0), None]));
    let berlin = Options {
        zone: Zone::new("Europe/Berlin").unwrap(),
        ..orders()
    };
    for (customer, time, amount, expected, refused) in [
        (
            &texts,
            &moment,
            &decimals,
            "time=2025-03-01T09:00:00Z amount=1240",
            "has more than 2 decimals",
        ),
        (
            &gaps,
            &wall,
            &doubles,
            "time=2025-03-01T08:00:00Z amount=1240",
            "`NaN` is beyond the range",
        ),
        (
            &ints(&[7, 8]),
            &days,
            &strings,
            "time=2025-02-28T23:00:00Z amount=1240",
            "`x` is no amount",
        ),
        (
            &ints(&[7, 8]),
            &ints(&[20_250_301; 2]),
            &ints(&[12, i64::MAX]),
            "time=2025-02-28T23:00:00Z amount=1200",
            "is beyond the range",
        ),
    ] {
        let columns = [
            ("customer", customer),
            ("date", time),
            ("other", &strings),
            ("amount", amount),
        ];
        let (_folder, path) = parquet(columns.map(|(name, array)| (name, array.clone())).to_vec());
        let (found, rejects) = rows(&path, &berlin).unwrap();
        assert_eq!(found, [format!("1: customer=7 {expected}")]);
        assert!(
            rejects.len() == 1 && rejects[0].reason.contains(refused),
            "{rejects:?}"
        );
        assert!(
            rejects[0].line == 2 && rejects[0].text.contains("amount="),
            "{rejects:?}"
        );
    }
}

#[test]
fn a_parquet_file_that_breaks_off_says_so() {
    let (_folder, path) = parquet(vec![
        ("customer", ints(&[7])),
        ("date", ints(&[20_250_301])),
        ("amount", ints(&[5])),
    ]);
    let whole = fs::read(&path).unwrap();
    for length in (4..whole.len()).step_by(7) {
        fs::write(&path, &whole[..length]).unwrap();
        let said = rows(&path, &orders()).expect_err("it is cut").to_string();
        assert!(said.contains("cut off on its way"), "{length}: {said}");
    }
}

#[test]
fn a_parquet_column_of_a_wrong_type_is_named() {
    let (_folder, path) = parquet(vec![
        ("customer", ints(&[7])),
        ("date", Arc::new(Float64Array::from(vec![1.0]))),
        ("amount", ints(&[5])),
    ]);
    let said = rows(&path, &orders())
        .expect_err("a double is no date")
        .to_string();
    assert!(
        said.contains("column `date` holds Float64, which cannot be read as time"),
        "{said}"
    );
}

/// Each order as `customer: line line ...`.
fn grouped(text: &str, grouping: Grouping, batch_rows: usize) -> (Vec<String>, Vec<Reject>) {
    let (_folder, path) = file("a.csv", format!("order,customer,date,amount\n{text}"));
    let mut orders = Orders::new(
        open(
            &path,
            &Options {
                batch_rows,
                ..orders()
            },
        )
        .unwrap(),
        grouping,
    );
    let (mut found, mut rejects) = (Vec::new(), Vec::new());
    while let Some(part) = orders.next().unwrap() {
        for lines in &part.orders {
            let customer = orders
                .reader()
                .text(&part.batch, Field::Customer, lines.start)
                .unwrap();
            let lines: Vec<String> = lines
                .clone()
                .map(|row| part.batch.line(row).to_string())
                .collect();
            found.push(format!("{customer}: {}", lines.join(" ")));
        }
        rejects.extend(part.rejects);
    }
    (found, rejects)
}

#[test]
fn lines_become_orders_however_the_batches_fall() {
    let day = "2025-03-01,1.00\n";
    let text = format!("a,7,{day}a,7,{day}b,8,{day},9,{day},9,{day}c,7,{day}c,7,{day}c,7,{day}");
    for batch_rows in 1..10 {
        for grouping in [Grouping::Adjacent, Grouping::Anywhere] {
            let (found, rejects) = grouped(&text, grouping, batch_rows);
            assert_eq!(
                found,
                ["7: 2 3", "8: 4", "9: 5", "9: 6", "7: 7 8 9"],
                "{batch_rows} {grouping:?}"
            );
            assert_eq!(rejects, []);
        }
    }
}

#[test]
fn an_order_in_two_places_is_refused_or_brought_together() {
    let day = "2025-03-01,1.00\n";
    let text = format!("a,7,{day}b,8,{day}a,7,{day}");
    for batch_rows in 1..5 {
        let (found, rejects) = grouped(&text, Grouping::Adjacent, batch_rows);
        assert_eq!(found, ["7: 2", "8: 3"]);
        assert!(
            rejects.len() == 1 && rejects[0].reason.contains("sort the file by order"),
            "{rejects:?}"
        );
        assert_eq!(
            grouped(&text, Grouping::Anywhere, batch_rows).0,
            ["7: 2 4", "8: 3"]
        );
    }
}

#[test]
fn an_order_is_taken_whole_or_not_at_all() {
    let day = "2025-03-01,1.00\n";
    let text = format!("a,7,{day}a,7,2025-03-01,much\na,7,{day}b,8,{day}c,7,{day}c,9,{day}");
    for batch_rows in 1..8 {
        for grouping in [Grouping::Adjacent, Grouping::Anywhere] {
            let (found, rejects) = grouped(&text, grouping, batch_rows);
            assert_eq!(found, ["8: 5"], "{batch_rows}");
            let said = rejects
                .iter()
                .map(|reject| reject.reason.as_str())
                .collect::<Vec<_>>()
                .join("\n");
            assert!(said.contains("`much` is no amount"), "{said}");
            assert!(
                said.contains("order a was left out, because its line 3 could not be read"),
                "{said}"
            );
            assert!(
                said.contains("order c has another customer on line 7 than on line 6"),
                "{said}"
            );
            assert_eq!(rejects.len(), 3);
        }
    }
}

#[test]
fn an_endless_order_is_refused_once_and_its_neighbours_are_not() {
    let day = "2025-03-01,1.00\n";
    let text = format!(
        "a,7,{day}{}c,9,{day}",
        format!("b,8,{day}").repeat(5 * MAX_ORDER_LINES)
    );
    for grouping in [Grouping::Adjacent, Grouping::Anywhere] {
        let (found, rejects) = grouped(&text, grouping, 8192);
        assert_eq!(
            found,
            ["7: 2".to_owned(), format!("9: {}", 5 * MAX_ORDER_LINES + 3)]
        );
        assert!(
            rejects.len() == 1 && rejects[0].reason.contains("more than 10000 lines"),
            "{rejects:?}"
        );
    }
    let most = format!("a,7,{day}").repeat(MAX_ORDER_LINES);
    assert_eq!(grouped(&most, Grouping::Adjacent, 8192).0.len(), 1);
}

#[test]
fn a_table_reads_back_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.parquet");
    let column = |name: &str, values| Column {
        name: name.to_owned(),
        values,
    };
    let table = vec![
        column(
            "customer",
            Values::Text(vec![Some("é".to_owned()), Some("b".to_owned())]),
        ),
        column("time", Values::Time(vec![Some(1_740_819_600_000_000); 2])),
        column("amount", Values::Int(vec![Some(12), Some(-3)])),
        column("sku", Values::Text(vec![None, Some("S".to_owned())])),
    ];
    write_table(&path, table).unwrap();
    assert_eq!(
        rows(&path, &orders()).unwrap().0,
        [
            "1: customer=é time=2025-03-01T09:00:00Z amount=1200",
            "2: customer=b time=2025-03-01T09:00:00Z amount=-300 sku=S"
        ]
    );
    assert_eq!(open(&path, &orders()).unwrap().found().kind, Kind::Parquet);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_table_that_cannot_be_finished_leaves_nothing_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.parquet");
    fs::write(&path, "the one before").unwrap();
    let mut table = TableWriter::create(&path, &[("a", ColumnKind::Int)]).unwrap();
    let said = table
        .write(vec![Values::Text(vec![None])])
        .expect_err("another kind")
        .to_string();
    assert!(said.contains("do not fit"), "{said}");
    drop(table);
    assert_eq!(fs::read_to_string(&path).unwrap(), "the one before");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let nowhere = folder.path().join("none/out.parquet");
    let said = TableWriter::create(&nowhere, &[("a", ColumnKind::Int)])
        .expect_err("no folder")
        .to_string();
    assert!(said.contains("create the folder first"), "{said}");
    // The kernel's own file system takes no files, whoever asks.
    let said = TableWriter::create(Path::new("/proc/out.parquet"), &[("a", ColumnKind::Int)]);
    assert!(
        matches!(said, Err(Error::Io { doing: "write", .. })),
        "{said:?}"
    );
}
