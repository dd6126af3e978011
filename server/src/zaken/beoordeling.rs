//! Beoordelingen: what of a document becomes public, on which grounds, and the second pair of eyes that makes that
//! final. A judgement is always somebody's: nothing here proposes one.
//! Nothing is ever changed: a later judgement holds.

use super::deelbesluit::decision_day;
use super::schifting::doel::found;
use super::schifting::lezen::last_geschift;
use super::schifting::{JUDGES, Stuk, Waarde, checked_link, name_of};
use super::{Zaak, at_most, optional, parsed};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::toegang::Zicht;
use crate::uitvoer::gronden::{Grond, Oordeel, grond, wet_op};
use crate::web::labels;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use zv_shared::{ContentHash, DocId, PartialDate};

mod vastleggen;

pub use vastleggen::Gezien;

/// Who makes judgements final.
pub const FINALS: [Rol; 2] = [Rol::WooJurist, Rol::Regisseur];

/// Wat er van een document openbaar wordt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Beoordeling {
    /// Het oordeel.
    #[serde(with = "by_name")]
    #[schema(value_type = crate::model::Openbaarheid)]
    pub oordeel: Oordeel,
    /// De weigeringsgronden; zie `/v1/gronden`.
    #[serde(default)]
    #[schema(example = json!(["5.1.2e"]))]
    pub gronden: Vec<String>,
    /// Toelichting voor de inventarislijst.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 1000)]
    pub toelichting: String,
    /// Waarom informatie van meer dan vijf jaar oud toch geweigerd wordt (Woo 5.3).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 1000)]
    pub motivering: String,
    /// Het document waarin dezelfde inhoud beoordeeld is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub dubbel_van: Option<DocId>,
    /// Bij reeds openbaar: waar het te vinden is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(max_length = 2048)]
    pub link: String,
}

/// The name of a judgement in the API and the database.
pub fn oordeel_name(oordeel: Oordeel) -> String {
    oordeel.naam().replace(' ', "-")
}

/// The judgement with this name.
pub fn oordeel_named(name: &str) -> Option<Oordeel> {
    Oordeel::ALL
        .into_iter()
        .find(|known| oordeel_name(*known) == name)
}

mod by_name {
    use super::{Oordeel, oordeel_named};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(oordeel: &Oordeel, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::oordeel_name(*oordeel))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Oordeel, D::Error> {
        let name = String::deserialize(deserializer)?;
        oordeel_named(&name).ok_or_else(|| D::Error::custom("onbekend oordeel"))
    }
}

/// The day by which the law and the age of documents are reckoned that are in no deelbesluit: that of the decision, or
/// today.
pub fn reference_day(zaak: &Zaak) -> Date {
    zaak.besluit_op.unwrap_or_else(super::machtiging::today)
}

/// Whether a document of that date may hold information older than five years on `day`. Of a date without a day the
/// first one counts: it may be that old.
pub fn older_than_five_years(datum: PartialDate, day: Date) -> bool {
    let first = Date::constant(1970, 1, 1).checked_add(datum.days().first.days());
    let expires = first.and_then(|first| first.checked_add(5.years()));
    expires.is_ok_and(|expires| expires < day)
}

impl Beoordeling {
    /// A judgement with nothing to it.
    #[cfg(test)]
    pub fn of(oordeel: Oordeel) -> Self {
        Beoordeling {
            oordeel,
            gronden: Vec::new(),
            toelichting: String::new(),
            motivering: String::new(),
            dubbel_van: None,
            link: String::new(),
        }
    }

