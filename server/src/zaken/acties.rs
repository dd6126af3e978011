//! Zoekacties: every search that was really done, with all that is needed to account for it (domain rules: systems,
//! terms, filters, coverage, counts, who and by what right). What is known at once is written at once and never
//! changes; what takes longer is counted afterwards on the same state of the index (`telling`).

use super::telling::{Telling, Waiting, Work};
use super::woordenlijst::gebruik::{Lijst, VanLijst, lijsten};
use super::{Zaak, next_number};
use crate::audit::hex;
use crate::problem::Problem;
use crate::search::Question;
use crate::state::App;
use crate::store::spoor::shown;
use crate::store::{Store, StoreError, Stored};
use crate::toegang::{BronToegang, Zicht};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::ToSchema;
use zv_shared::index::{Counts, Expansions, IndexError, Scope, Search, Snapshot, expansions};
use zv_shared::plan::Plan;

/// Wat er van een zoekactie meteen bekend is. Het verandert nooit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verslag {
    /// De vorm van het verslag. Vanaf 2 staat er geen naam in: die wordt erbij gezet als het gelezen wordt.
    #[serde(default = "first_form")]
    #[schema(required = true, minimum = 1, maximum = 2)]
    pub vorm: u8,
    /// Kenmerk van wie zocht.
    pub wie: String,
    /// Naam van wie zocht, of het pseudoniem als de naam gewist is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(required = true)]
    pub naam: String,
    /// De machtigingen waaronder gezocht is; leeg in de lokale zaak.
    pub machtigingen: Vec<String>,
    /// Hoe die verleend zijn: `vier-ogen` of `zelf`, en `lokaal` zonder accounts.
    pub machtiging_wijze: String,
    /// De versie van het zoekplan die toen gold.
    pub zoekplan: Option<u32>,
    /// Wanneer het zoeken begon (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub begonnen: Timestamp,
    /// Hoe lang het duurde.
    pub milliseconden: u64,
    /// De vraag zoals die gesteld is, met filters, perioden en volgorde.
    pub zoekvraag: Question,
    /// De vraag zoals het programma hem begrijpt, met alle operatoren voluit.
    pub canoniek: String,
    /// Waar elk woord voor stond.
    pub woorden: Vec<Woord>,
    /// De doorzochte bronnen, met hoe volledig ze waren.
    pub bronnen: Vec<Bron>,
    /// Bronnen van het archief die niet doorzocht zijn omdat de machtiging er niet voor geldt.
    pub buiten_machtiging: Vec<String>,
    /// Bronnen waarvan alles al openbaar is: daarmee zijn de treffers vergeleken, ook buiten de machtiging.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub openbaar: Vec<String>,
    /// Van welke bronnen maar een deel doorzocht is, en waardoor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delen: Vec<BronToegang>,
    /// De stand van de index.
    pub stand: String,
    /// Kenmerk van de woordenlijst en de regels waarmee de index gemaakt is.
    pub analyse: String,
    /// De lijsten met synoniemen waarmee gezocht is.
    pub lijsten: Vec<Lijst>,
    /// De versie van het programma.
    pub programma: String,
    /// Precies aantal treffers.
    pub totaal: u64,
    /// Hoeveel daarvan geen datum hebben.
    pub ongedateerd: u64,
    /// Hoeveel daarvan niet getoond worden omdat een ander ervoor in de plaats staat.
    pub verborgen: u64,
}

/// A report without its form is one of before there was more than one.
fn first_form() -> u8 {
    1
}

/// Een woord of frase uit de vraag, met waar het voor stond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = GezochtWoord)]
pub struct Woord {
    /// Zoals het in de vraag staat.
    pub tekst: String,
    /// Is het uitgesloten met NIET?
    pub uitgesloten: bool,
    /// Per soort wat er ook gezocht is.
    pub uitbreidingen: Vec<Uitbreiding>,
}

/// Wat er voor een woord ook gezocht is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ToegepasteUitbreiding)]
pub struct Uitbreiding {
    /// De soort.
    pub soort: String,
    /// Het woord.
    pub tekst: String,
    /// Telde het mee?
    pub aan: bool,
    /// Van welke lijsten een synoniem komt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lijsten: Vec<VanLijst>,
    /// In hoeveel doorzochte documenten het staat; alleen bij wat achteraf geteld is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documenten: Option<u64>,
}

