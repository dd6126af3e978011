//! Machtigingen: who may search which sources of the archive in one case, up to which confidentiality and until when,
//! granted by somebody else. Owns granting, withdrawing and whether one holds now. Never searches.

use super::{Zaak, filled, optional, parsed};
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::state::App;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use zv_indexer::source::Sources;
use zv_shared::Principals;
use zv_shared::globs::Globs;
use zv_shared::index::Reach;

/// Hoe vertrouwelijk iets is (VIR-BI, en wat daaronder ligt).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Rubricering {
    /// Voor iedereen.
    Openbaar,
    /// Voor intern gebruik.
    Intern,
    /// Departementaal vertrouwelijk.
    #[default]
    DepartementaalVertrouwelijk,
    /// Staatsgeheim: wordt niet doorzocht.
    Staatsgeheim,
}

impl Rubricering {
    /// All of them, from the least to the most confidential.
    pub const ALL: [Rubricering; 4] = [
        Rubricering::Openbaar,
        Rubricering::Intern,
        Rubricering::DepartementaalVertrouwelijk,
        Rubricering::Staatsgeheim,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Rubricering::Openbaar => "openbaar",
            Rubricering::Intern => "intern",
            Rubricering::DepartementaalVertrouwelijk => "departementaal-vertrouwelijk",
            Rubricering::Staatsgeheim => "staatsgeheim",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Rubricering::Openbaar => "openbaar",
            Rubricering::Intern => "intern",
            Rubricering::DepartementaalVertrouwelijk => "departementaal vertrouwelijk",
            Rubricering::Staatsgeheim => "staatsgeheim",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Of iemand een machtiging aan zichzelf mag verlenen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = MachtigingWijze)]
pub enum Wijze {
    /// Een ander verleent.
    #[default]
    VierOgen,
    /// Ook de ontvanger zelf.
    Zelf,
}

impl Wijze {
    /// The name in the settings and the database.
    pub fn name(self) -> &'static str {
        match self {
            Wijze::VierOgen => "vier-ogen",
            Wijze::Zelf => "zelf",
        }
    }
}

/// Wat er verleend wordt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NieuweMachtiging)]
pub struct Verlening {
    /// Kenmerken van de accounts die mogen zoeken.
    #[schema(min_items = 1)]
    pub aan: BTreeSet<String>,
    /// Waarvoor.
    #[schema(min_length = 1, max_length = 1000)]
    pub doel: String,
    /// De bronnen die doorzocht mogen worden.
    #[schema(min_items = 1)]
    pub bronnen: BTreeSet<String>,
    /// Bronnen die vertrouwelijker zijn, blijven dicht.
    #[serde(default)]
    pub plafond: Rubricering,
    /// De eerste dag.
    #[schema(value_type = String, format = Date)]
    pub van: Date,
    /// De laatste dag.
    #[schema(value_type = String, format = Date)]
    pub tot: Date,
    /// Bronnen waarvan de rechten op de bestanden blijven gelden. Bij de andere komt de machtiging daarvoor in de plaats.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub schijfrechten: BTreeSet<String>,
    /// Wat de machtiging niet opent van bronnen waar zij voor de rechten in de plaats komt.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub uitgezonderd: BTreeSet<Uitzondering>,
}

/// Mappen of bestanden van een bron die dicht blijven.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MachtigingUitzondering)]
pub struct Uitzondering {
    /// De bron.
    #[schema(min_length = 1, max_length = 500)]
    pub bron: String,
    /// Een patroon, zoals `Personeelszaken`, `*.pst` of `Directie/*/Vertrouwelijk`.
    #[schema(min_length = 1, max_length = 1000)]
    pub patroon: String,
}

/// How rights on the drive count, as the database has it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Rechten {
    schijfrechten: BTreeSet<String>,
    uitgezonderd: BTreeSet<Uitzondering>,
}

