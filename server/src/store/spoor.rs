//! Reading the audit trail: by filter, page by page from the newest record back, or all of it in order. Fills in names,
//! case numbers, the question of a zoekactie and what people typed, as far as the reader may see them. Reads beside the
//! writer, on a connection of its own. Never decides who may read, never changes anything.
//!
//! A page is found in windows of so many numbers: within one the indices of the trail lead to what the filter asks, or
//! its records are looked at one by one. After a while the search stops and says where, so that no filter on a trail of
//! millions of records can hold anybody up or fill the memory.

use super::{Store, StoreError};
use crate::audit::bestand::{self, WriteError};
use crate::audit::{Head, Outcome};
use crate::mensen::LOCAL_ACTOR;
use jiff::ToSpan;
use jiff::civil::Date;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use serde::{Serialize, Serializer};
use std::io::Write;
use std::time::{Duration, Instant};
use utoipa::ToSchema;
use zv_shared::date::amsterdam;

/// Numbers in a window.
const WINDOW: u64 = 50_000;
/// How long a page is looked for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which records. Several conditions all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Id of the case.
    pub zaak: Option<String>,
    /// Key of who did it.
    pub account: Option<String>,
    /// The act, or with no dot the first part of its name: `zoekactie` is all that is done with zoekacties.
    pub actie: Option<String>,
    /// How it ended.
    pub resultaat: Option<Outcome>,
    /// The first day, in Amsterdam.
    pub van: Option<Date>,
    /// The last day.
    pub tot: Option<Date>,
    /// What stands in it, whatever the case of the letters.
    pub tekst: Option<String>,
}

/// How much of a record its reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blik {
    /// All of it.
    Alles,
    /// Who did what when and how it ended; of what is done in a case nothing of the content: no search terms, no
    /// figures, nothing that was typed, no case number.
    ZonderInhoud,
}

/// Een regel van het auditspoor, zoals u hem mag zien.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Auditregel)]
pub struct Regel {
    /// Nummer in de keten.
    pub nummer: u64,
    /// Wanneer (UTC).
    #[schema(format = DateTime)]
    pub tijd: String,
    /// Kenmerk van wie het deed.
    pub actor: String,
    /// Hoe die nu heet, of het pseudoniem als de naam gewist is.
    pub naam: String,
    /// Wat er gedaan is.
    #[schema(example = "zoekactie.uitgevoerd")]
    pub actie: String,
    /// Waarop: een kenmerk of nummer.
    pub object: String,
    /// Of het lukte: `gelukt` of `geweigerd`.
    pub resultaat: String,
    /// Langs welke weg: `web`, `api` of `opdracht`.
    pub oorsprong: String,
    /// Kenmerk van de zaak; leeg als het over geen zaak gaat.
    pub zaak: String,
    /// Nummer van de zaak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zaaknummer: Option<String>,
    /// De vraag, bij een zoekactie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zoekvraag: Option<String>,
    /// Wat iemand erbij typte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toelichting: Option<String>,
    /// Aantallen en hashes.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_json")]
    #[schema(value_type = Option<Object>)]
    pub gegevens: Option<String>,
    /// SHA-256 van de regel en van de hash van de vorige.
    pub hash: String,
}

fn as_json<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let value: Option<serde_json::Value> = text
        .as_ref()
        .and_then(|text| serde_json::from_str(text).ok());
    value.serialize(serializer)
}

/// Records of the trail, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bladzijde {
    /// The records.
    pub regels: Vec<Regel>,
    /// Go on with the records below this number; `None` when there are none.
    pub verder: Option<u64>,
    /// Whether looking stopped before the page was full: records may follow all the same.
    pub onderbroken: bool,
}

const SELECT: &str = "
SELECT r.nummer, r.tijd, r.actor, p.naam, r.actie, r.object, r.resultaat, r.oorsprong, r.zaak, z.nummer, o.vraag,
    t.tekst, r.gegevens, r.hash
FROM regel r
LEFT JOIN persoon p ON p.actor = r.actor
LEFT JOIN toelichting t ON t.nummer = r.nummer
LEFT JOIN toestand.zaak z ON z.id = r.zaak
LEFT JOIN toestand.zoekactie a
    ON r.actie GLOB 'zoekactie.*' AND a.zaak = r.zaak AND a.nummer = CAST(r.object AS INTEGER)