/// Een doorzochte bron, met hoe volledig ze was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DoorzochteBron)]
pub struct Bron {
    /// Naam.
    pub naam: String,
    /// Nummer van de laatste run.
    pub run: Option<u64>,
    /// Wanneer die begon (UTC).
    #[schema(value_type = Option<String>, format = DateTime)]
    pub begonnen: Option<Timestamp>,
    /// Hoe die eindigde; alles behalve `voltooid` betekent: niet volledig doorzocht.
    pub status: Option<String>,
    /// Documenten in de index.
    pub documenten: u64,
    /// Bestanden die niet gelezen konden worden.
    pub onleesbaar: u64,
    /// Bestanden die voor een deel gelezen zijn.
    pub gedeeltelijk: u64,
    /// Bestanden die overgeslagen zijn.
    pub overgeslagen: u64,
    /// Of alles erin al openbaar is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub openbaar: bool,
}

/// A zoekactie as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Zoekactie {
    /// Number within the case, from 1.
    pub nummer: u32,
    /// Id of the stored search.
    pub zoekopdracht: String,
    /// What was known at once.
    pub verslag: Verslag,
    /// SHA-256 of the stored text of `verslag`.
    pub hash: String,
    /// What was counted afterwards; `None` while that is under way.
    pub telling: Option<Telling>,
    /// The round that it is in; without one it is a try (verkennend).
    pub ronde: Option<u32>,
    /// The stored search of which it is a further step.
    pub stap_van: Option<String>,
}

/// What a search came to, to be recorded.
pub struct Done<'a> {
    /// The stored search.
    pub stored: &'a Stored,
    /// The question as the index got it.
    pub search: &'a Search,
    /// What its words stood for.
    pub plan: &'a Plan,
    /// The totals.
    pub counts: Counts,
    /// When it began.
    pub begun: Timestamp,
}

impl Done<'_> {
    fn verslag(
        &self,
        zicht: &Zicht,
        snapshot: &dyn Snapshot,
        bronnen: Vec<Bron>,
        plan: Option<u32>,
    ) -> Verslag {
        let actor = &zicht.actor;
        Verslag {
            vorm: 2,
            wie: actor.id.clone(),
            // Its hash stands in the audit trail for ever: a name in it could not be erased.
            naam: String::new(),
            machtigingen: zicht
                .machtigingen
                .iter()
                .map(|one| one.id.clone())
                .collect(),
            machtiging_wijze: zicht.wijze(),
            zoekplan: plan,
            begonnen: self.begun,
            milliseconden: u64::try_from(Timestamp::now().duration_since(self.begun).as_millis())
                .unwrap_or(0),
            zoekvraag: self.stored.question.clone(),
            canoniek: self.search.query.to_string(),
            woorden: self.plan.leaves.iter().map(woord).collect(),
            openbaar: bronnen
                .iter()
                .filter(|bron| bron.openbaar)
                .map(|bron| bron.naam.clone())
                .collect(),
            buiten_machtiging: zicht.withheld(bronnen.iter().map(|bron| bron.naam.as_str())),
            bronnen: bronnen
                .into_iter()
                .filter(|bron| zicht.may_see(&bron.naam))
                .collect(),
            delen: zicht.toegang(),
            stand: snapshot.id(),
            analyse: zv_analyzers::fingerprint().to_string(),
            lijsten: lijsten(&self.search.widening.lists),
            programma: env!("CARGO_PKG_VERSION").to_owned(),
            totaal: self.counts.total,
            ongedateerd: self.counts.undated,
            verborgen: self.counts.hidden,
        }
    }
}

fn woord(leaf: &zv_shared::plan::Leaf) -> Woord {
    let alternatives = leaf.alternatives.iter();
    Woord {
        tekst: leaf.text.clone(),
        uitgesloten: !leaf.wanted,
        uitbreidingen: alternatives
            .map(|alternative| Uitbreiding {
                soort: alternative.kind.name().to_owned(),
                tekst: alternative.text.clone(),
                aan: alternative.on,
                lijsten: VanLijst::all(&alternative.lists),
                documenten: None,
            })
            .collect(),
    }
}

/// The words of a question with every word of the index that they stood for.
pub fn woorden(snapshot: &dyn Snapshot, plan: &Plan) -> Result<Vec<Woord>, IndexError> {
    let listed = expansions(snapshot, plan)?;
    let word = |(leaf, kinds): (&zv_shared::plan::Leaf, Vec<Expansions>)| Woord {
        tekst: leaf.text.clone(),
        uitgesloten: !leaf.wanted,
        uitbreidingen: kinds
            .into_iter()
            .flat_map(|kind| {
                kind.list.into_iter().map(move |one| Uitbreiding {
                    soort: kind.kind.name().to_owned(),
                    tekst: one.text,
                    aan: one.on,
                    lijsten: VanLijst::all(&one.lists),
                    documenten: Some(one.documents),
                })
            })
            .collect(),
    };
    Ok(plan.leaves.iter().zip(listed).map(word).collect())
}

