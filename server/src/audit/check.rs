//! Following the chain of the audit trail from its first record, to find where it was broken. Never mends anything.

use super::{Head, Row};
use rusqlite::Connection;

/// What following the chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The end of the chain, or of its sound part.
    pub head: Head,
    /// Where it is broken.
    pub broken: Option<Broken>,
}

/// The first fault of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The record with this number was changed, or does not belong here.
    Changed(u64),
    /// The record with this number is gone.
    Missing(u64),
    /// The chain ends before this published head.
    Cut(Head),
    /// The file itself is damaged, beside the records or in what finds them.
    Damaged(String),
    /// The record of this published head has another hash: the chain was made anew.
    Replaced(Head),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Broken::Changed(number) => write!(f, "regel {number} is gewijzigd of tussengevoegd"),
            Broken::Missing(number) => write!(f, "regel {number} ontbreekt"),
            Broken::Cut(head) => write!(
                f,
                "het spoor is afgekapt: regel {} is er geweest en ontbreekt nu",
                head.nummer
            ),
            Broken::Damaged(what) => write!(f, "het bestand audit.db is beschadigd ({what})"),
            Broken::Replaced(head) => write!(
                f,
                "het spoor is opnieuw gemaakt: regel {} is een andere dan eerder bekend was",
                head.nummer
            ),
        }
    }
}

/// Follows the whole chain and holds it against the heads that are known from elsewhere.
pub(super) fn check(connection: &Connection, known: &[Head]) -> rusqlite::Result<Checked> {
    let mut statement = connection.prepare(
        "SELECT nummer, herkomst, tijd, actor, actie, object, resultaat, oorsprong, zaak, gegevens, hash
         FROM regel ORDER BY nummer",
    )?;
    let mut rows = statement.query([])?;
    let mut head = Head {
        nummer: 0,
        hash: String::new(),
    };
    while let Some(found) = rows.next()? {
        let expected = head.nummer + 1;
        let number = found.get::<_, i64>(0)?;
        let broken = |broken| {
            Ok(Checked {
                head: head.clone(),
                broken: Some(broken),
            })
        };
        match u64::try_from(number) {
            Ok(number) if number == expected => {}
            Ok(number) if number > expected => return broken(Broken::Missing(expected)),
            _ => return broken(Broken::Changed(expected)),
        }
        let row = Row {
            nummer: expected,
            texts: texts(found)?,
        };
        let hash: String = found.get(10)?;
        if row.hash(&head.hash) != hash {
            return broken(Broken::Changed(expected));
        }
        head = Head {
            nummer: expected,
            hash,
        };
        if let Some(other) = known
            .iter()
            .find(|known| known.nummer == head.nummer && known.hash != head.hash)
        {
            return Ok(Checked {
                broken: Some(Broken::Replaced(other.clone())),
                head,
            });
        }
    }
    let cut = known.iter().filter(|known| known.nummer > head.nummer);
    let cut = cut.min_by_key(|known| known.nummer).cloned();
    let broken = match cut {
        Some(head) => Some(Broken::Cut(head)),
        None => damage(connection)?.map(Broken::Damaged),
    };
    Ok(Checked { broken, head })
}

/// What SQLite finds wrong with the file; nothing when it is sound.
fn damage(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((said != "ok").then_some(said))
}

fn texts(row: &rusqlite::Row<'_>) -> rusqlite::Result<[String; 9]> {
    Ok([
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
        row.get(8)?,
        row.get(9)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, Outcome, Trail};
    use proptest::prelude::*;
    use serde_json::json;

    fn event(number: i64) -> (String, Event) {
        let event = Event {
            tijd: jiff::Timestamp::from_second(1_700_000_000 + number).expect("a time"),
            actor: format!("a{}", number % 3),
            actie: "zoekactie.uitgevoerd".into(),
            object: format!("{number}"),
            resultaat: Outcome::Gelukt,
            oorsprong: "web".into(),
            zaak: "z".into(),
            gegevens: json!({"totaal": number}),
        };
        (format!("h{number}"), event)
    }

    fn trail(count: i64) -> (Trail, Head) {
        let memory = Connection::open_in_memory().expect("memory");
        let trail = Trail::prepare(memory).expect("trail");
        let events: Vec<_> = (1..=count).map(event).collect();
        let head = trail.add(&events).expect("added");
        (trail, head)
    }

    /// Somebody with the file and enough knowledge takes the triggers away first.
    fn tamper(trail: &Trail, sql: &str) {
        let connection = trail.connection.lock().expect("lock");
        connection
            .execute_batch("DROP TRIGGER regel_blijft; DROP TRIGGER regel_gaat_niet_weg;")
            .expect("triggers");
        connection.execute_batch(sql).expect(sql);
    }

    #[test]
    fn a_sound_chain_is_sound_and_adding_twice_changes_nothing() {
        let (trail, head) = trail(20);
        assert_eq!(head.nummer, 20);
        let again = trail.add(&[event(20)]).expect("added");
        assert_eq!(again, head);
        let checked = trail.check(std::slice::from_ref(&head)).expect("checked");
        assert_eq!((checked.head, checked.broken), (head, None));
    }

    #[test]
    fn nobody_changes_a_record_by_accident() {
        let (trail, _) = trail(3);
        let connection = trail.connection.lock().expect("lock");
        assert!(
            connection
                .execute("UPDATE regel SET actor = 'x'", [])
                .is_err()
        );
        assert!(connection.execute("DELETE FROM regel", []).is_err());
    }

    #[test]
    fn a_chain_that_was_made_anew_does_not_fit_its_published_head() {
        let (_, published) = trail(5);
        let (forged, _) = trail(0);
        let mut events: Vec<_> = (1..=6).map(event).collect();
        events[0].1.actor = "iemand anders".into();
        forged.add(&events).expect("added");
        let checked = forged
            .check(std::slice::from_ref(&published))
            .expect("checked");
        assert_eq!(checked.broken, Some(Broken::Replaced(published)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn every_tampering_is_found(at in 1i64..=12, kind in 0usize..12, text in "[a-z]{1,6}") {
            let (trail, head) = trail(12);
            let column = ["tijd", "actor", "actie", "object", "resultaat", "oorsprong", "zaak", "gegevens", "hash"];
            let (sql, first) = match kind {
                0..9 => (format!("UPDATE regel SET {} = {0} || '{text}' WHERE nummer = {at};", column[kind]), at),
                9 => (format!("DELETE FROM regel WHERE nummer = {at};"), at),
                10 => (format!("DELETE FROM regel WHERE nummer >= {at};"), at),
                _ => {
                    // One is put in between, and those behind it move up.
                    let move_up = format!(
                        "UPDATE regel SET nummer = -nummer WHERE nummer >= {at};
                         UPDATE regel SET nummer = 1 - nummer WHERE nummer < 0;
                         INSERT INTO regel SELECT {at}, 'x', tijd, '{text}', actie, object, resultaat, oorsprong,
                            zaak, gegevens, hash FROM regel LIMIT 1;");
                    (move_up, at)
                }
            };
            let sql = sql.replace("{0}", column.get(kind).copied().unwrap_or_default());
            tamper(&trail, &sql);
            let checked = trail.check(&[head]).expect("checked");
            let first = u64::try_from(first).expect("positive");
            prop_assert!(checked.broken.is_some(), "{sql}");
            prop_assert_eq!(checked.head.nummer + 1, first, "{}", sql);
        }
    }
}
