//! Orders to remove documents (AVG, retention): proposed by who looks after sources, decided by somebody else, carried out
//! by a child process. Owns the orders and what is remembered of what was removed: ids and hashes, never content.
//!
//! | file | owns |
//! |---|---|
//! | `uitvoeren` | taking the documents out of index, texts and copies |

mod uitvoeren;

pub use uitvoeren::{Uitgevoerd, carry_out};

use crate::audit::Event;
use crate::mensen::{Actor, Rol};
use crate::problem::Problem;
use crate::rooster::looks_after_sources;
use crate::state::App;
use crate::store::{Store, StoreError};
use crate::zaken::{filled, optional, parsed};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use zv_indexer::orders::Removed;
use zv_shared::index::{IndexError, Scope, Snapshot};
use zv_shared::{ContentHash, DocId, Document};

/// Who decides about an order that somebody else proposed.
pub const DECIDES: [Rol; 2] = [Rol::BeheerderAutorisatie, Rol::Regisseur];
/// Who sees orders.
pub const SEES: [Rol; 4] = [
    Rol::BeheerderBronnen,
    Rol::BeheerderAutorisatie,
    Rol::Regisseur,
    Rol::Auditor,
];
/// Documents that one order names at most.
pub const MOST: usize = 1000;

/// Waarom documenten verwijderd worden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = VerwijderGrond)]
pub enum Grond {
    /// Een recht uit de AVG, zoals wissen.
    Avg,
    /// De bewaartermijn is voorbij.
    Bewaartermijn,
    /// Een uitspraak van een rechter of toezichthouder.
    Uitspraak,
    /// Iets anders; de toelichting zegt wat.
    Anders,
}

impl Grond {
    /// All of them.
    pub const ALL: [Grond; 4] = [
        Grond::Avg,
        Grond::Bewaartermijn,
        Grond::Uitspraak,
        Grond::Anders,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Grond::Avg => "avg",
            Grond::Bewaartermijn => "bewaartermijn",
            Grond::Uitspraak => "uitspraak",
            Grond::Anders => "anders",
        }
    }

    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Grond::Avg => "een recht uit de AVG",
            Grond::Bewaartermijn => "de bewaartermijn is voorbij",
            Grond::Uitspraak => "een uitspraak van rechter of toezichthouder",
            Grond::Anders => "anders",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Hoe een opdracht tot verwijderen ervoor staat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VerwijderStand)]
pub enum Stand {
    /// Een ander moet nog besluiten.
    Voorgesteld,
    /// Een ander vond het niet goed.
    Afgewezen,
    /// Wordt uitgevoerd zodra er niets anders loopt.
    Bevestigd,
    /// De documenten zijn weg.
    Uitgevoerd,
}

impl Stand {
    /// As it is shown.
    pub fn label(self) -> &'static str {
        match self {
            Stand::Voorgesteld => "wacht op een besluit",
            Stand::Afgewezen => "afgewezen",
            Stand::Bevestigd => "bevestigd, wordt uitgevoerd",
            Stand::Uitgevoerd => "uitgevoerd",
        }
    }
}

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voorstel {
    /// Why.
    pub grond: Grond,
    /// Reference of the decision that it rests on.
    pub kenmerk: String,
    /// More about it; stands beside the audit trail.
    pub toelichting: String,
    /// The documents that are named.
    pub documenten: BTreeSet<DocId>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opdracht {
    /// Its number.
    pub id: u32,
    /// Why.
    pub grond: Grond,
    /// Reference of the decision that it rests on.
    pub kenmerk: String,
    /// Key of who proposed it.
    pub door: String,
    /// When.
    pub voorgesteld: Timestamp,
    /// How it stands.
    pub stand: Stand,
    /// When somebody else decided.
    pub besluit_op: Option<Timestamp>,
    /// When it was carried out.
    pub uitgevoerd: Option<Timestamp>,
    /// The documents, those inside others included.
    pub documenten: Vec<Lid>,
}

/// A document of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lid {
    /// The document.
    pub document: DocId,
    /// SHA-256 of its bytes.
    pub inhoud: Option<ContentHash>,
    /// Its source.
    pub bron: String,
    /// Whether somebody named it, or it has the same bytes as one that was named.
    pub genoemd: bool,
}

