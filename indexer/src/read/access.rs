//! Access databases (mdb, accdb): every table of the user a page, its rows as lines of cells. Never reads pictures and
//! files kept in fields, forms, or what a password locks.

use std::io::BufReader;

use jetdb::{
    CatalogEntry, FileError, ObjectType, PageReader, TableRows, Value, calculated_column_types,
    read_catalog, read_table_def,
};

use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop};

/// Reads one `mdb` or `accdb` database.
pub fn read_access(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    let opened = input.file.try_clone().map_err(FileError::Io);
    let opened = opened.and_then(|file| PageReader::open_reader(BufReader::new(file)));
    let mut sink = Sink::new(output);
    let result = match opened {
        Ok(mut reader) => database(&mut reader, &mut sink),
        Err(error) => sink.past(Err(Fault::Bad(reason(&error)))),
    };
    sink.finish(result)
}

fn database(reader: &mut PageReader, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let catalog = match read_catalog(reader) {
        Ok(catalog) => catalog,
        Err(error) => return sink.past(Err(Fault::Bad(reason(&error)))),
    };
    // Access 2000 does not mark all its own tables as such; their names are kept free for them.
    let is_own = |entry: &CatalogEntry| entry.is_system() || entry.name.starts_with("MSys");
    for entry in catalog.iter().filter(|entry| !is_own(entry)) {
        if entry.object_type == ObjectType::Table {
            sink.begin_page()?;
            let result = table(reader, entry, sink);
            sink.past(result)?;
        }
    }
    Ok(())
}

fn table(reader: &mut PageReader, entry: &CatalogEntry, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let bad = |error: FileError| Fault::Bad(reason(&error));
    sink.line(&entry.name)?;
    let table = read_table_def(reader, &entry.name, entry.table_page).map_err(bad)?;
    let names: Vec<&str> = table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    sink.line(&names.join("\t"))?;
    let calculated = calculated_column_types(reader, &table);
    let mut rows = TableRows::new(&table, &calculated);
    let mut files = false;
    while let Some(row) = rows.next_row(reader).map_err(bad)? {
        files |= row
            .values
            .iter()
            .any(|value| matches!(value, Value::Binary(_)));
        let cells: Vec<String> = row.values.into_iter().map(cell).collect();
        let line = cells.join("\t");
        if !line.trim().is_empty() {
            sink.line(line.trim_end_matches('\t'))?;
        }
    }
    let reason = match rows.skipped_rows() {
        0 if files => Reason::Other(
            "plaatjes en bestanden in velden van deze gegevensbank zijn niet gelezen".into(),
        ),
        0 => return Ok(()),
        skipped => Reason::Broken(format!(
            "{skipped} rijen van tabel {} zijn niet te lezen",
            entry.name
        )),
    };
    Err(Fault::Bad(reason))
}

/// A value as people write it; bytes are no text.
fn cell(value: Value) -> String {
    match value {
        Value::Bool(yes) => if yes { "ja" } else { "nee" }.into(),
        Value::Byte(number) => number.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Long(number) => number.to_string(),
        Value::BigInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Text(text) => text.replace("\r\n", "\n"),
        Value::Money(text) | Value::Numeric(text) | Value::DateTimeExtended(text) => text,
        Value::Timestamp(days) => moment(days).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Days since 30 December 1899; the part of a day is always counted forwards.
fn moment(days: f64) -> Option<String> {
    const DAY: i64 = 86_400;
    if !days.is_finite() || days.abs() > 4_000_000.0 {
        return None;
    }
    let seconds = days.trunc() as i64 * DAY + (days.fract().abs() * DAY as f64).round() as i64;
    let begin = jiff::civil::date(1899, 12, 30).at(0, 0, 0, 0);
    let moment = begin
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .ok()?;
    let text = moment.to_string().replace('T', " ");
    Some(
        text.strip_suffix(" 00:00:00")
            .map_or_else(|| text.clone(), str::to_owned),
    )
}

fn reason(error: &FileError) -> Reason {
    match error {
        FileError::PasswordRequired => Reason::Encrypted,
        _ => Reason::Broken("de gegevensbank van Access is niet goed te lezen".into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::read_bytes;
    use super::*;

    #[test]
    fn values_are_written_as_people_do() {
        assert_eq!(cell(Value::Timestamp(43525.0)), "2019-03-01");
        assert_eq!(cell(Value::Timestamp(43525.5)), "2019-03-01 12:00:00");
        assert_eq!(cell(Value::Timestamp(-1.25)), "1899-12-29 06:00:00");
        assert_eq!(cell(Value::Timestamp(f64::NAN)), "");
        assert_eq!(cell(Value::Bool(true)), "ja");
        assert_eq!(cell(Value::Text("een\r\ntwee".into())), "een\ntwee");
        assert_eq!(cell(Value::Binary(vec![1, 2])), "");
    }

    const OLD: &[u8] = include_bytes!("../../tests/fixtures/melders.mdb.gz");
    const NEW: &[u8] = include_bytes!("../../tests/fixtures/melders.accdb.gz");

    #[test]
    fn every_table_of_a_database_is_a_page() {
        for (expected, packed) in [("mdb", OLD), ("accdb", NEW)] {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(packed), &mut bytes)
                .unwrap();
            let (format, out, outcome) = read_bytes("x", &bytes);
            assert_eq!((format.as_str(), outcome), (expected, Outcome::Whole));
            let text = out.all_text();
            for wanted in [
                "Melders\n",
                "Dijkvakken\n",
                "Fatima Bakker\tWaterveen\t2019-03-01 09:30:00\t100",
                "Mohammed Y\u{131}lmaz",
                "De dijk bij nummer 39.",
                "Vak J\t112.5",
            ] {
                assert!(text.contains(wanted), "{wanted}: {text}");
            }
            assert_eq!(text.matches("op deze plaats verzakt").count(), 4 * 60);
        }
    }

    #[test]
    fn a_damaged_database_is_told() {
        let mut bytes = b"\0\x01\0\0Standard Jet DB\0\x01\0\0\0".to_vec();
        bytes.resize(3 * 4096, 0);
        let (format, _, outcome) = read_bytes("x", &bytes);
        assert_eq!(format, "mdb");
        assert!(
            matches!(outcome, Outcome::Unreadable(Reason::Broken(_))),
            "{outcome:?}"
        );
    }

    proptest! {
        #[test]
        fn damage_never_panics(jet in 0u8..6, noise in prop::collection::vec(any::<u8>(), 0..9000)) {
            let mut bytes = b"\0\x01\0\0Standard Jet DB\0".to_vec();
            bytes.extend([jet, 0, 0, 0]);
            bytes.extend(noise);
            read_bytes("a.mdb", &bytes);
        }
    }
}