LEFT JOIN toestand.zoekopdracht o ON o.id = a.zoekopdracht
WHERE r.nummer >= ? AND r.nummer <= ?";

/// A filter, ready to be asked.
struct Asked {
    /// Further conditions, each after an AND.
    conditions: String,
    values: Vec<Value>,
    tekst: Option<String>,
    blik: Blik,
}

impl Asked {
    fn new(filter: &Filter, blik: Blik) -> Self {
        let mut asked = Asked {
            conditions: String::new(),
            values: Vec::new(),
            tekst: filter.tekst.as_ref().map(|text| text.to_lowercase()),
            blik,
        };
        asked.and("r.zaak = ?", filter.zaak.clone());
        asked.and("r.actor = ?", filter.account.clone());
        match &filter.actie {
            Some(group) if !group.contains('.') => {
                asked.and("+r.actie >= ?", Some(format!("{group}.")));
                asked.and("+r.actie < ?", Some(format!("{group}/")));
            }
            exact => asked.and("r.actie = ?", exact.clone()),
        }
        let outcome = filter.resultaat.map(|outcome| outcome.name().to_owned());
        asked.and("+r.resultaat = ?", outcome);
        // The numbers were narrowed by the index on times already.
        let (from, to) = filter.moments();
        asked.and("+r.tijd >= ?", from);
        asked.and("+r.tijd < ?", to);
        asked
    }

    fn and(&mut self, condition: &str, value: Option<String>) {
        if let Some(value) = value {
            self.conditions.push_str(" AND ");
            self.conditions.push_str(condition);
            self.values.push(Value::Text(value));
        }
    }

    /// Gives the records with a number from `first` to `last`, in this order, while `each` wants more.
    fn each(
        &self,
        connection: &Connection,
        (first, last): (u64, u64),
        order: &str,
        mut each: impl FnMut(Regel) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let conditions = &self.conditions;
        let sql = format!("{SELECT}{conditions} ORDER BY r.nummer {order}");
        let mut statement = connection.prepare_cached(&sql).map_err(StoreError::Trail)?;
        let bounds = [first, last].map(|number| Value::Integer(number.cast_signed()));
        let values = bounds.into_iter().chain(self.values.iter().cloned());
        let mut rows = statement
            .query(params_from_iter(values))
            .map_err(StoreError::Trail)?;
        while let Some(row) = rows.next().map_err(StoreError::Trail)? {
            let line = self.blik.of(regel(row).map_err(StoreError::Trail)?);
            let wanted = self.tekst.as_ref().is_none_or(|text| line.says(text));
            if wanted && !each(line)? {
                break;
            }
        }
        Ok(())
    }
}

impl Filter {
    /// The moments from which and before which, as the trail begins its times: whole seconds without their ending.
    fn moments(&self) -> (Option<String>, Option<String>) {
        let text = |day: Date| {
            let midnight = amsterdam()
                .to_ambiguous_zoned(day.at(0, 0, 0, 0))
                .compatible();
            let text = midnight.ok()?.timestamp().to_string();
            Some(text.trim_end_matches('Z').to_owned())
        };
        let after = |day: Date| day.checked_add(1.day()).ok();
        (
            self.van.and_then(text),
            self.tot.and_then(after).and_then(text),
        )
    }

    /// The lowest and the highest number that can be wanted.
    fn range(&self, connection: &Connection) -> rusqlite::Result<(u64, u64)> {
        let row = |row: &Row<'_>| {
            let first: Option<i64> = row.get(0)?;
            let last: Option<i64> = row.get(1)?;
            Ok((
                first.unwrap_or(1).unsigned_abs(),
                last.unwrap_or(0).unsigned_abs(),
            ))
        };
        match self.moments() {
            (None, None) => connection.query_row("SELECT 1, max(nummer) FROM regel", [], row),
            (from, to) => {
                // The end of time sorts after every year.
                let bounds = [
                    from.unwrap_or_default(),
                    to.unwrap_or_else(|| ":".to_owned()),
                ];
                let sql = "SELECT min(nummer), max(nummer) FROM regel INDEXED BY regel_tijd WHERE tijd >= ? AND tijd < ?";
                connection.query_row(sql, bounds, row)
            }
        }
    }
}