impl Verlening {
    /// How it opens a source: by the rights on the drive of who is `principals`, or instead of them.
    pub fn reach(&self, bron: &str, principals: impl FnOnce() -> Principals) -> Reach {
        if self.schijfrechten.contains(bron) {
            return Reach::Rights(principals());
        }
        let patterns = self.uitgezonderd.iter().filter(|one| one.bron == bron);
        let patterns: BTreeSet<String> = patterns.map(|one| one.patroon.clone()).collect();
        match patterns.is_empty() {
            true => Reach::Everything,
            false => Reach::But(patterns),
        }
    }

    /// Refuses what says nothing about rights: sources that are not in it, or of which no rights are read.
    fn check_rights(&self, sources: &Sources) -> Result<(), StoreError> {
        let named = self.uitgezonderd.iter().map(|one| &one.bron);
        if let Some(bron) = named
            .chain(&self.schijfrechten)
            .find(|bron| !self.bronnen.contains(*bron))
        {
            return Err(StoreError::refused(format!(
                "bron {bron} staat niet in deze machtiging"
            )));
        }
        for bron in &self.schijfrechten {
            if !sources
                .named(bron)
                .is_some_and(|source| source.rules.rights)
            {
                return Err(StoreError::refused(format!(
                    "van bron {bron} worden de rechten op de bestanden niet gelezen; kies dat eerst bij de bron"
                )));
            }
        }
        for one in &self.uitgezonderd {
            if self.schijfrechten.contains(&one.bron) {
                return Err(StoreError::refused(format!(
                    "in bron {} gelden de rechten op de bestanden; een uitzondering heeft daar geen zin",
                    one.bron
                )));
            }
            let checked = Globs::new(std::slice::from_ref(&one.patroon));
            checked.map_err(|error| StoreError::refused(error.to_string()))?;
        }
        Ok(())
    }
}

/// A machtiging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machtiging {
    /// Opaque: 32 random hexadecimal digits.
    pub id: String,
    /// What was granted.
    pub verlening: Verlening,
    /// The rule that held when it was granted.
    pub wijze: String,
    /// Key of who granted it.
    pub verleend_door: String,
    /// When.
    pub verleend_op: Timestamp,
    /// When it was withdrawn.
    pub ingetrokken_op: Option<Timestamp>,
}

impl Machtiging {
    /// Why it does not hold on that day; `None` when it does.
    pub fn why_not(&self, day: Date) -> Option<String> {
        let granted = &self.verlening;
        if self.ingetrokken_op.is_some() {
            Some("de machtiging is ingetrokken".to_owned())
        } else if day < granted.van {
            Some(format!(
                "de machtiging gaat pas in op {}",
                crate::web::labels::day(&granted.van.to_string())
            ))
        } else if day > granted.tot {
            Some(format!(
                "de machtiging is verlopen op {}",
                crate::web::labels::day(&granted.tot.to_string())
            ))
        } else {
            None
        }
    }
}

/// Today, as the law counts days.
pub fn today() -> Date {
    let zone = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
    Timestamp::now().to_zoned(zone).date()
}

const COLUMNS: &str = "id, doel, bronnen, plafond, van, tot, wijze, verleend_door, verleend_op, ingetrokken_op, rechten";

fn machtiging(row: &Row<'_>) -> rusqlite::Result<(Machtiging, String, String)> {
    let plafond: String = row.get(3)?;
    let machtiging = Machtiging {
        id: row.get(0)?,
        verlening: Verlening {
            aan: BTreeSet::new(),
            doel: row.get(1)?,
            bronnen: BTreeSet::new(),
            plafond: Rubricering::named(&plafond).unwrap_or(Rubricering::Openbaar),
            van: parsed(&row.get::<_, String>(4)?)?,
            tot: parsed(&row.get::<_, String>(5)?)?,
            schijfrechten: BTreeSet::new(),
            uitgezonderd: BTreeSet::new(),
        },
        wijze: row.get(6)?,
        verleend_door: row.get(7)?,
        verleend_op: parsed(&row.get::<_, String>(8)?)?,
        ingetrokken_op: optional(row.get(9)?)?,
    };
    Ok((machtiging, row.get(2)?, row.get(10)?))
}