impl Zoekactie {
    /// The words of the question with what they stood for: every word of the index once that was looked up.
    pub fn woorden(&self) -> &[Woord] {
        match &self.telling {
            Some(telling) if !telling.woorden.is_empty() => &telling.woorden,
            _ => &self.verslag.woorden,
        }
    }
}

const SELECT: &str = "
    SELECT a.nummer, a.zoekopdracht, a.verslag, a.hash, a.telling, a.ronde, o.stap_van, g.naam FROM zoekactie a
    JOIN zoekopdracht o ON o.id = a.zoekopdracht
    LEFT JOIN gebruiker g ON g.id = a.verslag ->> '$.wie'
    WHERE a.zaak = ?";

fn whole(row: &Row<'_>) -> Result<Zoekactie, StoreError> {
    let telling: Option<String> = row.get(4)?;
    let mut verslag: Verslag = serde_json::from_str(&row.get::<_, String>(2)?)?;
    let name: Option<String> = row.get(7)?;
    verslag.naam = name.unwrap_or_else(|| shown(&verslag.wie).to_owned());
    Ok(Zoekactie {
        nummer: row.get(0)?,
        zoekopdracht: row.get(1)?,
        verslag,
        hash: row.get(3)?,
        telling: telling
            .map(|text| serde_json::from_str(&text))
            .transpose()?,
        ronde: row.get(5)?,
        stap_van: row.get(6)?,
    })
}

fn is_recorded(connection: &Connection, stored: &Stored, stand: &str) -> Result<bool, StoreError> {
    let known = "SELECT EXISTS (SELECT 1 FROM zoekactie WHERE zoekopdracht = ? AND stand = ?)";
    Ok(connection.query_row(known, [stored.id.as_str(), stand], |row| row.get(0))?)
}

impl Store {
    /// Whether this search on this state of the index is recorded.
    pub fn is_recorded(&self, stored: &Stored, stand: &str) -> Result<bool, StoreError> {
        is_recorded(&self.connection(), stored, stand)
    }

    /// Records a search that was done, unless this one on this state of the index is recorded already. Gives the
    /// database's own number of a new record, and its number within the case.
    pub fn record(
        &self,
        zicht: &Zicht,
        snapshot: &dyn Snapshot,
        bronnen: Vec<Bron>,
        done: &Done<'_>,
    ) -> Result<Option<(i64, u32)>, StoreError> {
        let stand = snapshot.id();
        let zaak = &zicht.zaak;
        let plan = self
            .zoekplannen(&zaak.id)?
            .last()
            .map(|versie| versie.nummer);
        let verslag = serde_json::to_string(&done.verslag(zicht, snapshot, bronnen, plan))?;
        let hash = hex(&Sha256::digest(&verslag));
        self.change(|change| {
            if is_recorded(change, done.stored, &stand)? {
                return Ok(None);
            }
            let nummer = next_number(change, "zoekactie", "nummer", &zaak.id)?;
            change.execute(
                "INSERT INTO zoekactie (zaak, nummer, zoekopdracht, stand, verslag, hash) VALUES (?, ?, ?, ?, ?, ?)",
                params![zaak.id, nummer, done.stored.id, stand, verslag, hash],
            )?;
            let id = change.last_insert_rowid();
            BronToegang::keep(change, zicht.scope())?;
            let gegevens = json!({"verslag": hash, "totaal": done.counts.total});
            change.log(&zaak.did(&zicht.actor, "zoekactie.uitgevoerd", nummer.to_string(), gegevens))?;
            Ok(Some((id, nummer)))
        })
    }

    /// Adds what was counted of the record with the database's number `id`.
    pub fn complete(&self, id: i64, zaak: &Zaak, telling: &Telling) -> Result<(), StoreError> {
        let text = serde_json::to_string(telling)?;
        let hash = hex(&Sha256::digest(&text));
        self.change(|change| {
            let nummer: Option<u32> = change
                .query_row(
                    "UPDATE zoekactie SET telling = ?, telling_hash = ? WHERE id = ? AND telling IS NULL RETURNING nummer",
                    params![text, hash, id],
                    |row| row.get(0),
                )
                .optional()?;
            let Some(nummer) = nummer else { return Ok(()) };
            let program = crate::mensen::Actor::program();
            let gegevens = json!({"telling": hash, "uitkomst": telling.uitkomst});
            change.log(&zaak.did(&program, "zoekactie.geteld", nummer.to_string(), gegevens))
        })
    }