    /// The same, tidy: grounds by their code, each once, in the order of the law.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when something does not go with the judgement, or with the law of that day.
    fn checked(&self, document: DocId, day: Date) -> Result<Self, StoreError> {
        at_most(self.toelichting.trim(), "de toelichting", 1_000)?;
        at_most(self.motivering.trim(), "de motivering", 1_000)?;
        let mut found = Vec::new();
        for spelling in &self.gronden {
            found.push(ground_on(spelling, day)?);
        }
        let list = crate::uitvoer::gronden::GRONDEN.iter();
        let gronden: Vec<String> = list
            .filter(|known| found.contains(known))
            .map(|known| known.code.to_owned())
            .collect();
        let name = self.oordeel.naam();
        let refuses = matches!(self.oordeel, Oordeel::DeelsOpenbaar | Oordeel::NietOpenbaar);
        if !refuses && !gronden.is_empty() {
            return Err(StoreError::refused(format!("bij {name} hoort geen grond")));
        }
        let link = checked_link(&self.link)?;
        if self.oordeel != Oordeel::ReedsOpenbaar && !link.is_empty() {
            return Err(StoreError::refused(format!("bij {name} hoort geen link")));
        }
        if self.dubbel_van == Some(document) {
            return Err(StoreError::refused(
                "een document is niet dubbel met zichzelf",
            ));
        }
        Ok(Beoordeling {
            oordeel: self.oordeel,
            gronden,
            toelichting: self.toelichting.trim().to_owned(),
            motivering: self.motivering.trim().to_owned(),
            dubbel_van: self.dubbel_van,
            link,
        })
    }

    /// What it still lacks before it can be final, in sentences. `datum` is that of the document.
    pub fn missing(&self, datum: Option<PartialDate>, day: Date) -> Vec<String> {
        let mut missing = Vec::new();
        let refuses = matches!(self.oordeel, Oordeel::DeelsOpenbaar | Oordeel::NietOpenbaar);
        if refuses && self.gronden.is_empty() && self.dubbel_van.is_none() {
            missing.push(format!("{} heeft een grond nodig", self.oordeel.naam()));
        }
        let told = !self.link.is_empty() || !self.toelichting.is_empty();
        if self.oordeel == Oordeel::ReedsOpenbaar && !told {
            missing.push("reeds openbaar heeft een link of een toelichting nodig".to_owned());
        }
        let old = datum.is_some_and(|datum| older_than_five_years(datum, day));
        let needing: Vec<&str> = self
            .gronden
            .iter()
            .filter_map(|code| grond(code))
            .filter(|grond| grond.motivering_na_vijf_jaar())
            .map(|grond| grond.code)
            .collect();
        if old && !needing.is_empty() && self.motivering.is_empty() {
            missing.push(format!(
                "het document is ouder dan vijf jaar: motiveer waarom {} nog geldt (Woo 5.3)",
                needing.join(" en ")
            ));
        }
        missing
    }
}

/// The ground that somebody means, when it is one of the law of that day.
fn ground_on(spelling: &str, day: Date) -> Result<&'static Grond, StoreError> {
    let unknown = || StoreError::refused(format!("{spelling} staat niet op de lijst van gronden"));
    let found = grond(spelling).ok_or_else(unknown)?;
    match found.wet == wet_op(day) {
        true => Ok(found),
        false => Err(StoreError::refused(format!(
            "grond {} is niet van de wet die op {} geldt",
            found.code,
            labels::day(&day.to_string())
        ))),
    }
}

/// The second pair of eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definitief {
    /// `vier-ogen`, or `lokaal` where one person does everything.
    pub wijze: String,
    /// Key of who made it final.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
}

/// A judgement as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Beoordeeld {
    /// Number of the record.
    pub record: u64,
    /// The document.
    pub document: DocId,
    /// What it held then.
    pub inhoud: Option<ContentHash>,
    /// Its source.
    pub bron: String,
    /// Its date then.
    pub datum: Option<PartialDate>,
    /// The judgement.
    pub beoordeling: Beoordeling,
    /// Key of who judged.
    pub door: String,
    /// When.
    pub wanneer: Timestamp,
    /// Whether it is final.
    pub definitief: Option<Definitief>,
}