impl Lid {
    fn of(document: &Document, genoemd: bool) -> Self {
        Lid {
            document: document.id,
            // Empty documents are all alike, and say nothing of each other.
            inhoud: document.content.filter(|_| document.size > 0),
            bron: document.bron.clone(),
            genoemd,
        }
    }
}

/// Everything that goes with a document: what lies inside it.
pub(crate) fn inside(members: Vec<Document>, top: DocId) -> Vec<Document> {
    let mut within = BTreeSet::from([top]);
    // Members stand in order: a container before what is inside it.
    members
        .into_iter()
        .filter(|member| {
            let inside = member.parent.is_some_and(|parent| within.contains(&parent));
            if inside {
                within.insert(member.id);
            }
            inside
        })
        .collect()
}

/// The documents of an order: those named, every other place where their bytes lie, and what is inside all of them.
fn whole(snapshot: &dyn Snapshot, named: &BTreeSet<DocId>) -> Result<Vec<Lid>, Problem> {
    let mut all: BTreeMap<DocId, Lid> = BTreeMap::new();
    for id in named {
        let document = snapshot.doc(*id)?;
        let document = document
            .ok_or_else(|| StoreError::Refused(format!("document {id} staat niet in de index")))?;
        let copies = match Lid::of(&document, true).inhoud {
            Some(content) => snapshot.same_content(content)?,
            None => vec![document],
        };
        for copy in copies {
            for member in inside(snapshot.family(copy.family)?, copy.id) {
                all.entry(member.id).or_insert(Lid::of(&member, false));
            }
            all.insert(copy.id, Lid::of(&copy, true));
        }
    }
    Ok(all.into_values().collect())
}

impl App {
    /// Proposes to remove documents; gives the number of the order.
    pub fn propose_removal(&self, actor: &Actor, voorstel: &Voorstel) -> Result<u32, Problem> {
        looks_after_sources(actor)?;
        // Who proposes need not see the documents: nothing of them is shown.
        let snapshot =
            self.snapshot_for_repeat(&Scope::everything())
                .map_err(|error| match error {
                    IndexError::Missing => StoreError::refused("er is nog geen index").into(),
                    other => Problem::from(other),
                })?;
        let documents = whole(&*snapshot, &voorstel.documenten)?;
        Ok(self.store.propose_removal(actor, voorstel, &documents)?)
    }
}

const COLUMNS: &str = "id, grond, kenmerk, door, voorgesteld, besluit, besluit_op, uitgevoerd";

fn order(row: &Row<'_>) -> rusqlite::Result<Opdracht> {
    let (grond, besluit): (String, Option<String>) = (row.get(1)?, row.get(5)?);
    let uitgevoerd: Option<Timestamp> = optional(row.get(7)?)?;
    Ok(Opdracht {
        id: row.get(0)?,
        grond: Grond::named(&grond).unwrap_or(Grond::Anders),
        kenmerk: row.get(2)?,
        door: row.get(3)?,
        voorgesteld: parsed(&row.get::<_, String>(4)?)?,
        stand: match (besluit.as_deref(), uitgevoerd) {
            (_, Some(_)) => Stand::Uitgevoerd,
            (Some("bevestigd"), None) => Stand::Bevestigd,
            (Some(_), None) => Stand::Afgewezen,
            (None, None) => Stand::Voorgesteld,
        },
        besluit_op: optional(row.get(6)?)?,
        uitgevoerd,
        documenten: Vec::new(),
    })
}

