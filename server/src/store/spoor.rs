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
    fn new(connection: &Connection, filter: &Filter, blik: Blik) -> rusqlite::Result<Self> {
        let mut asked = Asked {
            conditions: String::new(),
            values: Vec::new(),
            tekst: filter.tekst.as_ref().map(|text| text.to_lowercase()),
            blik,
        };
        asked.and("r.zaak = ?", filter.zaak.clone());
        asked.and("r.actor = ?", filter.account.clone());
        if let Some(wanted) = &filter.actie {
            let acts = acts(connection, wanted)?;
            let marks = vec!["?"; acts.len()].join(", ");
            asked.conditions += &format!(" AND r.actie IN ({marks})");
            asked.values.extend(acts.into_iter().map(Value::Text));
        }
        // In words, for the index on what was refused; where another index helps, that one narrows more.
        let narrowed = filter.zaak.is_some() || filter.account.is_some() || filter.actie.is_some();
        match filter.resultaat {
            Some(Outcome::Geweigerd) if narrowed => {
                asked.conditions += " AND +r.resultaat = 'geweigerd'";
            }
            Some(Outcome::Geweigerd) => asked.conditions += " AND r.resultaat = 'geweigerd'",
            Some(Outcome::Gelukt) => asked.conditions += " AND +r.resultaat = 'gelukt'",
            None => {}
        }
        // The numbers were narrowed by the index on times already.
        let (from, to) = filter.moments();
        asked.and("+r.tijd >= ?", from);
        asked.and("+r.tijd < ?", to);
        Ok(asked)
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

/// The acts in the trail that are meant: the one with this name, and without a dot those whose name begins with it.
fn acts(connection: &Connection, wanted: &str) -> rusqlite::Result<Vec<String>> {
    // From name to name through the index: as many steps as there are acts, however many records.
    let mut statement = connection.prepare(
        "WITH RECURSIVE alle (actie) AS (
             SELECT min(actie) FROM regel
             UNION ALL
             SELECT (SELECT min(r.actie) FROM regel r WHERE r.actie > alle.actie) FROM alle WHERE actie IS NOT NULL)
         SELECT actie FROM alle WHERE actie IS NOT NULL",
    )?;
    let all = statement.query_map([], |row| row.get::<_, String>(0))?;
    let group = (!wanted.contains('.')).then(|| format!("{wanted}."));
    let meant =
        |act: &String| act == wanted || group.as_ref().is_some_and(|group| act.starts_with(group));
    all.filter(|act| act.as_ref().map_or(true, meant)).collect()
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
        let asked = Asked::new(&connection, filter, blik).map_err(StoreError::Trail)?;
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
        let asked = Asked::new(&transaction, filter, blik).map_err(StoreError::Trail)?;
        asked.each(&transaction, range, "ASC", each)?;
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
mod tests;