    /// The zoekacties of a case, in order.
    pub fn zoekacties(&self, zaak: &str) -> Result<Vec<Zoekactie>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} ORDER BY a.nummer"))?;
        let mut rows = statement.query([zaak])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(whole(row)?);
        }
        Ok(found)
    }

    /// One zoekactie of a case.
    pub fn zoekactie(&self, zaak: &str, nummer: u32) -> Result<Option<Zoekactie>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare(&format!("{SELECT} AND a.nummer = ?"))?;
        let mut rows = statement.query(params![zaak, nummer])?;
        rows.next()?.map(whole).transpose()
    }

    /// Every zoekactie there is: its case and its number within it.
    pub fn all_zoekacties(&self) -> Result<Vec<(String, u32)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare("SELECT zaak, nummer FROM zoekactie ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The records that were not counted yet: number in the database, case, number within it.
    pub fn uncounted(&self) -> Result<Vec<(i64, String, u32)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare("SELECT id, zaak, nummer FROM zoekactie WHERE telling IS NULL ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl App {
    /// Records a search that was done and has it counted. Once for each stored search and state of the index: the
    /// further pages of a list are no searches of their own.
    pub fn record_search(
        &self,
        zicht: &Zicht,
        snapshot: &Arc<dyn Snapshot>,
        done: &Done<'_>,
    ) -> Result<(), Problem> {
        if self.store.is_recorded(done.stored, &snapshot.id())? {
            return Ok(());
        }
        let bronnen = crate::runs::coverage(&self.folder).map_err(Problem::fault)?;
        if let Some((id, nummer)) = self.store.record(zicht, &**snapshot, bronnen, done)? {
            self.counter.add(Waiting {
                id,
                zaak: zicht.zaak.clone(),
                nummer,
                work: Ok(Work {
                    snapshot: Arc::clone(snapshot),
                    search: done.search.clone(),
                    opened: self.opened_whole(&snapshot.id(), zicht.scope()),
                }),
            });
        }
        Ok(())
    }

    /// Has the searches counted that were not when the program stopped; of a state of the index that is gone, it is
    /// recorded that they cannot be. Gives their number.
    pub fn count_rest(&self) -> Result<usize, Problem> {
        let waiting = self.store.uncounted()?;
        for waiting in &waiting {
            self.count_recorded(waiting)?;
        }
        Ok(waiting.len())
    }

    /// Has the searches counted that another program recorded: those that nobody counts here and that were `seen`
    /// before. One that is new may be on its way here with the state of the index that it was done on. Gives those
    /// that nobody counts here.
    pub fn count_others(&self, seen: &BTreeSet<i64>) -> Result<BTreeSet<i64>, Problem> {
        let mut left = BTreeSet::new();
        for waiting in self.store.uncounted()? {
            if self.counter.knows(waiting.0) {
                continue;
            }
            if seen.contains(&waiting.0) {
                self.count_recorded(&waiting)?;
            }
            left.insert(waiting.0);
        }
        Ok(left)
    }

    fn count_recorded(&self, (id, zaak, nummer): &(i64, String, u32)) -> Result<(), Problem> {
        let actie = self.store.zoekactie(zaak, *nummer)?;
        if let (Some(zaak), Some(actie)) = (self.store.zaak(zaak)?, actie) {
            self.counter.add(Waiting {
                id: *id,
                zaak,
                nummer: *nummer,
                work: self.as_it_was(&actie.verslag),
            });
        }
        Ok(())
    }

    /// The state of the index and the question of a recorded search; or why it would not be the same search any more.
    fn as_it_was(&self, verslag: &Verslag) -> Result<Work, String> {
        if verslag.analyse != zv_analyzers::fingerprint() {
            return Err("de regels voor woorden zijn sindsdien gewijzigd".to_owned());
        }
        let search = self.search_again(verslag).map_err(|error| error.detail)?;
        let scope = match verslag.machtigingen.is_empty() {
            true => Scope::everything(),
            false => self.scope_of(verslag).map_err(|error| error.to_string())?,
        };
        let snapshot = self.snapshot_again(&verslag.stand, &scope);
        Ok(Work {
            snapshot: snapshot.map_err(|error| error.to_string())?,
            search,
            opened: self.opened_whole(&verslag.stand, &scope),
        })
    }

    /// What was searched, of the sources that a record names.
    pub fn scope_of(&self, verslag: &Verslag) -> Result<Scope, StoreError> {
        let bronnen = verslag.bronnen.iter().map(|bron| &bron.naam);
        self.store.scope_then(bronnen, &verslag.delen)
    }

    /// The sources of a scope as a whole, to count what stayed shut in them; nothing when nothing did.
    fn opened_whole(&self, stand: &str, scope: &Scope) -> Option<Arc<dyn Snapshot>> {
        let bronnen = scope.bronnen()?;
        if bronnen.keys().all(|bron| scope.is_whole(bron)) {
            return None;
        }
        self.snapshot_again(stand, &Scope::of(bronnen.keys())).ok()
    }
}