impl Store {
    fn propose_removal(
        &self,
        actor: &Actor,
        voorstel: &Voorstel,
        documents: &[Lid],
    ) -> Result<u32, StoreError> {
        let kenmerk = filled(&voorstel.kenmerk, "het kenmerk van het besluit", 200)?;
        if documents.is_empty() {
            return Err(StoreError::refused("noem ten minste een document"));
        }
        self.change(|change| {
            change.execute(
                "INSERT INTO verwijderopdracht (grond, kenmerk, door, voorgesteld) VALUES (?, ?, ?, ?)",
                params![voorstel.grond.name(), kenmerk, actor.id, Timestamp::now().to_string()],
            )?;
            let id = u32::try_from(change.last_insert_rowid())
                .map_err(|_| StoreError::refused("er zijn te veel opdrachten"))?;
            for one in documents {
                change.execute(
                    "INSERT INTO verwijderd_document VALUES (?, ?, ?, ?, ?)",
                    params![
                        id,
                        one.document.0,
                        one.inhoud.map(|hash| hash.0),
                        one.bron,
                        one.genoemd
                    ],
                )?;
            }
            let gegevens = json!({"grond": voorstel.grond, "kenmerk": kenmerk, "documenten": documents.len()});
            let event = Event::done(actor, "verwijdering.voorgesteld", id.to_string(), gegevens);
            change.log(&Event {
                toelichting: Some(voorstel.toelichting.trim())
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned),
                ..event
            })?;
            Ok(id)
        })
    }

    /// Decides about an order that somebody else proposed.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for who has not the role, proposed it, or comes too late.
    pub fn decide_removal(&self, actor: &Actor, id: u32, goed: bool) -> Result<(), StoreError> {
        if !actor.is_any(&DECIDES) {
            return Err(StoreError::refused(
                "alleen een beheerder autorisatie of regisseur besluit over verwijderen",
            ));
        }
        let accounts = self.has_accounts()?;
        self.change(|change| {
            let door: Option<String> = change
                .query_row(
                    "SELECT door FROM verwijderopdracht WHERE id = ?",
                    [id],
                    |row| row.get(0),
                )
                .optional()?;
            let door = door.ok_or(StoreError::Missing("deze opdracht bestaat niet"))?;
            if accounts && door == actor.id {
                return Err(StoreError::refused(
                    "een ander dan wie het voorstelde, besluit erover",
                ));
            }
            let besluit = if goed { "bevestigd" } else { "afgewezen" };
            let done = change.execute(
                "UPDATE verwijderopdracht SET besluit = ?, besluit_door = ?, besluit_op = ?
                 WHERE id = ? AND besluit IS NULL",
                params![besluit, actor.id, Timestamp::now().to_string(), id],
            )?;
            if done == 0 {
                return Err(StoreError::refused("over deze opdracht is al besloten"));
            }
            let actie = format!("verwijdering.{besluit}");
            change.log(&Event::done(actor, &actie, id.to_string(), json!({})))
        })
    }

    /// The newest orders, without their documents.
    pub fn removals(&self, most: u32) -> Result<Vec<Opdracht>, StoreError> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS} FROM verwijderopdracht ORDER BY id DESC LIMIT ?");
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([most], order)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One order with its documents.
    pub fn removal(&self, id: u32) -> Result<Option<Opdracht>, StoreError> {
        let connection = self.connection();
        let sql = format!("SELECT {COLUMNS} FROM verwijderopdracht WHERE id = ?");
        let found = connection
            .prepare_cached(&sql)?
            .query_row([id], order)
            .optional()?;
        let Some(found) = found else {
            return Ok(None);
        };
        let mut statement = connection.prepare_cached(
            "SELECT document, inhoud, bron, genoemd FROM verwijderd_document WHERE opdracht = ? ORDER BY document",
        )?;
        let rows = statement.query_map([id], |row| {
            let inhoud: Option<[u8; 32]> = row.get(1)?;
            Ok(Lid {
                document: DocId(row.get(0)?),
                inhoud: inhoud.map(ContentHash),
                bron: row.get(2)?,
                genoemd: row.get(3)?,
            })
        })?;
        Ok(Some(Opdracht {
            documenten: rows.collect::<Result<_, _>>()?,
            ..found
        }))
    }

    /// The orders that were confirmed and not carried out yet.
    pub fn removals_to_do(&self) -> Result<Vec<u32>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT id FROM verwijderopdracht WHERE besluit = 'bevestigd' AND uitgevoerd IS NULL ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// What was confirmed to be removed, so that no run brings it back: also while the order is still to be carried out.
pub fn removed(store: &Store) -> Result<Removed, StoreError> {
    let connection = store.connection();
    let mut statement = connection.prepare(
        "SELECT d.document, d.inhoud, d.genoemd, o.kenmerk FROM verwijderd_document d
         JOIN verwijderopdracht o ON o.id = d.opdracht WHERE o.besluit = 'bevestigd'",
    )?;
    let mut rows = statement.query([])?;
    let mut removed = Removed::default();
    while let Some(row) = rows.next()? {
        removed.documents.insert(DocId(row.get(0)?));
        let inhoud: Option<[u8; 32]> = row.get(1)?;
        if let (Some(inhoud), true) = (inhoud, row.get(2)?) {
            removed.contents.insert(ContentHash(inhoud), row.get(3)?);
        }
    }
    Ok(removed)
}