impl App {
    /// Grants a machtiging for sources that there are.
    ///
    /// # Errors
    /// As for [`Store::grant`], and for a source that nobody knows.
    pub fn grant(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        verlening: &Verlening,
    ) -> Result<Machtiging, Problem> {
        let sources = Sources::load(&self.folder).map_err(Problem::fault)?;
        let mut bronnen = verlening.bronnen.iter();
        let unknown = bronnen.find(|bron| sources.named(bron).is_none());
        match unknown {
            Some(bron) => Err(StoreError::refused(format!("de bron {bron} bestaat niet")).into()),
            None => {
                verlening.check_rights(&sources)?;
                let wijze = self.settings.machtiging;
                Ok(self.store.grant(actor, zaak, wijze, verlening)?)
            }
        }
    }
}

impl Store {
    /// Grants a machtiging.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for who has not the role, grants to himself under [`Wijze::VierOgen`], or grants
    /// nothing.
    pub fn grant(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        wijze: Wijze,
        verlening: &Verlening,
    ) -> Result<Machtiging, StoreError> {
        self.may_grant(actor, zaak, wijze, verlening)?;
        let verlening = Verlening {
            doel: filled(&verlening.doel, "het doel", 1_000)?,
            ..verlening.clone()
        };
        self.change(|change| {
            zaak.must_be_open(change)?;
            let machtiging = Machtiging {
                id: change.new_id()?,
                verlening,
                wijze: wijze.name().to_owned(),
                verleend_door: actor.id.clone(),
                verleend_op: Timestamp::now(),
                ingetrokken_op: None,
            };
            let granted = &machtiging.verlening;
            let rechten = Rechten {
                schijfrechten: granted.schijfrechten.clone(),
                uitgezonderd: granted.uitgezonderd.clone(),
            };
            change.execute(
                "INSERT INTO machtiging VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)",
                params![
                    machtiging.id,
                    zaak.id,
                    granted.doel,
                    serde_json::to_string(&granted.bronnen)?,
                    granted.plafond.name(),
                    granted.van.to_string(),
                    granted.tot.to_string(),
                    machtiging.wijze,
                    actor.id,
                    machtiging.verleend_op.to_string(),
                    serde_json::to_string(&rechten)?,
                ],
            )?;
            for account in &granted.aan {
                change.execute(
                    "INSERT INTO machtiging_lid VALUES (?, ?)",
                    [&machtiging.id, account],
                )?;
                change.execute(
                    "INSERT OR IGNORE INTO zaak_lid VALUES (?, ?)",
                    [&zaak.id, account],
                )?;
            }
            let gegevens = json!({
                "aan": granted.aan, "bronnen": granted.bronnen.len(), "plafond": granted.plafond,
                "van": granted.van, "tot": granted.tot, "wijze": wijze,
                "schijfrechten": granted.schijfrechten.len(), "uitgezonderd": granted.uitgezonderd.len(),
            });
            change.log(&zaak.did(actor, "machtiging.verleend", &machtiging.id, gegevens))?;
            Ok(machtiging)
        })
    }

