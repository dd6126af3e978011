//! The examples in the manual of the language are questions, and read as it says. Never touches an engine.

use crate::query::parse;

const MANUAL: &str = include_str!("../../../../docs/zoektaal.md");

/// The tables: their cells, a header first.
fn tables() -> Vec<Vec<Vec<String>>> {
    let mut tables = Vec::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    for line in MANUAL.lines().chain([""]) {
        if let Some(row) = line
            .strip_prefix("| ")
            .and_then(|row| row.strip_suffix('|'))
        {
            table.push(row.split('|').map(|cell| cell.trim().to_owned()).collect());
        } else if !line.starts_with("|--") && !table.is_empty() {
            tables.push(std::mem::take(&mut table));
        }
    }
    tables
}

/// What stands between backticks.
fn examples(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn canonical(text: &str) -> String {
    parse(text)
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .to_string()
}

#[test]
fn every_example_in_the_manual_is_a_question_and_reads_as_it_says() {
    let mut seen = (0, 0);
    for table in tables() {
        let (header, rows) = table.split_first().unwrap();
        let ours = header
            .iter()
            .position(|name| name == "Vraag" || name == "Hier")
            .unwrap_or_else(|| panic!("a table without questions: {header:?}"));
        for row in rows {
            assert_eq!(row.len(), header.len(), "{row:?}");
            let found = examples(&row[ours]);
            assert!(!found.is_empty(), "{row:?}");
            for example in &found {
                canonical(example);
                seen.0 += 1;
            }
            if header[ours + 1] == "Wordt gelezen als" {
                let read: Vec<String> = found.into_iter().map(canonical).collect();
                assert_eq!(examples(&row[ours + 1]), read, "{row:?}");
                seen.1 += 1;
            }
        }
    }
    assert!(seen.0 >= 75 && seen.1 >= 40, "{seen:?}");
}

#[test]
fn what_the_manual_says_of_other_programs_is_so() {
    // Read otherwise here than there, or refused; the remarks in the tables say so.
    for (text, read) in [
        (
            "subsidie AND woning OR toelage",
            Some("(subsidie EN woning) OF toelage"),
        ),
        ("hoge dijk", Some("hoge EN dijk")),
        ("loop~", Some("loop~1")),
        ("a and b", Some("a EN and EN b")),
        ("NIET a NEAR/5 b", None),
        ("2 of {a, b, c}", None),
        ("b[aeo]l", None),
        ("a W/1/zin b", None),
        ("12~~24", None),
        ("subsid* - {subsidie}", None),
    ] {
        assert_eq!(
            parse(text).ok().map(|query| query.to_string()).as_deref(),
            read,
            "{text:?}"
        );
    }
}