const SELECT: &str = "SELECT b.id, b.document, b.inhoud, b.bron, b.datum, b.gegevens, b.door, b.wanneer,
    d.wijze, d.door, d.wanneer FROM beoordeling b LEFT JOIN beoordeling_definitief d ON d.beoordeling = b.id";

fn beoordeeld(row: &Row<'_>) -> Result<Beoordeeld, StoreError> {
    let inhoud: Option<[u8; 32]> = row.get(2)?;
    let datum: Option<String> = row.get(4)?;
    let wijze: Option<String> = row.get(8)?;
    let final_on: Option<Timestamp> = optional(row.get(10)?)?;
    let definitief = match (wijze, final_on) {
        (Some(wijze), Some(wanneer)) => Some(Definitief {
            wijze,
            door: row.get(9)?,
            wanneer,
        }),
        _ => None,
    };
    Ok(Beoordeeld {
        record: row.get::<_, i64>(0)?.unsigned_abs(),
        document: DocId(row.get(1)?),
        inhoud: inhoud.map(ContentHash),
        bron: row.get(3)?,
        datum: datum.as_deref().and_then(PartialDate::parse),
        beoordeling: serde_json::from_str(&row.get::<_, String>(5)?)?,
        door: row.get(6)?,
        wanneer: parsed(&row.get::<_, String>(7)?)?,
        definitief,
    })
}

fn last(
    connection: &Connection,
    zaak: &str,
    document: DocId,
) -> Result<Option<Beoordeeld>, StoreError> {
    let sql = format!("{SELECT} WHERE b.zaak = ? AND b.document = ? ORDER BY b.id DESC LIMIT 1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![zaak, document.0])?;
    rows.next()?.map(beoordeeld).transpose()
}

/// The last judgement, when it is the one that was seen.
fn seen(
    connection: &Connection,
    zaak: &Zaak,
    document: DocId,
    seen: u64,
) -> Result<Option<Beoordeeld>, StoreError> {
    let last = last(connection, &zaak.id, document)?;
    match &last {
        Some(other) if other.record != seen => Err(StoreError::Conflict(format!(
            "{} heeft dit document intussen beoordeeld als {} ({}); bekijk dat eerst",
            name_of(connection, &other.door)?,
            other.beoordeling.oordeel.naam(),
            labels::moment(other.wanneer)
        ))),
        _ => Ok(last),
    }
}

impl Store {
    /// Makes the judgement of a document final: by another account than the one that judged. In the local case there is
    /// only one, and the record says so.
    ///
    /// # Errors
    /// [`StoreError::Refused`] naming all that is missing.
    pub fn maak_definitief(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        document: DocId,
        gezien: u64,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&FINALS) {
            return Err(StoreError::refused(
                "alleen een Woo-jurist of regisseur maakt een beoordeling definitief",
            ));
        }
        self.change(|change| {
            zaak.must_be_open(change)?;
            let schifting =
                last_geschift(change, &zaak.id, document)?.and_then(|last| last.schifting);
            let found = seen(change, zaak, document, gezien)?;
            let found = found.ok_or(StoreError::Missing("dit document is nog niet beoordeeld"))?;
            if found.definitief.is_some() {
                return Err(StoreError::refused("deze beoordeling is al definitief"));
            }
            if found.door == actor.id && !actor.is_local() {
                return Err(StoreError::refused(
                    "iemand anders dan wie beoordeelde, maakt de beoordeling definitief",
                ));
            }
            let judged = &found.beoordeling;
            let day = decision_day(change, zaak, document)?;
            let mut missing = judged.missing(found.datum, day);
            for code in &judged.gronden {
                ground_on(code, day)?;
            }
            let belongs = [Waarde::Relevant, Waarde::Dubbel, Waarde::ReedsOpenbaar];
            if !schifting.is_some_and(|schifting| belongs.contains(&schifting.waarde)) {
                missing.push("het document is niet als relevant geschift".to_owned());
            }
            if let Some(original) = judged.dubbel_van
                && last(change, &zaak.id, original)?
                    .is_none_or(|other| other.beoordeling.dubbel_van.is_some())
            {
                missing.push(
                    "het document waar het dubbel mee is, is zelf nog niet beoordeeld".to_owned(),
                );
            }
            if !missing.is_empty() {
                return Err(StoreError::refused(missing.join("; ")));
            }
            let wijze = if actor.is_local() {
                "lokaal"
            } else {
                "vier-ogen"
            };
            change.execute(
                "INSERT INTO beoordeling_definitief VALUES (?, ?, ?, ?)",
                params![
                    found.record.cast_signed(),
                    wijze,
                    actor.id,
                    Timestamp::now().to_string()
                ],
            )?;
            let gegevens = json!({"nummer": found.record, "wijze": wijze});
            change.log(&zaak.did(
                actor,
                "beoordeling.definitief",
                document.to_string(),
                gegevens,
            ))
        })
    }

    /// The judgement of every document of a case that holds now, in order of id.
    pub fn beoordelingen_now(&self, zaak: &str) -> Result<Vec<Beoordeeld>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "{SELECT} WHERE b.zaak = ? AND b.id =
             (SELECT max(l.id) FROM beoordeling l WHERE l.zaak = b.zaak AND l.document = b.document)
             ORDER BY b.document"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(beoordeeld(row)?);
        }
        Ok(found)
    }

    /// The judgement of one document that holds now.
    pub fn last_beoordeling(
        &self,
        zaak: &str,
        document: DocId,
    ) -> Result<Option<Beoordeeld>, StoreError> {
        last(&self.connection(), zaak, document)
    }

    /// All judgements of one document, the newest first.
    pub fn beoordelingen_of(
        &self,
        zaak: &str,
        document: DocId,
    ) -> Result<Vec<Beoordeeld>, StoreError> {
        let connection = self.connection();
        let sql = format!("{SELECT} WHERE b.zaak = ? AND b.document = ? ORDER BY b.id DESC");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![zaak, document.0])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(beoordeeld(row)?);
        }
        Ok(found)
    }
}