    fn may_grant(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        wijze: Wijze,
        verlening: &Verlening,
    ) -> Result<(), StoreError> {
        if zaak.is_local() {
            return Err(StoreError::refused(
                "in de lokale zaak is geen machtiging nodig",
            ));
        }
        if !actor.is_any(&[Rol::BeheerderAutorisatie]) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie verleent machtigingen",
            ));
        }
        if wijze == Wijze::VierOgen && verlening.aan.contains(&actor.id) {
            return Err(StoreError::refused(
                "niemand verleent een machtiging aan zichzelf",
            ));
        }
        if verlening.aan.is_empty() || verlening.bronnen.is_empty() {
            return Err(StoreError::refused(
                "kies wie er mag zoeken, en in welke bronnen",
            ));
        }
        if verlening.tot < verlening.van {
            return Err(StoreError::refused("de laatste dag ligt voor de eerste"));
        }
        if verlening.plafond == Rubricering::Staatsgeheim {
            return Err(StoreError::refused(
                "staatsgeheimen worden hier niet doorzocht",
            ));
        }
        for account in &verlening.aan {
            let known = self.account(account)?;
            let account = known.ok_or(StoreError::Missing("dit account bestaat niet"))?;
            if account.uit {
                return Err(StoreError::refused(
                    "een van deze accounts staat uit en kan niet zoeken",
                ));
            }
        }
        let rubriceringen = self.rubriceringen()?;
        let of = |bron: &String| rubriceringen.get(bron).copied().unwrap_or_default();
        if let Some(bron) = verlening
            .bronnen
            .iter()
            .find(|bron| of(bron) > verlening.plafond)
        {
            return Err(StoreError::refused(format!(
                "bron {bron} is {}: deze machtiging gaat maar tot {}",
                of(bron).label(),
                verlening.plafond.label()
            )));
        }
        Ok(())
    }

    /// Withdraws a machtiging.
    pub fn withdraw(&self, actor: &Actor, zaak: &Zaak, id: &str) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::BeheerderAutorisatie, Rol::Regisseur]) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie of regisseur trekt een machtiging in",
            ));
        }
        self.change(|change| {
            let done = change.execute(
                "UPDATE machtiging SET ingetrokken_door = ?, ingetrokken_op = ?
                 WHERE id = ? AND zaak = ? AND ingetrokken_op IS NULL",
                params![actor.id, Timestamp::now().to_string(), id, zaak.id],
            )?;
            if done == 0 {
                return Err(StoreError::Missing(
                    "deze machtiging bestaat niet of is al ingetrokken",
                ));
            }
            change.log(&zaak.did(actor, "machtiging.ingetrokken", id, json!({})))
        })
    }

    /// All machtigingen of a case, the newest first.
    pub fn machtigingen(&self, zaak: &str) -> Result<Vec<Machtiging>, StoreError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT {COLUMNS} FROM machtiging WHERE zaak = ? ORDER BY verleend_op DESC, id"
        );
        let mut statement = connection.prepare(&sql)?;
        let rows = statement
            .query_map([zaak], machtiging)?
            .collect::<Result<Vec<_>, _>>()?;
        let mut members =
            connection.prepare("SELECT gebruiker FROM machtiging_lid WHERE machtiging = ?")?;
        let whole = |(mut found, sources, rechten): (Machtiging, String, String)| {
            found.verlening.bronnen = serde_json::from_str(&sources)?;
            let rechten: Rechten = serde_json::from_str(&rechten)?;
            found.verlening.schijfrechten = rechten.schijfrechten;
            found.verlening.uitgezonderd = rechten.uitgezonderd;
            let accounts = members.query_map([&found.id], |row| row.get(0))?;
            found.verlening.aan = accounts.collect::<Result<_, _>>()?;
            Ok(found)
        };
        rows.into_iter().map(whole).collect()
    }

    /// How confidential each source is; what is not in the list is [`Rubricering::default`].
    pub fn rubriceringen(&self) -> Result<BTreeMap<String, Rubricering>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT bron, rubricering FROM bron_rubricering")?;
        let rows = statement.query_map([], |row| {
            let name: String = row.get(1)?;
            // A value that is not known closes the source.
            Ok((
                row.get(0)?,
                Rubricering::named(&name).unwrap_or(Rubricering::Staatsgeheim),
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Says how confidential a source is.
    pub fn set_rubricering(
        &self,
        actor: &Actor,
        bron: &str,
        rubricering: Rubricering,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::BeheerderBronnen]) {
            return Err(StoreError::refused(
                "alleen een beheerder bronnen bepaalt de rubricering",
            ));
        }
        self.change(|change| {
            let before: Option<String> = change
                .query_row(
                    "SELECT rubricering FROM bron_rubricering WHERE bron = ?",
                    [bron],
                    |row| row.get(0),
                )
                .optional()?;
            change.execute(
                "INSERT OR REPLACE INTO bron_rubricering VALUES (?, ?)",
                [bron, rubricering.name()],
            )?;
            let gegevens = json!({"was": before, "wordt": rubricering});
            change.log(&crate::audit::Event::done(
                actor,
                "bron.rubricering",
                bron,
                gegevens,
            ))
        })
    }
}