fn regel(row: &Row<'_>) -> rusqlite::Result<Regel> {
    let actor: String = row.get(2)?;
    let naam: Option<String> = row.get(3)?;
    Ok(Regel {
        nummer: row.get::<_, i64>(0)?.unsigned_abs(),
        tijd: row.get(1)?,
        naam: naam.unwrap_or_else(|| shown(&actor).to_owned()),
        actor,
        actie: row.get(4)?,
        object: row.get(5)?,
        resultaat: row.get(6)?,
        oorsprong: row.get(7)?,
        zaak: row.get(8)?,
        zaaknummer: row.get(9)?,
        zoekvraag: row.get(10)?,
        toelichting: row.get(11)?,
        gegevens: row.get(12)?,
        hash: row.get(13)?,
    })
}

/// How an actor without an account is shown.
pub fn shown(actor: &str) -> &str {
    match actor {
        LOCAL_ACTOR => "deze computer",
        "programma" => "Zoek & Vind",
        other => other,
    }
}

impl Blik {
    fn of(self, line: Regel) -> Regel {
        match self {
            Blik::ZonderInhoud if !line.zaak.is_empty() => Regel {
                zaaknummer: None,
                zoekvraag: None,
                toelichting: None,
                gegevens: None,
                ..line
            },
            _ => line,
        }
    }
}

impl Regel {
    /// Whether a text, in small letters, stands in what the reader sees.
    fn says(&self, text: &str) -> bool {
        let always = [&self.naam, &self.actie, &self.object];
        let optional = [
            &self.zaaknummer,
            &self.zoekvraag,
            &self.toelichting,
            &self.gegevens,
        ];
        always
            .into_iter()
            .chain(optional.into_iter().flatten())
            .any(|field| field.to_lowercase().contains(text))
    }
}

impl Store {
    /// A page of at most `count` records below the number `before`, the newest first.
    pub fn audit_page(
        &self,
        filter: &Filter,
        blik: Blik,
        before: Option<u64>,
        count: usize,
    ) -> Result<Bladzijde, StoreError> {
        let connection = self.trail_reader()?;
        let asked = Asked::new(filter, blik);
        let (first, last) = filter.range(&connection).map_err(StoreError::Trail)?;
        let mut top = before.map_or(last, |before| last.min(before.saturating_sub(1)));
        let (begun, mut regels) = (Instant::now(), Vec::new());
        while top >= first {
            let bottom = first.max((top + 1).saturating_sub(WINDOW));
            asked.each(&connection, (bottom, top), "DESC", |line| {
                regels.push(line);
                Ok(regels.len() <= count)
            })?;
            if regels.len() > count {
                regels.truncate(count);
                let verder = regels.last().map(|line: &Regel| line.nummer);
                return Ok(Bladzijde {
                    regels,
                    verder,
                    onderbroken: false,
                });
            }
            top = bottom - 1;
            if top >= first && begun.elapsed() > PATIENCE {
                return Ok(Bladzijde {
                    regels,
                    verder: Some(bottom),
                    onderbroken: true,
                });
            }
        }
        Ok(Bladzijde {
            regels,
            ..Bladzijde::default()
        })
    }

    /// Gives all records in order, one at a time, as they are at this moment; gives the head of the trail then.
    pub fn audit_each(
        &self,
        filter: &Filter,
        blik: Blik,
        each: impl FnMut(Regel) -> Result<bool, StoreError>,
    ) -> Result<Head, StoreError> {
        let connection = self.trail_reader()?;
        let transaction = connection
            .unchecked_transaction()
            .map_err(StoreError::Trail)?;
        let head = crate::audit::head(&transaction).map_err(StoreError::Trail)?;
        let range = filter.range(&transaction).map_err(StoreError::Trail)?;
        Asked::new(filter, blik).each(&transaction, range, "ASC", each)?;
        Ok(head)
    }