impl App {
    /// Judges documents that somebody may see alike, all of them or none. With each the last record of it that they saw.
    pub fn beoordeel(
        &self,
        zicht: &Zicht,
        documenten: &[(DocId, u64)],
        beoordeling: &Beoordeling,
    ) -> Result<Vec<u64>, Problem> {
        self.must_be(&zicht.actor, &JUDGES)?;
        let snapshot = self.snapshot(zicht)?;
        if let Some(original) = beoordeling.dubbel_van {
            found(&*snapshot, original)?;
        }
        let one = |(id, gezien): &(DocId, u64)| -> Result<Gezien, Problem> {
            let document = found(&*snapshot, *id)?;
            let datum = document.dates.effective().map(|dated| dated.date);
            Ok((Stuk::from(&document), datum, *gezien))
        };
        let stukken = documenten.iter().map(one).collect::<Result<Vec<_>, _>>()?;
        let who = (&zicht.actor, &zicht.zaak);
        Ok(self.store.beoordeel(who, &stukken, beoordeling)?)
    }

    /// Makes the judgement of a document final.
    pub fn maak_definitief(
        &self,
        zicht: &Zicht,
        document: DocId,
        gezien: u64,
    ) -> Result<(), Problem> {
        self.must_be(&zicht.actor, &FINALS)?;
        let last = self.store.last_beoordeling(&zicht.zaak.id, document)?;
        // A judgement stays, also when the document is gone from the index.
        let missing = || Problem::not_found("Dit document is nog niet beoordeeld.");
        last.filter(|last| zicht.sees(&last.bron, document))
            .ok_or_else(missing)?;
        Ok(self
            .store
            .maak_definitief(&zicht.actor, &zicht.zaak, document, gezien)?)
    }
}

#[cfg(test)]
mod tests;
