//! Following the chain of the audit trail from its first record, to find where it was broken. Never mends anything.

use super::toelichting::{self, Kept};
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
    /// The text beside the record with this number is not the one that belongs there.
    Text(u64),
    /// An exported trail has no end: the last record that is in it.
    Endless(u64),
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
            Broken::Text(number) => write!(f, "de toelichting bij regel {number} is gewijzigd"),
            Broken::Endless(number) => write!(f, "de uitvoer is afgekapt na regel {number}"),
        }
    }
}

/// Following a chain record by record, holding it against the heads that are known from elsewhere.
pub(super) struct Follow<'a> {
    known: &'a [Head],
    /// The end of the part that was followed.
    pub(super) head: Head,
}

impl<'a> Follow<'a> {
    pub(super) fn new(known: &'a [Head]) -> Self {
        let head = Head::default();
        Follow { known, head }
    }

    /// Takes the next record; says when it is not the one that belongs here.
    pub(super) fn step(
        &mut self,
        nummer: Option<u64>,
        texts: [String; 9],
        hash: String,
    ) -> Result<(), Broken> {
        let expected = self.head.nummer + 1;
        match nummer {
            Some(number) if number == expected => {}
            Some(number) if number > expected => return Err(Broken::Missing(expected)),
            _ => return Err(Broken::Changed(expected)),
        }
        let row = Row {
            nummer: expected,
            texts,
        };
        if row.hash(&self.head.hash) != hash {
            return Err(Broken::Changed(expected));
        }
        self.head = Head {
            nummer: expected,
            hash,
        };
        let other = self
            .known
            .iter()
            .find(|known| known.nummer == expected && known.hash != self.head.hash);
        other.map_or(Ok(()), |other| Err(Broken::Replaced(other.clone())))
    }

    /// The head that the chain does not reach although it is known.
    pub(super) fn cut(&self) -> Option<Broken> {
        let beyond = self
            .known
            .iter()
            .filter(|known| known.nummer > self.head.nummer);
        let first = beyond.min_by_key(|known| known.nummer);
        first.cloned().map(Broken::Cut)
    }

    pub(super) fn done(self, broken: Option<Broken>) -> Checked {
        Checked {
            head: self.head,
            broken,
        }
    }
}

/// Follows the whole chain and holds it against the heads that are known from elsewhere.
pub(super) fn check(connection: &Connection, known: &[Head]) -> rusqlite::Result<Checked> {
    let mut statement = connection.prepare(
        "SELECT r.nummer, r.herkomst, r.tijd, r.actor, r.actie, r.object, r.resultaat, r.oorsprong, r.zaak, r.gegevens,
             r.hash, t.zout, t.tekst, t.gewist
         FROM regel r LEFT JOIN toelichting t ON t.nummer = r.nummer ORDER BY r.nummer",
    )?;
    let mut rows = statement.query([])?;
    let mut follow = Follow::new(known);
    // A text beside the chain that is not what it was makes no other record doubtful.
    let mut text = None;
    while let Some(found) = rows.next()? {
        let nummer = u64::try_from(found.get::<_, i64>(0)?).ok();
        let texts = texts(found)?;
        let kept = match found.get::<_, Option<String>>(11)? {
            None => None,
            Some(zout) => Some(Kept {
                zout,
                tekst: found.get(12)?,
                gewist: found.get(13)?,
            }),
        };
        let sound = toelichting::holds(&texts[8], kept.as_ref());
        if let Err(broken) = follow.step(nummer, texts, found.get(10)?) {
            return Ok(follow.done(Some(broken)));
        }
        if !sound && text.is_none() {
            text = Some(Broken::Text(follow.head.nummer));
        }
    }
    let broken = match follow.cut().or(text) {
        Some(broken) => Some(broken),
        None => damage(connection)?.map(Broken::Damaged),
    };
    Ok(follow.done(broken))
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
            toelichting: (number % 4 == 0)
                .then(|| format!("Bezwaar van Jan Jansen, nummer {number}")),
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
        let connection = trail.lock();
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
        let connection = trail.lock();
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

    #[test]
    fn a_text_beside_the_chain_is_erased_without_breaking_it_and_not_changed_unseen() {
        let (trail, head) = trail(9);
        trail.name("a1", "Jan Jansen").expect("named");
        assert_eq!(trail.forget("a1", "persoon 1").expect("forgotten"), 2);
        assert_eq!(trail.forget("a1", "persoon 1").expect("again"), 0);
        let checked = trail.check(std::slice::from_ref(&head)).expect("checked");
        assert_eq!((checked.head, checked.broken), (head, None));
        let text: String = trail
            .lock()
            .query_row(
                "SELECT tekst FROM toelichting WHERE nummer = 8",
                [],
                |row| row.get(0),
            )
            .expect("text");
        assert_eq!(text, "Bezwaar van persoon 1, nummer 8");
        for (sql, nummer) in [
            (
                "UPDATE toelichting SET tekst = 'anders' WHERE nummer = 4",
                4,
            ),
            ("DELETE FROM toelichting WHERE nummer = 8", 8),
        ] {
            let (trail, _) = self::trail(9);
            tamper(&trail, sql);
            let broken = trail.check(&[]).expect("checked").broken;
            assert_eq!(broken, Some(Broken::Text(nummer)), "{sql}");
        }
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