    /// Writes the whole trail as a file that can be checked by itself; gives its head.
    pub fn audit_write(
        &self,
        out: &mut impl Write,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Head, StoreError> {
        let connection = self.trail_reader()?;
        bestand::write(&connection, out, goes_on).map_err(|error| match error {
            WriteError::Trail(error) => StoreError::Trail(error),
            WriteError::File(error) => StoreError::Io(error),
        })
    }

    /// A connection of its own for reading: who reads long keeps no writer waiting.
    fn trail_reader(&self) -> Result<Connection, StoreError> {
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(self.folder.join("audit.db"), flags)?;
            connection.busy_timeout(Duration::from_secs(5))?;
            let state = self.folder.join("toestand.db");
            let state = state
                .to_str()
                .ok_or(rusqlite::Error::InvalidPath(state.clone()))?;
            connection.execute("ATTACH DATABASE ? AS toestand", [state])?;
            Ok(connection)
        };
        open().map_err(StoreError::Trail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Event;
    use crate::mensen::{Actor, Via};
    use crate::zaken::LOCAL;
    use serde_json::json;

    fn event(number: u64) -> Event {
        let actor = Actor {
            id: format!("a{}", number % 3),
            ..Actor::local(Via::Web)
        };
        let kind = if number.is_multiple_of(10) {
            "rol"
        } else {
            "document.bekeken"
        };
        // Every record an hour after the one before, from 1 January on.
        let start = 1_767_225_600;
        Event {
            tijd: jiff::Timestamp::from_second(start + number.cast_signed() * 3_600)
                .expect("a time"),
            zaak: if number.is_multiple_of(2) {
                LOCAL.into()
            } else {
                String::new()
            },
            ..Event::done(
                &actor,
                kind,
                format!("stuk-{number}"),
                json!({"geheim": number}),
            )
        }
    }

    fn store(count: u64) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        store
            .change(|change| (1..=count).try_for_each(|number| change.log(&event(number))))
            .expect("logged");
        (folder, store)
    }

    /// The numbers on every page, and how many pages.
    fn pages(store: &Store, filter: &Filter, blik: Blik, count: usize) -> (Vec<u64>, usize) {
        let (mut numbers, mut pages, mut before) = (Vec::new(), 0, None);
        loop {
            let page = store.audit_page(filter, blik, before, count).expect("page");
            assert!(page.regels.len() <= count && !page.onderbroken);
            numbers.extend(page.regels.iter().map(|line| line.nummer));
            pages += 1;
            match page.verder {
                None => return (numbers, pages),
                before_next => before = before_next,
            }
        }
    }

    fn wanted(count: u64, holds: impl Fn(u64) -> bool) -> Vec<u64> {
        (1..=count).rev().filter(|number| holds(*number)).collect()
    }

    #[test]
    fn every_filter_gives_exactly_its_records_page_by_page() {
        let (_folder, store) = store(200);
        let all = Filter::default();
        assert_eq!(
            pages(&store, &all, Blik::Alles, 50),
            (wanted(200, |_| true), 4)
        );
        let text = |text: &str| Some(text.to_owned());
        let account = Filter {
            account: text("a2"),
            ..Filter::default()
        };
        let found = pages(&store, &account, Blik::Alles, 7).0;
        assert_eq!(found, wanted(200, |number| number % 3 == 2));
        for actie in ["document.bekeken", "document"] {
            let filter = Filter {
                actie: text(actie),
                zaak: text(LOCAL),
                ..Filter::default()
            };
            let found = pages(&store, &filter, Blik::Alles, 9).0;
            assert_eq!(
                found,
                wanted(200, |number| number.is_multiple_of(2)
                    && !number.is_multiple_of(10))
            );
        }
        let refused = Filter {
            resultaat: Some(Outcome::Geweigerd),
            ..Filter::default()
        };
        assert_eq!(pages(&store, &refused, Blik::Alles, 9), (Vec::new(), 1));
        let said = Filter {
            tekst: text("STUK-19"),
            ..Filter::default()
        };
        let found = pages(&store, &said, Blik::Alles, 3).0;
        assert_eq!(
            found,
            wanted(200, |number| format!("{number}").starts_with("19"))
        );
    }

    #[test]
    fn days_are_days_in_amsterdam() {
        let (_folder, store) = store(200);
        let day = |day| Some(jiff::civil::date(2026, 1, day));
        let filter = Filter {
            van: day(3),
            tot: day(3),
            ..Filter::default()
        };
        // 3 January in Amsterdam begins on the 2nd at 23:00 UTC: 47 hours after the first moment.
        let found = pages(&store, &filter, Blik::Alles, 10).0;
        assert_eq!(found, wanted(200, |number| (47..71).contains(&number)));
        let open = Filter {
            van: day(8),
            ..Filter::default()
        };
        assert_eq!(
            pages(&store, &open, Blik::Alles, 10).0,
            wanted(200, |number| number >= 167)
        );
        let before = Filter {
            tot: day(1),
            ..Filter::default()
        };
        assert_eq!(
            pages(&store, &before, Blik::Alles, 10).0,
            wanted(200, |number| number < 23)
        );
        let never = Filter {
            van: day(9),
            tot: day(8),
            ..Filter::default()
        };
        assert!(pages(&store, &never, Blik::Alles, 10).0.is_empty());
    }

    #[test]
    fn without_content_nothing_of_a_case_is_shown_or_found() {
        let (_folder, store) = store(20);
        let page = store
            .audit_page(&Filter::default(), Blik::ZonderInhoud, None, 20)
            .expect("page");
        for line in &page.regels {
            let in_case = line.nummer.is_multiple_of(2);
            assert_eq!(line.gegevens.is_none(), in_case, "{line:?}");
            assert!(
                line.zaaknummer.is_none() && line.zoekvraag.is_none(),
                "{line:?}"
            );
        }
        let hidden = Filter {
            tekst: Some("geheim".into()),
            ..Filter::default()
        };
        let found = pages(&store, &hidden, Blik::ZonderInhoud, 20).0;
        assert_eq!(found, wanted(20, |number| number % 2 == 1));
        assert_eq!(pages(&store, &hidden, Blik::Alles, 30).0.len(), 20);
    }

    #[test]
    fn the_whole_trail_is_given_in_order_with_its_head() {
        let (_folder, store) = store(30);
        let mut numbers = Vec::new();
        let head = store
            .audit_each(&Filter::default(), Blik::Alles, |line| {
                numbers.push(line.nummer);
                Ok(true)
            })
            .expect("all");
        assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
        assert_eq!(head, store.audit_head().expect("head"));
    }

    /// `cargo test --workspace --bin zoekenvind a_million_records -- --ignored --nocapture`
    #[test]
    #[ignore = "takes minutes; by hand, for the figures"]
    fn a_million_records() {
        const COUNT: u64 = 1_000_000;
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let begun = Instant::now();
        for at in 0..COUNT / 10_000 {
            let numbers = at * 10_000 + 1..=(at + 1) * 10_000;
            store
                .change(|change| {
                    numbers
                        .into_iter()
                        .try_for_each(|number| change.log(&event(number)))
                })
                .expect("logged");
        }
        println!("written in {:?}", begun.elapsed());
        let text = |text: &str| Some(text.to_owned());
        let day = |year| Some(jiff::civil::date(year, 1, 1));
        let filters = [
            ("all", Filter::default()),
            (
                "zaak",
                Filter {
                    zaak: text(LOCAL),
                    ..Filter::default()
                },
            ),
            (
                "no such case",
                Filter {
                    zaak: text("x"),
                    ..Filter::default()
                },
            ),
            (
                "actor and act",
                Filter {
                    account: text("a1"),
                    actie: text("rol"),
                    ..Filter::default()
                },
            ),
            (
                "group",
                Filter {
                    actie: text("geen"),
                    ..Filter::default()
                },
            ),
            (
                "one day long ago",
                Filter {
                    van: day(2030),
                    tot: day(2030),
                    ..Filter::default()
                },
            ),
            (
                "a hundred years",
                Filter {
                    van: day(2027),
                    tot: day(2127),
                    ..Filter::default()
                },
            ),
            (
                "text, none",
                Filter {
                    tekst: text("staat nergens"),
                    ..Filter::default()
                },
            ),
        ];
        for (name, filter) in filters {
            let begun = Instant::now();
            let page = store
                .audit_page(&filter, Blik::Alles, None, 100)
                .expect("page");
            println!(
                "{name}: {} records, stopped early {}, in {:?}",
                page.regels.len(),
                page.onderbroken,
                begun.elapsed()
            );
        }
        let begun = Instant::now();
        store
            .audit_write(&mut std::io::sink(), &|| true)
            .expect("written");
        println!("file of the whole trail in {:?}", begun.elapsed());
        let begun = Instant::now();
        assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
        println!("checked in {:?}", begun.elapsed());
        let size = std::fs::metadata(folder.path().join("audit.db"))
            .expect("file")
            .len();
        println!("{size} bytes");
    }
}
