//! The trail as a file of JSON lines that can be checked by itself: a line for each record with all that its hash covers,
//! and a last line with the head. Names and texts beside the chain are not in it: what left the program can not be
//! erased any more. Never changes the trail.

use super::check::{Broken, Checked, Follow};
use super::{Head, head};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read, Write};

/// The longest line that is read: no record comes near it.
const LONGEST: u64 = 16 << 20;

/// A record as a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    nummer: u64,
    herkomst: String,
    tijd: String,
    actor: String,
    actie: String,
    object: String,
    resultaat: String,
    oorsprong: String,
    zaak: String,
    /// The text as it was hashed: JSON in a string.
    gegevens: String,
    hash: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    hoofd: String,
}

/// Why the trail could not be written to a file.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Reading the trail.
    #[error("{0}")]
    Trail(#[from] rusqlite::Error),
    /// Writing the file.
    #[error("{0}")]
    File(#[from] io::Error),
}

/// Writes the whole trail as it is now, one record at a time. `goes_on` is asked now and then; the file has no end when
/// it says no.
pub fn write(
    connection: &Connection,
    out: &mut impl Write,
    goes_on: &dyn Fn() -> bool,
) -> Result<Head, WriteError> {
    let transaction = connection.unchecked_transaction()?;
    let end = head(&transaction)?;
    let mut statement = transaction.prepare(
        "SELECT nummer, herkomst, tijd, actor, actie, object, resultaat, oorsprong, zaak, gegevens, hash
         FROM regel ORDER BY nummer",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let line = Line {
            nummer: row.get::<_, i64>(0)?.unsigned_abs(),
            herkomst: row.get(1)?,
            tijd: row.get(2)?,
            actor: row.get(3)?,
            actie: row.get(4)?,
            object: row.get(5)?,
            resultaat: row.get(6)?,
            oorsprong: row.get(7)?,
            zaak: row.get(8)?,
            gegevens: row.get(9)?,
            hash: row.get(10)?,
        };
        if line.nummer.is_multiple_of(4_096) && !goes_on() {
            return Err(io::Error::from(io::ErrorKind::Interrupted).into());
        }
        write_line(out, &line)?;
    }
    let last = End {
        hoofd: end.to_string(),
    };
    write_line(out, &last)?;
    out.flush()?;
    Ok(end)
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Follows the chain in a file, and holds it against the heads that are known from elsewhere. Takes no more memory than
/// one record.
pub fn check(file: &mut impl BufRead, known: &[Head]) -> io::Result<Checked> {
    let mut follow = Follow::new(known);
    let mut end: Option<Head> = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        file.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            break;
        }
        let expected = follow.head.nummer + 1;
        if end.is_some() {
            return Ok(follow.done(Some(Broken::Changed(expected))));
        }
        if let Ok(last) = serde_json::from_slice::<End>(&line) {
            let Ok(head) = last.hoofd.parse() else {
                return Ok(follow.done(Some(Broken::Changed(expected))));
            };
            end = Some(head);
            continue;
        }
        let Ok(record) = serde_json::from_slice::<Line>(&line) else {
            return Ok(follow.done(Some(Broken::Changed(expected))));
        };
        let texts = [
            record.herkomst,
            record.tijd,
            record.actor,
            record.actie,
            record.object,
            record.resultaat,
            record.oorsprong,
            record.zaak,
            record.gegevens,
        ];
        if let Err(broken) = follow.step(Some(record.nummer), texts, record.hash) {
            return Ok(follow.done(Some(broken)));
        }
    }
    let broken = match end {
        None => Some(Broken::Endless(follow.head.nummer)),
        Some(end) if end.nummer > follow.head.nummer => Some(Broken::Cut(end)),
        Some(end) if end != follow.head => Some(Broken::Replaced(end)),
        Some(_) => follow.cut(),
    };
    Ok(follow.done(broken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, Trail};
    use crate::mensen::{Actor, Via};
    use proptest::prelude::*;
    use serde_json::json;

    /// A trail of `count` records as a file.
    fn file(count: u64) -> (Vec<u8>, Head) {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("audit.db");
        let trail = Trail::open(&path).expect("trail");
        let actor = Actor::local(Via::Opdracht);
        let event = |number| {
            let event = Event::done(&actor, "proef", "a\"\n=1", json!({"aantal": number}));
            (format!("h{number}"), event)
        };
        let events: Vec<_> = (1..=count).map(event).collect();
        let head = trail.add(&events).expect("added");
        let mut written = Vec::new();
        let connection = Connection::open(&path).expect("again");
        let end = write(&connection, &mut written, &|| true).expect("written");
        assert_eq!(end, head);
        (written, head)
    }

    fn broken(file: &[u8], known: &[Head]) -> Option<Broken> {
        check(&mut &*file, known).expect("checked").broken
    }

    #[test]
    fn a_file_is_checked_by_itself_and_against_a_head_from_elsewhere() {
        let (whole, head) = file(6);
        let checked = check(&mut &*whole, std::slice::from_ref(&head)).expect("checked");
        assert_eq!((checked.head, checked.broken), (head.clone(), None));
        let later = Head {
            nummer: 7,
            hash: "b".repeat(64),
        };
        assert_eq!(
            broken(&whole, std::slice::from_ref(&later)),
            Some(Broken::Cut(later))
        );
        let other = Head {
            nummer: 3,
            hash: "c".repeat(64),
        };
        assert_eq!(
            broken(&whole, std::slice::from_ref(&other)),
            Some(Broken::Replaced(other))
        );
        assert_eq!(broken(b"", &[]), Some(Broken::Endless(0)));
        let (empty, _) = file(0);
        assert_eq!(broken(&empty, &[]), None);
    }

    #[test]
    fn lines_that_are_changed_moved_or_gone_are_named() {
        let (whole, _) = file(6);
        let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
        let with = |change: &dyn Fn(&mut Vec<&[u8]>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            broken(&lines.concat(), &[])
        };
        let third = lines[2];
        assert_eq!(
            with(&|lines| lines.retain(|line| *line != third)),
            Some(Broken::Missing(3))
        );
        assert_eq!(with(&|lines| lines.swap(1, 2)), Some(Broken::Missing(2)));
        assert_eq!(
            with(&|lines| lines.insert(4, lines[1])),
            Some(Broken::Changed(5))
        );
        assert_eq!(with(&|lines| lines.truncate(4)), Some(Broken::Endless(4)));
        assert!(
            matches!(with(&|lines| drop(lines.drain(4..6))), Some(Broken::Cut(head)) if head.nummer == 6)
        );
        assert_eq!(with(&|lines| lines.push(b"{}\n")), Some(Broken::Changed(7)));
    }

    proptest! {
        #[test]
        fn whatever_the_file_it_is_read_to_a_verdict(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(broken(&bytes, &[]).is_some());
        }

        #[test]
        fn a_changed_byte_is_found(at in 0usize..2_000, byte in any::<u8>()) {
            static MADE: std::sync::LazyLock<(Vec<u8>, Head)> = std::sync::LazyLock::new(|| file(4));
            let (mut whole, head) = MADE.clone();
            let at = at % whole.len();
            prop_assume!(whole[at] != byte);
            whole[at] = byte;
            // White space between lines says nothing: then the chain is still the same.
            if let Some(broken) = broken(&whole, &[]) {
                prop_assert!(!broken.to_string().is_empty());
            } else {
                prop_assert_eq!(check(&mut &*whole, &[]).expect("checked").head, head);
            }
        }
    }
}
